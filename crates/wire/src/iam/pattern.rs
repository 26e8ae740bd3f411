//! The model's patterns, as predicates: each reads its string once.

pub(super) use crate::model::pattern::{latin, name, policy, tag_text, tag_texts, word};

/// `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`: hyphens neither at an end nor side by side.
pub(super) fn account_alias(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (3..=63).contains(&text.len()) && text.split('-').all(is_part)
}

/// `\u002F[\u0021-\u007F]*`
pub(super) fn path_prefix(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| matches!(c, '\u{21}'..='\u{7f}'))
}

/// `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
pub(super) fn path(text: &str) -> bool {
    text == "/"
        || text.len() > 2
            && text.starts_with('/')
            && text.ends_with('/')
            && text.chars().all(|c| matches!(c, '\u{21}'..='\u{7e}'))
}

/// `((/[A-Za-z0-9\.,\+@=_-]+)*)/`
pub(super) fn policy_path(text: &str) -> bool {
    let Some(parts) = text.strip_suffix('/') else {
        return false;
    };
    let is_part = |part: &str| name(part);
    parts.is_empty()
        || parts
            .strip_prefix('/')
            .is_some_and(|parts| parts.split('/').all(is_part))
}

/// `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`
pub(super) fn policy_version(text: &str) -> bool {
    let Some(version) = text.strip_prefix('v') else {
        return false;
    };
    let (number, suffix) = version.split_once('.').unwrap_or((version, ""));
    number.starts_with(|c: char| matches!(c, '1'..='9'))
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && suffix
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`
pub(super) fn role_description(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{a1}'..='\u{ff}'))
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
            (
                account_alias,
                &["abc", "a-b", "0-1-2"],
                &["", "ab", "-ab", "ab-", "a--b", "aBc", "a_b"],
            ),
            (path_prefix, &["/", "/a", "/a/"], &["", "a", "/a b", "/é"]),
            (
                path,
                &["/", "/a/", "/a//b/", "///"],
                &["", "//", "/a", "a/", "/a b/", "/é/"],
            ),
            (
                policy_path,
                &["/", "/a/", "/a.,+@=_-/b/"],
                &["", "a/", "/a", "//", "/a//", "/a:b/"],
            ),
            (
                policy_version,
                &["v1", "v20", "v1.", "v1.a-B0"],
                &["", "v", "v0", "v01", "1", "v1a", "v1.a.b", "v1.é"],
            ),
            (
                role_description,
                &["", "a\n\u{ff}"],
                &["\u{7f}", "\u{a0}", "€"],
            ),
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
