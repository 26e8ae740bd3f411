//! A policy's text as a typed document.
//!
//! Grammar: "Grammar of the IAM JSON policy language" in the IAM guide; what differs for key
//! policies: "Elements in a key policy" in the KMS developer guide. Element names are matched
//! letter for letter.

use std::collections::BTreeSet;

use super::error::PolicyError;
use super::flaws::{Flaws, PolicyErrors};
use super::json::{Json, optional_string, required};
use super::kind::PolicyKind;
use super::path::Path;
use super::statement::Statement;

/// The version of the policy language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also where a policy names none: without policy variables.
    #[default]
    V2008,
    /// `2012-10-17`.
    V2012,
}

impl Version {
    /// Whether `${…}` is a variable.
    #[must_use]
    pub const fn has_variables(self) -> bool {
        matches!(self, Self::V2012)
    }
}

/// A policy that keeps to the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The policy's own name for itself, without meaning.
    pub id: Option<String>,
    /// The statements in their order; a policy without any allows nothing.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Parses the text of a policy.
    ///
    /// # Errors
    ///
    /// The first [`PolicyError`]; see its variants for the rules.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        Self::parse_all(text, kind).map_err(PolicyErrors::into_first)
    }

    /// Parses the text of a policy, and tells everything that is wrong with it. An element with a
    /// name that is not known hides what else is wrong with its statement.
    ///
    /// # Errors
    ///
    /// All [`PolicyErrors`]. A text that is too long, holds a character that no policy may hold or
    /// is not JSON has that one alone.
    pub fn parse_all(text: &str, kind: PolicyKind) -> Result<Self, PolicyErrors> {
        let rules = kind.rules();
        let (limit, unit) = (rules.limit, rules.unit.name());
        let length = rules.unit.count(text);
        if length > limit {
            return Err(PolicyError::TooLarge {
                length,
                limit,
                unit,
            }
            .into());
        }
        if rules.latin {
            check_characters(text)?;
        }
        Self::parse_unbounded(text, kind)
    }

    /// Like [`Self::parse_all`], of any length.
    fn parse_unbounded(text: &str, kind: PolicyKind) -> Result<Self, PolicyErrors> {
        let root = Path::Root;
        let document = Json::parse(text)?;
        let [version, id, statements] = document.members(root, ["Version", "Id", "Statement"])?;
        let mut flaws = Flaws::default();
        let version = version.map_or(Ok(Version::default()), |json| {
            parse_version(json, root.member("Version"))
        });
        let version = flaws.keep(version);
        // Whoever names a version that there is not means the one with variables.
        let assumed = version.unwrap_or(Version::V2012);
        let id = flaws.keep(optional_string(id, root.member("Id")));
        let path = root.member("Statement");
        let statements = flaws.keep(required(statements, path));
        let parsed = statements.and_then(|json| {
            flaws.keep(json.one_or_many(path, |json, path| {
                Statement::parse(json, path, kind, assumed)
            }))
        });
        if let Some(json) = statements.filter(|_| kind.rules().strict_sid) {
            check_unique_sids(json, path, &mut flaws);
        }
        flaws.none_in(Self {
            version: assumed,
            id: id.flatten(),
            statements: parsed.unwrap_or_default(),
        })
    }
}

fn check_characters(text: &str) -> Result<(), PolicyError> {
    let is_good = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    let bad = text.chars().find(|character| !is_good(*character));
    bad.map_or(Ok(()), |found| Err(PolicyError::BadCharacter { found }))
}

fn parse_version(json: &Json, path: Path<'_>) -> Result<Version, PolicyError> {
    match json.string(path)? {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        other => Err(PolicyError::UnknownVersion {
            path: path.to_string(),
            found: other.to_owned(),
        }),
    }
}

/// Statements are told apart by their `Sid`, also while other things are wrong with them.
fn check_unique_sids(statements: &Json, path: Path<'_>, flaws: &mut Flaws) {
    let Json::Array(statements) = statements else {
        return;
    };
    let mut seen = BTreeSet::new();
    for (index, statement) in statements.iter().enumerate() {
        // An empty Sid names nothing, like none at all.
        let Some(sid) = sid(statement).filter(|sid| !sid.is_empty()) else {
            continue;
        };
        if !seen.insert(sid) {
            let duplicate = PolicyError::DuplicateSid {
                path: Path::Item(&path, index).member_text("Sid"),
                found: sid.to_owned(),
            };
            flaws.add(duplicate.into());
        }
    }
}

fn sid(statement: &Json) -> Option<&str> {
    let Json::Object(members) = statement else {
        return None;
    };
    members.iter().find_map(|(name, value)| match value {
        Json::String(sid) if name == "Sid" => Some(sid.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::statement::Effect;
    use super::*;

    fn refusal(text: &str, kind: PolicyKind) -> String {
        match Document::parse(text, kind) {
            Ok(document) => panic!("{text} was accepted as {document:?}"),
            Err(error) => error.to_string(),
        }
    }

    fn accept(text: &str, kind: PolicyKind) -> Document {
        Document::parse(text, kind).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// A key policy with one statement, of these elements besides `Effect`.
    fn statement(elements: &str) -> String {
        format!(r#"{{"Statement":[{{"Effect":"Allow",{elements}}}]}}"#)
    }

    #[test]
    fn both_writings_of_a_list_mean_the_same() {
        let listed = r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"a b","Effect":"Deny",
            "Principal":{"AWS":["111122223333"]},"Action":["kms:*"],"Resource":["*"]}]}"#;
        let single = r#"{"Version":"2012-10-17","Id":"i","Statement":{"Sid":"a b","Effect":"Deny",
            "Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}}"#;
        let document = accept(listed, PolicyKind::Key);
        assert_eq!(document, accept(single, PolicyKind::Key));
        assert_eq!(document.version, Version::V2012);
        assert_eq!(document.id.as_deref(), Some("i"));
        let statement = &document.statements[0];
        assert_eq!(statement.sid.as_deref(), Some("a b"));
        assert_eq!(statement.effect, Effect::Deny);
        assert_eq!(statement.actions.items(), ["kms:*"]);
    }

    #[test]
    fn versions() {
        let version = |text| accept(text, PolicyKind::Key).version;
        assert_eq!(version(r#"{"Statement":[]}"#), Version::V2008);
        assert_eq!(
            version(r#"{"Version":"2008-10-17","Statement":[]}"#),
            Version::V2008
        );
        assert_eq!(
            version(r#"{"Statement":[],"Version":"2012-10-17"}"#),
            Version::V2012
        );
    }

    #[test]
    fn what_a_key_policy_refuses() {
        let cases = [
            ("", "the policy is not valid JSON"),
            ("{", "the policy is not valid JSON"),
            ("[]", "the document: expected an object, found a list"),
            ("{}", "Statement is missing"),
            (
                r#"{"Statement":"x"}"#,
                "Statement: expected an object, found a string",
            ),
            (
                r#"{"Statement":[[]]}"#,
                "Statement[0]: expected an object, found a list",
            ),
            (
                r#"{"Statement":[],"statement":[]}"#,
                "statement is not an element of the policy language",
            ),
            (
                r#"{"Statement":[],"Statement":[]}"#,
                "Statement occurs more than once",
            ),
            (
                r#"{"Statement":[],"Id":1}"#,
                "Id: expected a string, found a number",
            ),
            (
                r#"{"Statement":[],"Version":null}"#,
                "Version: expected a string, found null",
            ),
            (
                r#"{"Statement":[],"Version":"2012-10-18"}"#,
                r#"Version: "2012-10-18" is not a version of the policy language"#,
            ),
            (r#"{"Statement":[{}]}"#, "Statement[0].Effect is missing"),
            (r#"{"Statement":{}}"#, "Statement.Effect is missing"),
            (
                r#"{"Statement":{"Effect":"Allow"}}"#,
                "Statement.Principal is missing",
            ),
            (
                r#"{"Statement":[{"Effect":"allow","Principal":"*"}]}"#,
                r#"Statement[0].Effect: "allow" is neither "Allow" nor "Deny""#,
            ),
            (
                r#"{"Statement":[{"Effect":true,"Principal":"*"}]}"#,
                "Statement[0].Effect: expected a string, found a boolean",
            ),
            (
                r#"{"Statement":[{"Effect":["Allow"],"Principal":"*"}]}"#,
                "Statement[0].Effect: expected a string, found a list",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(refusal(text, PolicyKind::Key), expected, "{text}");
        }
    }

    #[test]
    fn what_an_identity_policy_asks_besides() {
        let cases = [
            (r#""Resource":"*""#, "Statement[0].Action is missing"),
            (r#""Action":"*""#, "Statement[0].Resource is missing"),
            (
                r#""Action":"*","Resource":"*","Principal":"*""#,
                "Statement[0].Principal does not belong in an identity policy",
            ),
            (
                r#""Action":"*","Resource":"*","NotPrincipal":"*""#,
                "Statement[0].NotPrincipal does not belong in an identity policy",
            ),
            (
                r#""Action":"*","Resource":"*","Condition":{"Bool":{"a":"maybe"}}"#,
                r#"Statement[0].Condition.Bool.a: "maybe" is not true or false"#,
            ),
            (
                r#""Action":"*","Resource":"*","Sid":"a b""#,
                r#"Statement[0].Sid: "a b" holds other characters than A-Z, a-z and 0-9"#,
            ),
            (
                r#""Action":"*","Resource":"*","Sid":"a"},{"Effect":"Deny","Sid":"a","Action":[],"Resource":[]"#,
                r#"Statement[1].Sid: "a" is the Sid of an earlier statement"#,
            ),
        ];
        for (elements, expected) in cases {
            let found = refusal(&statement(elements), PolicyKind::Identity);
            assert_eq!(found, expected, "{elements}");
        }
        let text = statement(r#""Action":[],"Resource":"*","Sid":"""#);
        let statement = &accept(&text, PolicyKind::Identity).statements[0];
        assert_eq!(statement.principals, None);
    }

    #[test]
    fn size_is_bounded() {
        for kind in PolicyKind::ALL {
            let minimal = r#"{"Statement":[]}"#;
            let fill = kind.max_length() - minimal.len();
            accept(&format!("{minimal}{}", " ".repeat(fill)), kind);
            let found = Document::parse(&format!("{minimal}{}", " ".repeat(fill + 1)), kind);
            assert!(
                matches!(found, Err(PolicyError::TooLarge { length, limit, .. })
                    if length == limit + 1 && limit == kind.max_length())
            );
        }
    }

    #[test]
    fn lengths_count_bytes_or_characters() {
        let text = |count| format!(r#"{{"Statement":[],"Id":"{}"}}"#, "é".repeat(count));
        accept(&text(2_000), PolicyKind::Session);
        assert_eq!(
            refusal(&text(2_100), PolicyKind::Session),
            "the policy has 2124 characters, and at most 2048 are allowed"
        );
        assert_eq!(
            refusal(&text(2_600), PolicyKind::ServiceControl),
            "the policy has 5224 bytes, and at most 5120 are allowed"
        );
    }

    #[test]
    fn characters_are_those_of_the_api() {
        let text = |id: char| format!(r#"{{"Statement":[],"Id":"{id}"}}"#);
        for id in ['é', 'ÿ', '\u{7f}', '\u{80}'] {
            accept(&text(id), PolicyKind::Key);
        }
        for id in ['\u{100}', '€', '😀'] {
            assert_eq!(
                refusal(&text(id), PolicyKind::Key),
                format!("the policy holds the character {id:?}, which no policy may hold")
            );
            accept(&text(id), PolicyKind::ServiceControl);
        }
        accept(r#"{"Statement":[],"Id":"\u20ac"}"#, PolicyKind::Key);
    }

    #[test]
    fn ten_thousand_statements() {
        let statement = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#;
        let text = format!(r#"{{"Statement":[{}]}}"#, vec![statement; 10_000].join(","));
        let document = Document::parse_unbounded(&text, PolicyKind::Key).unwrap();
        assert_eq!(document.statements.len(), 10_000);
        assert!(matches!(
            Document::parse(&text, PolicyKind::Key),
            Err(PolicyError::TooLarge { .. })
        ));
    }

    #[test]
    fn deep_nesting_is_refused_everywhere() {
        for depth in [10, 100, 1_000, 5_000] {
            let deep = ["[".repeat(depth), "]".repeat(depth)].concat();
            for element in [
                "Sid",
                "Effect",
                "Principal",
                "Action",
                "Resource",
                "Condition",
                "X",
            ] {
                let text = format!(r#"{{"Statement":[{{"{element}":{deep}}}]}}"#);
                refusal(&text, PolicyKind::Key);
            }
            refusal(&format!(r#"{{"Statement":{deep}}}"#), PolicyKind::Key);
            refusal(&deep, PolicyKind::Key);
        }
    }

    const WORDS: [&str; 27] = [
        "Version",
        "2012-10-17",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Allow",
        "Deny",
        "Principal",
        "AWS",
        "Service",
        "*",
        "111122223333",
        "Action",
        "kms:*",
        "Resource",
        "Condition",
        "NotAction",
        "NotPrincipal",
        "StringLike",
        "ForAllValues:NumericEquals",
        "IpAddressIfExists",
        "Null",
        "aws:SourceIp",
        "true",
        "${a}",
        "arn:aws:iam::111122223333:root",
    ];

    /// JSON that is nearly a policy: words of the language in arbitrary places.
    fn near_policy() -> impl Strategy<Value = String> {
        let word = proptest::sample::select(WORDS.as_slice()).prop_map(|word| format!("{word:?}"));
        let leaf =
            prop_oneof![8 => word.clone(), 1 => Just("1".to_owned()), 1 => Just("null".to_owned())];
        leaf.prop_recursive(5, 40, 4, move |inner| {
            let member =
                (word.clone(), inner.clone()).prop_map(|(name, value)| format!("{name}:{value}"));
            prop_oneof![
                proptest::collection::vec(inner, 0..4)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                proptest::collection::vec(member, 0..5)
                    .prop_map(|members| format!("{{{}}}", members.join(","))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = String::from_utf8_lossy(&bytes);
            prop_assert!(Document::parse(&text, PolicyKind::Key).is_err());
            prop_assert!(Document::parse(&text, PolicyKind::Identity).is_err());
        }

        #[test]
        fn what_is_nearly_a_policy_is_answered(statement in near_policy()) {
            let text = format!(r#"{{"Statement":{statement}}}"#);
            for kind in [PolicyKind::Key, PolicyKind::Identity] {
                if let Ok(document) = Document::parse(&text, kind) {
                    for statement in document.statements {
                        let is_identity = kind == PolicyKind::Identity;
                        prop_assert_eq!(statement.principals.is_none(), is_identity);
                    }
                }
            }
        }

        #[test]
        fn a_policy_cut_or_altered_is_answered(at in 0_usize..320, byte in any::<u8>()) {
            let whole = super::super::default_key_policy("aws", "111122223333").into_bytes();
            let at = at % whole.len();
            let cut = String::from_utf8_lossy(&whole[..at]);
            prop_assert!(Document::parse(&cut, PolicyKind::Key).is_err());
            let mut altered = whole;
            altered[at] = byte;
            let _ = Document::parse(&String::from_utf8_lossy(&altered), PolicyKind::Key);
        }
    }
}
