//! The model's patterns, as predicates: each reads its string once.

/// `[a-zA-Z][a-zA-Z0-9-]{1,63}`
pub(super) fn service_code(text: &str) -> bool {
    code(text, 63)
}

/// `[a-zA-Z][a-zA-Z0-9-]{1,128}`
pub(super) fn quota_code(text: &str) -> bool {
    code(text, 128)
}

/// `^[a-zA-Z0-9/+]*={0,2}$`
pub(super) fn token(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len() - digits.len() <= 2
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'))
}

/// A letter, and one to `most` letters, digits and hyphens.
fn code(text: &str, most: usize) -> bool {
    text.strip_prefix(|c: char| c.is_ascii_alphabetic())
        .is_some_and(|rest| {
            (1..=most).contains(&rest.len())
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for text in ["kms", "L-6E3AF000", "a-", "a1"] {
            assert!(service_code(text) && quota_code(text), "{text:?}");
        }
        for text in ["", "a", "1a", "-a", "a b", "a_b", "é1", "aé", "ab\n"] {
            assert!(!service_code(text) && !quota_code(text), "{text:?}");
        }
        for (matches, most) in [(service_code as fn(&str) -> bool, 64), (quota_code, 129)] {
            assert!(matches(&"a".repeat(most)));
            assert!(!matches(&"a".repeat(most + 1)));
        }
    }

    #[test]
    fn tokens() {
        for text in ["", "=", "==", "aB9/+", "aGk=", "a=="] {
            assert!(token(text), "{text:?}");
        }
        for text in ["===", "a=b", "=a", "-", "_", "a ", "é", "a=\n"] {
            assert!(!token(text), "{text:?}");
        }
    }
}
