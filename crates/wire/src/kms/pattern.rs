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

/// `^[A-Z2-7]+$`
pub(super) fn xks_access_key_id(text: &str) -> bool {
    all(text, |c| matches!(c, 'A'..='Z' | '2'..='7'))
}

/// `^[a-zA-Z0-9\/+=]+$`
pub(super) fn xks_secret(text: &str) -> bool {
    all(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '=')
    })
}

/// `^https://[a-zA-Z0-9.-]+$`
pub(super) fn xks_endpoint(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|host| {
        all(host, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
        })
    })
}

/// `^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$`
pub(super) fn xks_path(text: &str) -> bool {
    let Some((prefix, version)) = text.rsplit_once("/kms/xks/v") else {
        return false;
    };
    let is_prefix = prefix.is_empty()
        || prefix.strip_prefix('/').is_some_and(|rest| {
            all(rest, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-')
            })
        });
    is_prefix && version.len() <= 2 && all(version, |c| c.is_ascii_digit())
}

/// `^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$`
pub(super) fn vpc_endpoint_service(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let ["com" | "eu", "amazonaws", "vpce", in_region, service] = parts.as_slice() else {
        return false;
    };
    let id = service.strip_prefix("vpce-svc-").unwrap_or_default();
    region(in_region) && all(id, |c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// `[0-9]{12}`
pub(super) fn account_id(text: &str) -> bool {
    text.len() == 12 && all(text, |c| c.is_ascii_digit())
}

/// `cluster-[2-7a-zA-Z]{11,16}`
pub(super) fn cluster_id(text: &str) -> bool {
    let id = text.strip_prefix("cluster-").unwrap_or_default();
    (11..=16).contains(&id.len()) && all(id, |c| c.is_ascii_alphabetic() || matches!(c, '2'..='7'))
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
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn patterns() {
        let cases: &[Case] = &[
            (name, &["alias/a-B_9:x"], &["", "a b", "a.b", "é", "a\n"]),
            (xks_key_id, &["a-B_9.x"], &["", "a/b", "a\n"]),
            (xks_access_key_id, &["AZ27"], &["", "A1", "a2", "A8"]),
            (xks_secret, &["aZ09/+="], &["", "a-b", "a\n"]),
            (
                xks_endpoint,
                &["https://a-B.c9"],
                &[
                    "",
                    "https://",
                    "http://a.b",
                    "https://a.b:443",
                    "https://a/b",
                ],
            ),
            (
                xks_path,
                &[
                    "/kms/xks/v1",
                    "/a-B_9/c/kms/xks/v12",
                    "/a//kms/xks/v1",
                    "/kms/xks/v1/kms/xks/v1",
                ],
                &[
                    "",
                    "kms/xks/v1",
                    "//kms/xks/v",
                    "/a.b/kms/xks/v1",
                    "a/kms/xks/v1",
                    "/kms/xks/v123",
                    "/kms/xks/v1/",
                    "/kms/xks/vx",
                ],
            ),
            (
                vpc_endpoint_service,
                &[
                    "com.amazonaws.vpce.us-east-1.vpce-svc-0a9",
                    "eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-z",
                ],
                &[
                    "",
                    "org.amazonaws.vpce.us-east-1.vpce-svc-0a9",
                    "com.amazonaws.vpce.us.vpce-svc-0a9",
                    "com.amazonaws.vpce.us-east-1.vpce-svc-",
                    "com.amazonaws.vpce.us-east-1.vpce-svc-A",
                    "com.amazonaws.vpce.us-east-1.vpce-svc-a.b",
                ],
            ),
            (
                account_id,
                &["012345678901"],
                &["", "12345678901", "1234567890123", "12345678901a"],
            ),
            (
                cluster_id,
                &["cluster-2a23b4cdefg", "cluster-abcdefghijkLMNO7"],
                &[
                    "",
                    "cluster-",
                    "cluster-2345672345",
                    "cluster-23456723456723456",
                    "cluster-1a23b4cdefg",
                    "Cluster-2a23b4cdefg",
                ],
            ),
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
