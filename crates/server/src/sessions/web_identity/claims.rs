//! What a token says.

use std::collections::BTreeMap;

use keystead_core::identity::OidcProviderRecord;
use keystead_core::policy::{ConditionKey, KeyFamily, KnownKey, Values};
use keystead_core::time::Timestamp;
use serde_json::{Map, Value};

use super::TokenError;

/// The claim under which a provider gives session tags.
const TAGS: &str = "https://aws.amazon.com/tags";
/// The claim under which a provider says who stands behind the session.
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// How far a provider's clock may go before ours, in seconds.
const SKEW_SECONDS: i64 = 300;

/// A token that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    provider: String,
    issuer: String,
    subject: String,
    audience: String,
    claims: BTreeMap<String, Vec<String>>,
    tags: BTreeMap<String, String>,
    transitive_tags: Vec<String>,
    source_identity: Option<String>,
}

impl VerifiedToken {
    /// The token with these claims, whose signature is the provider's.
    ///
    /// # Errors
    /// It is of another time or for another audience, or lacks what it must say.
    pub(super) fn of(
        claims: &Map<String, Value>,
        provider: &OidcProviderRecord,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        check_time(claims, now.as_seconds())?;
        let subject = text(claims, "sub").ok_or_else(|| missing("sub"))?;
        let audiences = texts(claims.get("aud"));
        // Whom the token was issued to goes before whom it is for, as AWS has it.
        let audience = match text(claims, "azp") {
            Some(azp) => Some(azp).filter(|azp| provider.client_ids.contains(azp)),
            None => audiences
                .into_iter()
                .find(|audience| provider.client_ids.contains(audience)),
        };
        let audience = audience.ok_or_else(|| invalid("Incorrect token audience"))?;
        let (tags, transitive_tags) = session_tags(claims);
        Ok(Self {
            provider: provider.arn(),
            issuer: provider.url.clone(),
            tags,
            transitive_tags,
            source_identity: text(claims, SOURCE_IDENTITY),
            claims: condition_values(claims, &audience),
            subject,
            audience,
        })
    }

    /// The provider's ARN.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whom the provider calls so.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The client id that the token is for.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The session tags that the provider gives.
    #[must_use]
    pub const fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }

    /// The names of those tags that go on to further sessions.
    #[must_use]
    pub fn transitive_tags(&self) -> &[String] {
        &self.transitive_tags
    }

    /// Who stands behind the session.
    #[must_use]
    pub fn source_identity(&self) -> Option<&str> {
        self.source_identity.as_deref()
    }

    /// The values that the token gives a condition key, such as `id.example.com/a:sub`.
    #[must_use]
    pub fn values(&self, key: &ConditionKey) -> Values<'_> {
        match key {
            ConditionKey::Known(KnownKey::FederatedProvider) => Values::one(self.provider.as_str()),
            ConditionKey::Known(KnownKey::StsSourceIdentity) => {
                Values::maybe(self.source_identity())
            }
            ConditionKey::Known(KnownKey::TagKeys) if !self.tags.is_empty() => {
                Values::many(self.tags.keys().map(String::as_str))
            }
            ConditionKey::Known(KnownKey::StsTransitiveTagKeys)
                if !self.transitive_tags.is_empty() =>
            {
                Values::many(self.transitive_tags.iter().map(String::as_str))
            }
            ConditionKey::Named(KeyFamily::RequestTag, name) => {
                values_of(named(&self.tags, name).into_iter())
            }
            ConditionKey::Other(name) => self.claim(name),
            _ => Values::Absent,
        }
    }

    /// The values of `<issuer>:<claim>`, whose case does not matter.
    fn claim(&self, name: &str) -> Values<'_> {
        let Some((issuer, claim)) = name.rsplit_once(':') else {
            return Values::Absent;
        };
        if !issuer.eq_ignore_ascii_case(&self.issuer) {
            return Values::Absent;
        }
        values_of(named(&self.claims, claim).into_iter().flatten())
    }
}

/// What has this name: exactly, or else in any case. A token that says a thing twice, in names that
/// differ in case, says both: to take either would let whoever adds one choose.
fn named<'a, T>(all: &'a BTreeMap<String, T>, name: &str) -> Vec<&'a T> {
    if let Some(exact) = all.get(name) {
        return vec![exact];
    }
    let in_any_case = all
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    in_any_case.map(|(_, found)| found).collect()
}

fn values_of<'a>(values: impl Iterator<Item = &'a String>) -> Values<'a> {
    let values: Vec<&str> = values.map(String::as_str).collect();
    match values.as_slice() {
        [] => Values::Absent,
        [value] => Values::one(*value),
        _ => Values::many(values),
    }
}

/// The issuer of a token that is yet to be verified, to find the keys to verify it with.
pub(super) fn read_issuer(token: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Issuer {
        iss: String,
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Issuer>(token)
        .ok()
        .map(|claims| claims.iss)
}

fn check_time(claims: &Map<String, Value>, now: i64) -> Result<(), TokenError> {
    let expired = seconds(claims, "exp").ok_or_else(|| missing("exp"))?;
    if expired <= now {
        return Err(TokenError::Expired { now, expired });
    }
    let issued = seconds(claims, "iat").ok_or_else(|| missing("iat"))?;
    let begins = seconds(claims, "nbf").unwrap_or(issued);
    if issued.max(begins) > now.saturating_add(SKEW_SECONDS) {
        return Err(invalid("The ID Token provided is not yet valid"));
    }
    Ok(())
}

/// An instant of a token (RFC 7519, section 2, `NumericDate`), in whole seconds.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an instant out of range saturates"
    )]
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name)?.as_str().map(str::to_owned)
}

/// One text, or a list of them.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => {
            let texts = values.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The claims that conditions can read: texts, numbers, truths, and lists of texts. `aud` is the
/// audience that was checked, and `oaud` what the token itself calls so.
fn condition_values(claims: &Map<String, Value>, audience: &str) -> BTreeMap<String, Vec<String>> {
    let values = claims.iter().filter_map(|(name, value)| {
        let values = match value {
            Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
            value => texts(Some(value)),
        };
        (!values.is_empty()).then(|| (name.clone(), values))
    });
    let mut values: BTreeMap<_, _> = values.collect();
    let original = values.insert("aud".to_owned(), vec![audience.to_owned()]);
    if let Some(original) = original.filter(|_| claims.contains_key("azp")) {
        values.insert("oaud".to_owned(), original);
    }
    values
}

/// Session tags: `{"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]}`.
fn session_tags(claims: &Map<String, Value>) -> (BTreeMap<String, String>, Vec<String>) {
    let given = claims.get(TAGS);
    let member = |name| given.and_then(|given: &Value| given.get(name));
    let tags = member("principal_tags").and_then(Value::as_object);
    let tags = tags.into_iter().flatten().filter_map(|(name, value)| {
        let value = texts(Some(value)).into_iter().next()?;
        Some((name.clone(), value))
    });
    (tags.collect(), texts(member("transitive_tag_keys")))
}

fn missing(claim: &str) -> TokenError {
    invalid(format!("Missing a required claim: {claim}"))
}

fn invalid(what: impl Into<String>) -> TokenError {
    TokenError::Invalid { what: what.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_767_323_045;

    fn provider() -> OidcProviderRecord {
        OidcProviderRecord {
            account: "111122223333".parse().unwrap(),
            url: "id.example.com/a".to_owned(),
            client_ids: ["app".to_owned(), "cli".to_owned()].into(),
            thumbprints: Vec::new(),
            created: Timestamp::from_millis(0),
            tags: Default::default(),
            keys: None,
        }
    }

    fn claims(changes: &Value) -> Map<String, Value> {
        let mut claims = json!({
            "iss": "https://id.example.com/a", "sub": "ada", "aud": "app",
            "iat": NOW - 10, "exp": NOW + 10,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let all = claims.as_object().unwrap().clone();
        all.into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect()
    }

    fn read(changes: &Value) -> Result<VerifiedToken, TokenError> {
        VerifiedToken::of(
            &claims(changes),
            &provider(),
            Timestamp::from_millis(NOW * 1000),
        )
    }

    #[test]
    fn what_makes_a_token_count() {
        for (changes, counts) in [
            (json!({}), true),
            (json!({ "aud": ["other", "cli"] }), true),
            (json!({ "aud": "other" }), false),
            (json!({ "aud": null }), false),
            (json!({ "aud": "other", "azp": "cli" }), true),
            (json!({ "aud": "app", "azp": "other" }), false),
            (json!({ "sub": null }), false),
            (json!({ "exp": null }), false),
            (json!({ "iat": null }), false),
            (json!({ "exp": NOW }), false),
            (json!({ "exp": "never" }), false),
            (json!({ "exp": NOW as f64 + 1.5 }), true),
            (json!({ "nbf": NOW + 300 }), true),
            (json!({ "nbf": NOW + 301 }), false),
            (json!({ "iat": NOW + 301 }), false),
        ] {
            assert_eq!(read(&changes).is_ok(), counts, "{changes}");
        }
    }

    #[test]
    fn conditions_read_claims_by_the_issuer() {
        let token = read(&json!({
            "azp": "cli", "aud": "app", "amr": ["pwd", "otp"], "email_verified": true,
        }))
        .unwrap();
        let value = |name: &str| {
            let values = token.values(&ConditionKey::parse(name));
            values.as_slice().join(",")
        };
        for (key, expected) in [
            ("ID.example.com/a:sub", "ada"),
            ("id.example.com/a:aud", "cli"),
            ("id.example.com/a:oaud", "app"),
            ("id.example.com/a:amr", "pwd,otp"),
            ("id.example.com/a:email_verified", "true"),
            ("id.example.com/a:absent", ""),
            ("id.example.com:sub", ""),
            ("other.example.com/a:sub", ""),
            (
                "aws:FederatedProvider",
                "arn:aws:iam::111122223333:oidc-provider/id.example.com/a",
            ),
        ] {
            assert_eq!(value(key), expected, "{key}");
        }
    }

    #[test]
    fn names_that_differ_in_case_count_together_unless_one_is_exact() {
        let token = read(&json!({
            "SUB": "eve", "Team": "a", "TEAM": "b",
            TAGS: { "principal_tags": { "Stage": "test", "STAGE": "live", "Unit": "x", "unit": "y" } },
        }))
        .unwrap();
        for (key, expected) in [
            ("id.example.com/a:sub", &["ada"][..]),
            ("id.example.com/a:SUB", &["ada"]),
            ("id.example.com/a:team", &["b", "a"]),
            ("aws:RequestTag/stage", &["live", "test"]),
            ("aws:RequestTag/unit", &["y"]),
            ("aws:RequestTag/none", &[]),
        ] {
            let values = token.values(&ConditionKey::parse(key));
            assert_eq!(values.as_slice(), expected, "{key}");
        }
    }

    #[test]
    fn tags_of_the_provider() {
        let token = read(&json!({ TAGS: {
            "principal_tags": { "team": ["a"], "stage": "b" }, "transitive_tag_keys": ["team"],
        }}))
        .unwrap();
        assert_eq!(token.tags().len(), 2);
        assert_eq!(token.transitive_tags(), ["team"]);
        let values = token.values(&ConditionKey::parse("aws:RequestTag/Team"));
        assert_eq!(values, Values::one("a"));
        let keys = token.values(&ConditionKey::parse("aws:TagKeys"));
        assert_eq!(keys.as_slice(), ["stage", "team"]);
    }
}
