//! The model's patterns, as predicates: each reads its string once.

pub(super) use crate::model::pattern::{digits, names, paths, policy, tag_text, tag_texts, words};

/// `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`, whose last range is meant to
/// be that of the characters above U+FFFF.
pub(super) fn arn(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| {
            matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns() {
        for good in ["arn:aws:iam::111122223333:role/a", "\t\u{85}é\u{10000}"] {
            assert!(arn(good), "{good:?}");
        }
        for bad in ["", "\0", "\u{7f}", "\u{84}", "\u{fffe}"] {
            assert!(!arn(bad), "{bad:?}");
        }
    }
}
