//! Short texts cut at a byte.

/// What is between the separators, which are ASCII, as `str::split` has it: that one looks for each with what pays off
/// in long texts only, and takes most of the time in which a head is read.
pub(super) fn pieces(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == separator);
        let cut = end.and_then(|end| Some((text.get(..end)?, text.get(end + 1..)?)));
        rest = cut.map(|(_, after)| after);
        Some(cut.map_or(text, |(piece, _)| piece))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_cut_as_the_standard_library_cuts_them(text in "[a;é]{0,12}") {
            assert!(pieces(&text, b';').eq(text.split(';')), "{text}");
        }
    }
}
