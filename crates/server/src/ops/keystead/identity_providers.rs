//! The public keys of OpenID Connect providers, where the operator gives them: for providers that
//! the server can't reach, or shall not.

use std::sync::Arc;

use keystead_core::arn::PARTITION;
use keystead_core::identity::OidcProviderRecord;
use keystead_wire::json::NoOutput;
use keystead_wire::keystead::{input, output};

use crate::fault::Fault;
use crate::identities::Entry;
use crate::ops::management::{Answer, Call, operations};
use crate::target::Named;

operations! { Keystead "keystead" Json;
    /// Gives an identity provider its public keys, or has them fetched again.
    PutOpenIDConnectProviderKeys: write,
        on |input| Named::Arn(&input.open_id_connect_provider_arn) => put;
    /// Gives the public keys that the operator gave an identity provider.
    GetOpenIDConnectProviderKeys: read,
        on |input| Named::Arn(&input.open_id_connect_provider_arn)
        => get => output::GetOpenIDConnectProviderKeys;
}

type Done<T> = Result<Answer<T>, Fault>;

fn put(call: &Call<'_, input::PutOpenIDConnectProviderKeys>) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let keys = call.input.keys.clone();
    if let Some(keys) = &keys {
        check(keys)?;
    }
    let record = OidcProviderRecord {
        keys,
        ..found.record.clone()
    };
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn get(
    call: &Call<'_, input::GetOpenIDConnectProviderKeys>,
) -> Done<output::GetOpenIDConnectProviderKeys> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let keys = found.record.keys.clone();
    Ok(output::GetOpenIDConnectProviderKeys { keys }.into())
}

/// Refuses what is no JSON Web Key Set (RFC 7517, section 5) of public keys. A key whose private
/// part came along is refused too (RFC 7518, section 6): it would be stored and shown.
fn check(keys: &str) -> Result<(), Fault> {
    const PRIVATE: [&str; 2] = ["d", "k"];
    let set: serde_json::Value = serde_json::from_str(keys).map_err(|_| no_key_set())?;
    let keys = set.get("keys").and_then(serde_json::Value::as_array);
    let is_public = |key: &serde_json::Value| {
        key.get("kty").is_some_and(serde_json::Value::is_string)
            && PRIVATE.iter().all(|member| key.get(member).is_none())
    };
    if keys.is_some_and(|keys| keys.iter().all(is_public)) {
        Ok(())
    } else {
        Err(no_key_set())
    }
}

fn no_key_set() -> Fault {
    Fault::Validation {
        message: "Keys is not a JSON Web Key Set of public keys.".to_owned(),
    }
}

fn find<I>(call: &Call<'_, I>, arn: &str) -> Result<Arc<Entry<OidcProviderRecord>>, Fault> {
    let prefix = format!("arn:{PARTITION}:iam::{}:oidc-provider/", call.account);
    let url = arn.strip_prefix(prefix.as_str());
    let found = url.and_then(|url| call.tools.identities.oidc_provider(call.account, url));
    found.ok_or_else(|| Fault::Named {
        code: "NoSuchEntity",
        status: 404,
        message: format!("OpenIDConnect Provider not found for arn {arn}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_sets() {
        for (keys, is_good) in [
            (r#"{"keys": []}"#, true),
            (
                r#"{"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}"#,
                true,
            ),
            (r#"{"keys": [{"kty": "EC", "d": "AQ"}]}"#, false),
            (r#"{"keys": [{"kty": "oct", "k": "AQ"}]}"#, false),
            (r#"{"keys": [{"n": "AQ"}]}"#, false),
            (r#"{"keys": [1]}"#, false),
            (r#"{"keys": {}}"#, false),
            ("{}", false),
            ("[]", false),
            ("", false),
        ] {
            assert_eq!(check(keys).is_ok(), is_good, "{keys}");
        }
    }
}
