//! The patterns of shapes, as predicates: each reads its string once.

pub(super) use crate::model::pattern::{latin, policy, word};

/// `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`
pub(super) fn key_id(text: &str) -> bool {
    let is_run = |part: &str, length| {
        part.len() == length
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let lengths = [8, 4, 4, 4, 12];
    text.split('-').count() == lengths.len()
        && text
            .split('-')
            .zip(lengths)
            .all(|(part, length)| is_run(part, length))
}

/// `^[A-Za-z0-9:]+$`
pub(super) fn action(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b':')
}

/// `^[A-Za-z0-9_-]+$`
pub(super) fn position(text: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !text.is_empty() && text.bytes().all(is_good)
}

/// `^[a-z0-9.-]+$`
pub(super) fn service_prefix(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| is_label(byte) || byte == b'.')
}

/// `^([a-z0-9-]+\.)+amazonaws\.com$`
pub(super) fn service_name(text: &str) -> bool {
    text.strip_suffix(".amazonaws.com").is_some_and(|labels| {
        labels
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_label))
    })
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        type Case = (
            fn(&str) -> bool,
            &'static [&'static str],
            &'static [&'static str],
        );
        const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let cases: [Case; 5] = [
            (action, &["kms:Decrypt", "Decrypt"], &["", "kms:*", "a b"]),
            (position, &["a-_0"], &["", "a=", "a/b"]),
            (
                key_id,
                &[KEY],
                &[
                    "",
                    "1234ABCD-12ab-34cd-56ef-1234567890ab",
                    "1234abcd-12ab-34cd-56ef-1234567890a",
                    "1234abcd-12ab-34cd-56ef1234567890ab",
                    "1234abcd-12ab-34cd-56ef-1234567890ab-",
                    "mrk-1234abcd12ab34cd56ef1234567890ab",
                ],
            ),
            (service_prefix, &["s3.", "a-1"], &["", "S3", "s3/"]),
            (
                service_name,
                &[
                    "s3.amazonaws.com",
                    "s3.us-east-1.amazonaws.com",
                    "my-db.amazonaws.com",
                ],
                &[
                    "",
                    "amazonaws.com",
                    ".amazonaws.com",
                    "s3..amazonaws.com",
                    "s3.example.com",
                    "S3.amazonaws.com",
                ],
            ),
        ];
        for (matches, good, bad) in cases {
            for text in good {
                assert!(matches(text), "{text:?} should match");
            }
            for text in bad {
                assert!(!matches(text), "{text:?} should not match");
            }
        }
    }
}
