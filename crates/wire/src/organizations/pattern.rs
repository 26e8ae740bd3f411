//! The model's patterns, as predicates: each reads its string once. Alternatives that the model anchors in part only
//! (`^(\d{12})|(ou-…)$`) are meant to be the whole string.

pub(super) use crate::model::pattern::{anything, tag_texts};

use crate::model::pattern::name;

/// `^\d{12}$`
pub(super) fn account(text: &str) -> bool {
    is_run(text, 12, 12, |byte| byte.is_ascii_digit())
}

/// `^car-[a-z0-9]{8,32}$`
pub(super) fn create_account_request(text: &str) -> bool {
    text.strip_prefix("car-")
        .is_some_and(|id| is_run(id, 8, 32, is_lower))
}

/// `^r-[0-9a-z]{4,32}$`
pub(super) fn root(text: &str) -> bool {
    text.strip_prefix("r-")
        .is_some_and(|id| is_run(id, 4, 32, is_lower))
}

/// `^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$`
pub(super) fn unit(text: &str) -> bool {
    text.strip_prefix("ou-")
        .and_then(|ids| ids.split_once('-'))
        .is_some_and(|(root, unit)| is_run(root, 4, 32, is_lower) && is_run(unit, 8, 32, is_lower))
}

/// `^p-[0-9a-zA-Z_]{8,128}$`
pub(super) fn policy(text: &str) -> bool {
    text.strip_prefix("p-")
        .is_some_and(|id| is_run(id, 8, 128, is_word))
}

/// `^(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`
pub(super) fn child(text: &str) -> bool {
    account(text) || unit(text)
}

/// `^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`
pub(super) fn parent(text: &str) -> bool {
    root(text) || unit(text)
}

/// `^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`
pub(super) fn policy_target(text: &str) -> bool {
    parent(text) || account(text)
}

/// What a policy may be attached to, a policy, a resource policy (`^rp-[0-9a-zA-Z_]{4,128}`) or a responsibility
/// transfer (`^rt-[0-9a-zA-Z_]{8,32}`).
pub(super) fn taggable(text: &str) -> bool {
    policy_target(text)
        || policy(text)
        || text
            .strip_prefix("rp-")
            .is_some_and(|id| is_run(id, 4, 128, is_word))
        || text
            .strip_prefix("rt-")
            .is_some_and(|id| is_run(id, 8, 32, is_word))
}

/// `[\u0020-\u007E]+`
pub(super) fn printable(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, ' '..='~'))
}

/// `[^\s@]+@[^\s@]+\.[^\s@]+`
pub(super) fn email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_part = |part: &str| {
        !part.is_empty() && !part.contains([' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '@'])
    };
    // The dot may be any but the first and the last character.
    let mut dots = domain.char_indices().filter(|(_, c)| *c == '.');
    is_part(local)
        && is_part(domain)
        && dots.any(|(index, _)| index > 0 && index + 1 < domain.len())
}

/// `[\w+=,.@-]{1,64}`
pub(super) fn role_name(text: &str) -> bool {
    text.len() <= 64 && name(text)
}

fn is_run(text: &str, least: usize, most: usize, class: impl Fn(u8) -> bool) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(class)
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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

    const ACCOUNT: &str = "111122223333";
    const ROOT: &str = "r-ab12";
    const UNIT: &str = "ou-ab12-abcdef12";

    #[test]
    fn patterns() {
        let cases: &[Case] = &[
            (
                account,
                &[ACCOUNT],
                &["", "11112222333", "1111222233334", "11112222333a"],
            ),
            (
                create_account_request,
                &["car-abcdef12"],
                &["", "car-", "car-abc", "car-ABCDEF12"],
            ),
            (root, &[ROOT], &["", "r-", "r-abc", "r-AB12", "ou-ab12"]),
            (
                unit,
                &[UNIT],
                &[
                    "",
                    "ou-ab12",
                    "ou-ab12-",
                    "ou-abc-abcdef12",
                    "ou-ab12-abcdef1",
                    "ou-ab12-abcdef12-a",
                ],
            ),
            (
                policy,
                &["p-FullAWSAccess", "p-abc_1234"],
                &["", "p-short", "p-abcdefg-1", "x-abcdefgh"],
            ),
            (child, &[ACCOUNT, UNIT], &[ROOT, ""]),
            (parent, &[ROOT, UNIT], &[ACCOUNT, ""]),
            (
                policy_target,
                &[ROOT, UNIT, ACCOUNT],
                &["p-FullAWSAccess", ""],
            ),
            (
                taggable,
                &[
                    ROOT,
                    UNIT,
                    ACCOUNT,
                    "p-FullAWSAccess",
                    "rp-1234",
                    "rt-12345678",
                ],
                &["", "rp-123", "rt-1234567", "o-abcdefghij"],
            ),
            (printable, &[" ", "~"], &["", "\n", "é"]),
            (
                email,
                &["a@b.c", "a.b+c@d..e", "é@b.c."],
                &[
                    "", "a", "a@", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b@c.d",
                ],
            ),
            (role_name, &["OrganizationAccountAccessRole"], &["", "a b"]),
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
