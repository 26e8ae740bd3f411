//! Patterns that more than one model has, as predicates: each reads its string once.

/// `[\s\S]*`
pub(crate) fn anything(_text: &str) -> bool {
    true
}

/// `[\d]*`
pub(crate) fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `[\w]*`
pub(crate) fn words(text: &str) -> bool {
    text.chars().all(is_word)
}

/// `[\w]+`
pub(crate) fn word(text: &str) -> bool {
    !text.is_empty() && words(text)
}

/// `[\w+=,.@-]*`
pub(crate) fn names(text: &str) -> bool {
    text.chars().all(is_name)
}

/// `[\w+=,.@-]+`
pub(crate) fn name(text: &str) -> bool {
    !text.is_empty() && names(text)
}

/// `[\w+=,.@:\/-]*`
pub(crate) fn paths(text: &str) -> bool {
    text.chars().all(|c| is_name(c) || matches!(c, ':' | '/'))
}

/// `[\u0009\u000A\u000D\u0020-\u00FF]+`
pub(crate) fn policy(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'))
}

/// `[\u0020-\u00FF]+`
pub(crate) fn latin(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '\u{20}'..='\u{ff}'))
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
///
/// Letters are those that Unicode calls alphabetic, which counts the vowel signs of scripts that write them apart.
pub(crate) fn tag_texts(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(c, '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
            || c.is_whitespace() && !c.is_control()
    })
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`
pub(crate) fn tag_text(text: &str) -> bool {
    !text.is_empty() && tag_texts(text)
}

fn is_name(c: char) -> bool {
    is_word(c) || matches!(c, '+' | '=' | ',' | '.' | '@' | '-')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern, what it matches and what it does not.
    type Case = (
        fn(&str) -> bool,
        &'static [&'static str],
        &'static [&'static str],
    );

    #[test]
    fn patterns() {
        let cases: &[Case] = &[
            (anything, &["", "\0\n"], &[]),
            (digits, &["", "123456"], &["12a", "٣", " 1"]),
            (words, &["", "AKIA_1"], &["a-b", "é"]),
            (word, &["AKIA_1"], &["", "a-b"]),
            (names, &["", "a+=,.@-_1"], &["a b", "a/b", "é"]),
            (name, &["a+=,.@-_1"], &["", "a:b"]),
            (paths, &["", "a:b/c,d"], &["a b", "a\\b"]),
            (policy, &["{\t\r\n}", "\u{ff}"], &["", "\u{b}", "\u{100}"]),
            (latin, &[" ", "\u{7f}\u{ff}"], &["", "\n", "€"]),
            (
                tag_texts,
                &["", "a b:c/d=e+f-g@h_i.1", "é日本\u{3000}", "½"],
                &["a,b", "\n", "\t", "\u{85}", "a*b", "😀"],
            ),
            (tag_text, &["a b"], &["", "#"]),
        ];
        for (matches, good, bad) in cases {
            for text in *good {
                assert!(matches(text), "{text:?} should match");
            }
            for text in *bad {
                assert!(!matches(text), "{text:?} should not match");
            }
        }
    }
}
