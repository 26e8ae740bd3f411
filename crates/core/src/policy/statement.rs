//! One statement of a policy, read strictly.

use super::document::{PolicyKind, Version};
use super::error::PolicyError;
use super::json::{Json, optional_string, required};
use super::named::NamedPrincipal;
use super::path::Path;

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement's name. Key policies may repeat one.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about: at least one in a key policy, none in an identity policy.
    pub principals: Vec<NamedPrincipal>,
    /// The actions, `*` or `service:Name` with wildcards; an empty list covers none.
    pub actions: Vec<String>,
    /// The resources, `*` or ARNs with wildcards; an empty list covers none.
    pub resources: Vec<String>,
}

/// What a statement does to the requests it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allows them, unless something denies them.
    Allow,
    /// Denies them, whatever allows them.
    Deny,
}

/// The elements of a statement; those that are not decided come last.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "Resource",
    "NotPrincipal",
    "NotAction",
    "NotResource",
    "Condition",
];

impl Statement {
    /// Parses one item of `Statement`.
    pub(super) fn parse(
        json: &Json,
        path: Path<'_>,
        kind: PolicyKind,
        version: Version,
    ) -> Result<Self, PolicyError> {
        let [sid, effect, principal, action, resource, undecided @ ..] =
            json.members(path, ELEMENTS)?;
        refuse_undecided(undecided, path)?;
        Ok(Self {
            sid: parse_sid(sid, path.member("Sid"), kind)?,
            effect: parse_effect(effect, path.member("Effect"))?,
            principals: parse_principals(principal, path.member("Principal"), kind)?,
            actions: parse_list(action, path.member("Action"), kind, parse_action)?,
            resources: parse_list(resource, path.member("Resource"), kind, |text, path| {
                parse_resource(text, path, version)
            })?,
        })
    }
}

/// Refuses the elements whose meaning is not decided: passing over one would widen the statement.
fn refuse_undecided(elements: [Option<&Json>; 4], path: Path<'_>) -> Result<(), PolicyError> {
    let [_, _, _, _, _, names @ ..] = ELEMENTS;
    let present = names
        .into_iter()
        .zip(elements)
        .find(|(_, json)| json.is_some());
    present.map_or(Ok(()), |(element, _)| {
        Err(PolicyError::Unsupported {
            element,
            path: path.member_text(element),
        })
    })
}

fn parse_sid(
    sid: Option<&Json>,
    path: Path<'_>,
    kind: PolicyKind,
) -> Result<Option<String>, PolicyError> {
    let sid = optional_string(sid, path)?;
    match sid {
        Some(found)
            if kind == PolicyKind::Identity
                && !found.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            let path = path.to_string();
            Err(PolicyError::BadSid { path, found })
        }
        sid => Ok(sid),
    }
}

fn parse_effect(effect: Option<&Json>, path: Path<'_>) -> Result<Effect, PolicyError> {
    match required(effect, path)?.string(path)? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(PolicyError::BadEffect {
            path: path.to_string(),
            found: other.to_owned(),
        }),
    }
}

fn parse_principals(
    principal: Option<&Json>,
    path: Path<'_>,
    kind: PolicyKind,
) -> Result<Vec<NamedPrincipal>, PolicyError> {
    match (kind, principal) {
        (PolicyKind::Identity, None) => Ok(Vec::new()),
        (PolicyKind::Identity, Some(_)) => Err(PolicyError::PrincipalInIdentityPolicy {
            path: path.to_string(),
        }),
        (PolicyKind::Key, principal) => named_principals(required(principal, path)?, path),
    }
}

type ParseName = fn(&str) -> Option<NamedPrincipal>;

/// The types of principal, each with the form of its names.
const PRINCIPAL_TYPES: [(&str, ParseName); 3] = [
    ("AWS", NamedPrincipal::parse_aws),
    ("Service", NamedPrincipal::parse_service),
    ("Federated", NamedPrincipal::parse_federated),
];

fn named_principals(json: &Json, path: Path<'_>) -> Result<Vec<NamedPrincipal>, PolicyError> {
    if let Json::String(text) = json {
        return match text.as_str() {
            "*" => Ok(vec![NamedPrincipal::Everyone]),
            _ => Err(bad_principal(text, path)),
        };
    }
    let [aws, service, federated, canonical] =
        json.members(path, ["AWS", "Service", "Federated", "CanonicalUser"])?;
    // Amazon S3 alone gives accounts such ids; which account is meant cannot be known here, so a
    // Deny would deny nobody.
    if canonical.is_some() {
        return Err(PolicyError::Unsupported {
            element: "CanonicalUser",
            path: path.member_text("CanonicalUser"),
        });
    }
    let mut principals = Vec::new();
    for ((name, parse), json) in PRINCIPAL_TYPES.into_iter().zip([aws, service, federated]) {
        let Some(json) = json else { continue };
        principals.extend(json.one_or_many(path.member(name), |json, path| {
            let text = json.string(path)?;
            parse(text).ok_or_else(|| bad_principal(text, path))
        })?);
    }
    if principals.is_empty() {
        let path = path.to_string();
        return Err(PolicyError::EmptyPrincipal { path });
    }
    Ok(principals)
}

fn bad_principal(found: &str, path: Path<'_>) -> PolicyError {
    PolicyError::BadPrincipal {
        path: path.to_string(),
        found: found.to_owned(),
    }
}

/// Reads `Action` or `Resource`. A key policy may lack them, with the effect of an empty list: the
/// KMS API accepts such a statement, and it covers nothing.
fn parse_list(
    list: Option<&Json>,
    path: Path<'_>,
    kind: PolicyKind,
    parse: impl Fn(&str, Path<'_>) -> Result<String, PolicyError>,
) -> Result<Vec<String>, PolicyError> {
    if list.is_none() && kind == PolicyKind::Key {
        return Ok(Vec::new());
    }
    required(list, path)?.one_or_many(path, |json, path| parse(json.string(path)?, path))
}

fn parse_action(text: &str, path: Path<'_>) -> Result<String, PolicyError> {
    let is_word = |word: &str, others: &[u8]| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    let is_action = text.split_once(':').is_some_and(|(service, name)| {
        (service == "*" || is_word(service, b"-")) && is_word(name, b"*?-_")
    });
    if text == "*" || is_action {
        Ok(text.to_owned())
    } else {
        Err(PolicyError::BadAction {
            path: path.to_string(),
            found: text.to_owned(),
        })
    }
}

fn parse_resource(text: &str, path: Path<'_>, version: Version) -> Result<String, PolicyError> {
    if version == Version::V2012 && text.contains("${") {
        return Err(PolicyError::Unsupported {
            element: "a policy variable",
            path: path.to_string(),
        });
    }
    let is_arn = text.starts_with("arn:") && text.matches(':').count() >= 5;
    if text == "*" || is_arn {
        Ok(text.to_owned())
    } else {
        Err(PolicyError::BadResource {
            path: path.to_string(),
            found: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::*;

    fn parse(text: &str) -> Result<Vec<Statement>, PolicyError> {
        Document::parse(text, PolicyKind::Key).map(|document| document.statements)
    }

    /// A key policy with one statement, of these elements besides `Effect`.
    fn policy_of(elements: &str) -> String {
        format!(r#"{{"Statement":[{{"Effect":"Allow",{elements}}}]}}"#)
    }

    #[test]
    fn principals_of_every_type() {
        let principals = |principal: &str| {
            let text = policy_of(&format!(r#""Principal":{principal}"#));
            parse(&text).unwrap().remove(0).principals
        };
        assert_eq!(principals(r#""*""#), [NamedPrincipal::Everyone]);
        assert_eq!(principals(r#"{"AWS":"*"}"#), [NamedPrincipal::Everyone]);
        let all = principals(
            r#"{"Service":"logs.amazonaws.com","AWS":["*","111122223333"],
                "Federated":["cognito-identity.amazonaws.com"]}"#,
        );
        assert_eq!(all.len(), 4);
        assert!(matches!(all[0], NamedPrincipal::Everyone));
        assert!(matches!(all[1], NamedPrincipal::Account { .. }));
        assert!(matches!(all[2], NamedPrincipal::Service { .. }));
        assert!(matches!(all[3], NamedPrincipal::Federated { .. }));
    }

    #[test]
    fn a_key_policy_may_lack_actions_and_resources_and_repeat_a_sid() {
        let text = r#"{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*"},
            {"Sid":"a","Effect":"Deny","Principal":"*","Action":[],"Resource":[]}]}"#;
        for statement in parse(text).unwrap() {
            assert!(statement.actions.is_empty() && statement.resources.is_empty());
        }
    }

    /// Elements of a statement, and what is said of them.
    const PRINCIPALS_REFUSED: [(&str, &str); 13] = [
        (
            r#""Principal":"111122223333""#,
            r#"Principal: "111122223333" is not a valid principal"#,
        ),
        (
            r#""Principal":["*"]"#,
            "Principal: expected an object, found a list",
        ),
        (r#""Principal":{}"#, "Principal names nobody"),
        (r#""Principal":{"AWS":[]}"#, "Principal names nobody"),
        (
            r#""Principal":{"AWS":{}}"#,
            "Principal.AWS: expected a string, found an object",
        ),
        (
            r#""Principal":{"AWS":["*",["*"]]}"#,
            "Principal.AWS[1]: expected a string, found a list",
        ),
        (
            r#""Principal":{"AWS":"*","AWS":"*"}"#,
            "Principal.AWS occurs more than once",
        ),
        (
            r#""Principal":{"aws":"*"}"#,
            "Principal.aws is not an element of the policy language",
        ),
        (
            r#""Principal":{"*":"*"}"#,
            r#"Principal["*"] is not an element of the policy language"#,
        ),
        (
            r#""Principal":{"AWS":["*","alice"]}"#,
            r#"Principal.AWS[1]: "alice" is not a valid principal"#,
        ),
        (
            r#""Principal":{"Service":"*"}"#,
            r#"Principal.Service: "*" is not a valid principal"#,
        ),
        (
            r#""Principal":{"Federated":"*"}"#,
            r#"Principal.Federated: "*" is not a valid principal"#,
        ),
        (
            r#""Principal":{"AWS":"*","CanonicalUser":"79a5"}"#,
            "Principal.CanonicalUser: CanonicalUser is not supported",
        ),
    ];

    /// The same, with a good principal or none.
    const OTHERS_REFUSED: [(&str, &str); 11] = [
        (
            r#""Principal":"*","Effect":"Allow""#,
            "Effect occurs more than once",
        ),
        (
            r#""Principal":"*","Actions":"kms:*""#,
            "Actions is not an element of the policy language",
        ),
        (
            r#""Principal":"*","Sid":7"#,
            "Sid: expected a string, found a number",
        ),
        (
            r#""NotPrincipal":"*""#,
            "NotPrincipal: NotPrincipal is not supported",
        ),
        (
            r#""Principal":"*","NotAction":"kms:*""#,
            "NotAction: NotAction is not supported",
        ),
        (
            r#""Principal":"*","NotResource":"*""#,
            "NotResource: NotResource is not supported",
        ),
        (
            r#""Principal":"*","Condition":{}"#,
            "Condition: Condition is not supported",
        ),
        (
            r#""Principal":"*","Action":null"#,
            "Action: expected a string, found null",
        ),
        (
            r#""Principal":"*","Action":[["kms:*"]]"#,
            "Action[0]: expected a string, found a list",
        ),
        (
            r#""Principal":"*","Action":["kms:*","Encrypt"]"#,
            r#"Action[1]: "Encrypt" is not a valid action"#,
        ),
        (
            r#""Principal":"*","Resource":"key/1""#,
            r#"Resource: "key/1" is neither "*" nor an ARN"#,
        ),
    ];

    #[test]
    fn what_a_statement_refuses() {
        for (elements, expected) in PRINCIPALS_REFUSED.iter().chain(&OTHERS_REFUSED) {
            let error = parse(&policy_of(elements)).unwrap_err();
            assert_eq!(error.to_string(), format!("Statement[0].{expected}"));
        }
    }

    #[test]
    fn forms_of_actions_and_resources() {
        let check = |element: &str, text: &str, valid: bool| {
            let policy = policy_of(&format!(r#""Principal":"*","{element}":"{text}""#));
            let parsed = parse(&policy);
            assert_eq!(parsed.is_ok(), valid, "{element} {text}");
        };
        for text in [
            "*",
            "*:*",
            "kms:*",
            "kms:Encrypt",
            "KMS:en?rypt*",
            "s3:GetObject",
            "a-b:C",
        ] {
            check("Action", text, true);
        }
        for text in [
            "",
            "kms",
            "kms:",
            ":Encrypt",
            "k*:Encrypt",
            "?",
            "kms:a:b",
            "kms:${a}",
            "kms: a",
        ] {
            check("Action", text, false);
        }
        for text in [
            "*",
            "arn:aws:kms:*:*:*",
            "arn:*:*:*:*:*",
            "arn:aws:s3:::b",
            "arn:aws:a:b:c:d:e",
        ] {
            check("Resource", text, true);
        }
        for text in [
            "",
            "**",
            "?",
            "arn:*",
            "arn:aws:kms:*",
            "arn:aws:kms:us-east-1:1",
            "ARN:a:b:c:d:e",
            "a*:b:c:d:e:f",
        ] {
            check("Resource", text, false);
        }
    }

    #[test]
    fn variables_are_refused_where_the_version_has_them() {
        let resource = r#""Effect":"Allow","Principal":"*","Resource":"arn:aws:kms:::${aws:a}""#;
        let text = format!(r#"{{"Statement":{{{resource}}},"Version":"2012-10-17"}}"#);
        assert_eq!(
            parse(&text).unwrap_err().to_string(),
            "Statement.Resource: a policy variable is not supported"
        );
        assert!(parse(&text.replace("2012", "2008")).is_ok());
        assert!(parse(&text.replace(r#","Version":"2012-10-17""#, "")).is_ok());
    }
}
