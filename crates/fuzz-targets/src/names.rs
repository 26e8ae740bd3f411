//! Names: of accounts, Regions, keys, aliases, users, instants, places in the store.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use keystead_core::alias::AliasName;
use keystead_core::arn::{AccountId, IamArn, KeyReference, Region, alias_arn, key_arn};
use keystead_core::grant::GrantOperation;
use keystead_core::identity::{IdentityPlace, PolicyVersion};
use keystead_core::key::{MaterialId, WrappingKeyId};
use keystead_core::key_id::KeyId;
use keystead_core::last_use::CallId;
use keystead_core::policy::{ConditionKey, NamedPrincipal};
use keystead_core::time::Timestamp;
use keystead_crypto::KeyFingerprint;
use keystead_server::audit::trail::{ObjectKey, bucket, bucket_owner};
use keystead_server::sessions::account_of_key;

/// What is read of a text is written as the same text again.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    canonical::<AccountId>(text);
    canonical::<Region>(text);
    canonical::<KeyId>(text);
    canonical::<AliasName>(text);
    canonical::<MaterialId>(text);
    canonical::<WrappingKeyId>(text);
    canonical::<Timestamp>(text);
    canonical::<KeyFingerprint>(text);
    stable::<CallId>(text);
    references(text);
    identities(text);
    delivered(text);
    let key = ConditionKey::parse(text);
    assert_eq!(ConditionKey::parse(&key.to_string()), key, "{text:?}");
}

/// There is one text for each value.
fn canonical<T: FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}

/// What is written is read as the same value.
fn stable<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let again = value.to_string().parse::<T>().ok();
        assert_eq!(again, Some(value), "{text:?}");
    }
}

fn references(text: &str) {
    let Ok(reference) = text.parse::<KeyReference>() else {
        return;
    };
    let written = match reference {
        KeyReference::Id(id) => id.to_string(),
        KeyReference::Alias(name) => name.to_string(),
        KeyReference::Arn {
            region,
            account,
            id,
        } => key_arn(&region, account, id),
        KeyReference::AliasArn {
            region,
            account,
            name,
        } => alias_arn(&region, account, &name),
    };
    assert_eq!(written, text);
}

fn identities(text: &str) {
    let parsed = IamArn::parse(text);
    if let Some(arn) = &parsed {
        assert!(text.starts_with("arn:"), "{text:?}");
        if let Some(account) = arn.account_id() {
            assert!(text.contains(account.as_str()), "{text:?}");
        }
    }
    if IamArn::parse_own(text).is_some() {
        assert!(parsed.is_some(), "{text:?}");
    }
    if let Some(place) = IdentityPlace::parse(text) {
        assert_eq!(place.path(), text);
    }
    if let Some(number) = PolicyVersion::parse_id(text) {
        assert_eq!(text, format!("v{number}"));
    }
    if account_of_key(text).is_some() {
        assert_eq!(text.len(), 20, "{text:?}");
    }
    if let Ok(operation) = text.parse::<GrantOperation>() {
        assert_eq!(
            GrantOperation::of_action(&format!("kms:{text}")),
            Some(operation)
        );
    }
    let named = NamedPrincipal::parse_aws(text);
    assert_eq!(NamedPrincipal::parse_aws(text), named);
}

/// The names of delivered files are paths, and stay below the folder.
fn delivered(text: &str) {
    if let Some(key) = ObjectKey::parse(text) {
        assert_eq!(key.as_str(), text);
        assert!(text.parse::<std::path::PathBuf>().is_ok_and(|path| {
            path.components()
                .all(|part| matches!(part, std::path::Component::Normal(_)))
        }));
        assert!(key.account().parse::<AccountId>().is_ok(), "{text}");
        assert!(key.region().parse::<Region>().is_ok(), "{text}");
        assert!(text.contains(key.time()) && text.contains(key.kind().folder()));
    }
    if let Some(owner) = bucket_owner(text) {
        assert_eq!(bucket(owner), text);
    }
}
