//! The model's patterns, as predicates: each reads its string once.

/// `^[a-zA-Z0-9:/_-]+$`
pub(super) fn name(text: &str) -> bool {
    all(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '_' | '-')
    })
}

/// `^[a-zA-Z0-9-_.]+$`
pub(super) fn xks_key_id(text: &str) -> bool {
    all(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
    })
}

/// `[\w]+`
pub(super) fn word(text: &str) -> bool {
    all(text, |c| c.is_ascii_alphanumeric() || c == '_')
}

/// `^[a-f0-9]+$`
pub(super) fn lower_hexadecimal(text: &str) -> bool {
    all(text, |c| matches!(c, 'a'..='f' | '0'..='9'))
}

/// `^[\w+=,.@:/-]+$`
pub(super) fn principal(text: &str) -> bool {
    all(text, |c| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | ':' | '/' | '-')
    })
}

/// `^[a-zA-Z0-9:/_\s.-]+$`, in which `\s` is Java's: ASCII white space.
pub(super) fn description(text: &str) -> bool {
    all(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '_' | '.' | '-' | ' ' | '\t'..='\r')
    })
}

/// `[\u0020-\u00FF]*`
pub(super) fn latin(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\u{20}'..='\u{ff}'))
}

/// `[\u0009\u000A\u000D\u0020-\u00FF]+`
pub(super) fn policy(text: &str) -> bool {
    all(text, |c| {
        matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
    })
}

/// `^([a-z]+-){2,3}\d+$`
pub(super) fn region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let mut words = 0;
    for part in parts {
        words += 1;
        if words > 3 || !all(part, |c| c.is_ascii_lowercase()) {
            return false;
        }
    }
    words >= 2 && all(number, |c| c.is_ascii_digit())
}

/// `^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$`, in which `.` is no line's end.
pub(super) fn source_arn(text: &str) -> bool {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (arn, partition, service, region, account, resource) =
        (next(), next(), next(), next(), next(), next());
    arn == "arn"
        && partition
            .strip_prefix("aws")
            .is_some_and(|rest| rest.chars().all(lower))
        && all(service, lower)
        && region.chars().all(lower)
        && account.len() == 12
        && all(account, |c| c.is_ascii_digit())
        && all(resource, |c| {
            !matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
        })
}

/// `^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$`
pub(super) fn service_principal(text: &str) -> bool {
    let mut labels = 0;
    text.split('.').all(|label| {
        labels += 1;
        all(label, |c| c.is_ascii_alphanumeric() || c == '-')
    }) && labels >= 3
}

/// Whether there is a character, and every one is of the class.
fn all(text: &str, class: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(class)
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
            (name, &["alias/a-B_9:x"], &["", "a b", "a.b", "é", "a\n"]),
            (xks_key_id, &["a-B_9.x"], &["", "a/b", "a\n"]),
            (word, &["default_1"], &["", "a-b", "é"]),
            (lower_hexadecimal, &["0af9"], &["", "A", "g"]),
            (
                principal,
                &["arn:aws:iam::1:user/a+b=c,d.e@f_g-h"],
                &["", "a b", "*"],
            ),
            (description, &["a b\t\n\u{b}c:/_.-"], &["", "é", "a;"]),
            (latin, &["", " ÿ~"], &["\u{1f}", "Ā", "\n"]),
            (policy, &["{\n\t}\r", "ÿ"], &["", "\u{0}", "Ā"]),
            (
                source_arn,
                &[
                    "arn:aws:s3::111122223333:x",
                    "arn:aws-cn:s3:eu-west-1:111122223333:a:b/c",
                ],
                &[
                    "",
                    "arn:aws:s3:::bucket",
                    "arn:aws:s3:us-east-1:11112222333:x",
                    "arn:aws:s3:us-east-1:111122223333:",
                    "arn:aws:s3:us-east-1:111122223333",
                    "arn:AWS:s3:us-east-1:111122223333:x",
                    "arn:aws::us-east-1:111122223333:x",
                    "arn:aws:s3:us-east-1:111122223333:a\nb",
                ],
            ),
            (
                service_principal,
                &[
                    "logs.amazonaws.com",
                    "s3.us-east-1.amazonaws.com",
                    "a.b.c-1",
                ],
                &[
                    "", "logs", "a.b", "a..b.c", ".a.b.c", "a.b.c.", "a_b.c.d", "a.b.c ",
                ],
            ),
            (
                region,
                &["us-east-1", "us-gov-west-12"],
                &[
                    "",
                    "us-1",
                    "us-east-",
                    "us-east-a",
                    "-east-1",
                    "a-b-c-d-1",
                    "US-east-1",
                    "us--1",
                ],
            ),
        ];
        for (pattern, matching, others) in cases {
            for text in *matching {
                assert!(pattern(text), "{text:?}");
            }
            for text in *others {
                assert!(!pattern(text), "{text:?}");
            }
        }
    }
}
