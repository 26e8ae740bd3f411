//! Values on the command line. Names of the API's enumerations are read in any case, with hyphens
//! as with underscores: `rsa-2048` is `RSA_2048`.

use std::fmt::Display;

use keystead_core::alias::AliasName;
use keystead_core::key::{KeySpec, KeyUsage, Origin, WrappingAlgorithm};
use keystead_wire::kms::WrappingKeySpec;
use serde_json::{Value, json};

pub(super) fn spec(text: &str) -> Result<KeySpec, String> {
    one_of(KeySpec::ALL, text)
}

pub(super) fn usage(text: &str) -> Result<KeyUsage, String> {
    one_of(KeyUsage::ALL, text)
}

pub(super) fn origin(text: &str) -> Result<Origin, String> {
    one_of(Origin::ALL, text)
}

pub(super) fn wrapping_algorithm(text: &str) -> Result<WrappingAlgorithm, String> {
    one_of(WrappingAlgorithm::ALL, text)
}

pub(super) fn wrapping_key_spec(text: &str) -> Result<WrappingKeySpec, String> {
    one_of(WrappingKeySpec::ALL, text)
}

/// A state of a key, by the API's name.
pub(super) fn state(text: &str) -> Result<&'static str, String> {
    one_of(
        &["Enabled", "Disabled", "PendingDeletion", "PendingImport"],
        text,
    )
}

/// The one of these that the text names.
pub(super) fn one_of<T: Copy + Display>(all: &[T], text: &str) -> Result<T, String> {
    let is_it = |one: &&T| plain(&one.to_string()) == plain(text);
    let found = all.iter().find(is_it).copied();
    found.ok_or_else(|| format!("it is none of {}", listed(all)))
}

/// The names of these, for a sentence.
pub(super) fn listed<T: Display>(all: &[T]) -> String {
    let names: Vec<_> = all.iter().map(T::to_string).collect();
    names.join(", ")
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '-' | '_'));
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The name of an alias, with `alias/` or without.
pub(super) fn alias(text: &str) -> Result<AliasName, String> {
    let name = match text.starts_with(AliasName::PREFIX) {
        true => text.to_owned(),
        false => format!("{}{text}", AliasName::PREFIX),
    };
    name.parse::<AliasName>().map_err(|error| error.to_string())
}

/// A pair, such as of a tag or an encryption context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
}

/// Reads `NAME=VALUE`; the value may be empty, and have further `=`.
pub(super) fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Pair {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

/// Pairs as tags of the API.
pub(super) fn tags(pairs: &[Pair]) -> Vec<Value> {
    let tag = |pair: &Pair| json!({"TagKey": pair.name, "TagValue": pair.value});
    pairs.iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_writing() {
        assert_eq!(spec("rsa-2048"), Ok(KeySpec::Rsa2048));
        assert_eq!(spec("ECC_NIST_P256"), Ok(KeySpec::EccNistP256));
        assert_eq!(usage("sign-verify"), Ok(KeyUsage::SignVerify));
        assert_eq!(origin("external"), Ok(Origin::External));
        assert_eq!(state("pending-deletion"), Ok("PendingDeletion"));
        let error = origin("elsewhere").unwrap_err();
        assert_eq!(error, "it is none of AWS_KMS, EXTERNAL");
    }

    #[test]
    fn aliases_with_and_without_their_prefix() {
        for text in ["app", "alias/app"] {
            assert_eq!(alias(text).unwrap().as_str(), "alias/app");
        }
        for text in ["", "a b", "alias/"] {
            assert!(alias(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs() {
        let read = pair("a=b=c").unwrap();
        assert_eq!((read.name.as_str(), read.value.as_str()), ("a", "b=c"));
        assert_eq!(pair("a=").unwrap().value, "");
        for text in ["", "a", "=b"] {
            assert!(pair(text).is_err(), "{text}");
        }
    }
}
