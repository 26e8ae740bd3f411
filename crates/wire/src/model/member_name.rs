//! Names of members as audit records write them, made by the compiler: `UserName` becomes `userName`.

/// The name with its first letter small, which is all that AWS changes: `AWSServiceName` becomes `aWSServiceName`.
/// `N` is the name's length in bytes.
pub(crate) const fn lower_camel<const N: usize>(name: &str) -> [u8; N] {
    let mut lower = match name.as_bytes().first_chunk::<N>() {
        Some(bytes) => *bytes,
        None => [b'?'; N],
    };
    if let Some((first, _)) = lower.split_first_mut() {
        first.make_ascii_lowercase();
    }
    lower
}

/// The bytes of [`lower_camel`] as text.
pub(crate) const fn as_text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_the_first_letter_small() {
        const USER_NAME: &[u8] = &lower_camel::<8>("UserName");
        assert_eq!(as_text(USER_NAME), "userName");
        const SERVICE: &[u8] = &lower_camel::<14>("AWSServiceName");
        assert_eq!(as_text(SERVICE), "aWSServiceName");
        const ARN: &[u8] = &lower_camel::<3>("arn");
        assert_eq!(as_text(ARN), "arn");
    }
}
