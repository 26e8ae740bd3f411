//! Which of the condition keys that policies may read have a value in no request at all.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use keystead_core::policy::KnownKey;

/// Keys of AWS that no request to Keystead has, and why.
const NEVER_SUPPLIED: [(KnownKey, &str); 6] = [
    (
        KnownKey::SourceVpcArn,
        "an endpoint is configured with the id of its VPC alone",
    ),
    (
        KnownKey::MultiFactorAuthAge,
        "there are no MFA devices to sign in with",
    ),
    (KnownKey::MultiRegionKeyType, NO_MULTI_REGION),
    (KnownKey::PrimaryRegion, NO_MULTI_REGION),
    (KnownKey::ReplicaRegion, NO_MULTI_REGION),
    (
        KnownKey::IamPassedToService,
        "no operation that is served passes a role",
    ),
];
const NO_MULTI_REGION: &str = "multi-Region keys are not served";

/// The folder that says which keys a caller may bring, for requests that nobody has made: it supplies
/// none to a request.
const FORESEEING: &str = "who_can";

#[test]
fn every_known_key_is_supplied_or_listed() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for key in KnownKey::ALL {
        let is_listed = NEVER_SUPPLIED.iter().any(|(listed, _)| listed == key);
        let name = format!("KnownKey::{key:?}");
        let mut named = sources.match_indices(&name);
        let is_supplied = named.any(|(at, _)| {
            let after = sources.get(at + name.len()..).unwrap();
            !after.starts_with(|next: char| next.is_alphanumeric())
        });
        let key = key.name();
        assert!(
            is_supplied || is_listed,
            "{key} has no value in any request"
        );
        assert!(!(is_supplied && is_listed), "{key} is supplied by now");
    }
}

/// What the server is made of, but for what foresees.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let text = entries.map(|path| match path.extension() {
        Some(extension) if extension == "rs" => fs::read_to_string(&path).unwrap(),
        None if path.is_dir() && !path.ends_with(FORESEEING) => sources(&path),
        _ => String::new(),
    });
    text.collect()
}
