//! What keys and calls would cost at AWS. An estimate: by the list prices of most Regions, without
//! the free tier of 20,000 requests a month.
//!
//! Source: the pricing page of AWS KMS.

use std::collections::BTreeMap;

use keystead_core::key::KeySpec;
use serde::Serialize;

use super::account::Key;
use super::money::MicroDollars;
use super::reading::Unread;

/// A customer managed key, for a month.
const KEY_MONTH: MicroDollars = MicroDollars(1_000_000);

/// How many of a key's retained rotations cost as much as the key again.
const MAX_PAID_ROTATIONS: usize = 2;

/// A kind of request that has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// With symmetric and HMAC keys, and all that manages keys.
    Usual,
    /// Cryptography with RSA_2048 keys.
    Rsa2048,
    /// Cryptography with all other asymmetric keys.
    OtherAsymmetric,
    /// Data key pairs on curves.
    EccPair,
    /// Data key pairs of RSA.
    RsaPair,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Usual,
        Self::Rsa2048,
        Self::OtherAsymmetric,
        Self::EccPair,
        Self::RsaPair,
    ];

    /// The kind of a call of an operation, with a key of this spec if one is known. `pair` is the
    /// spec of the data key pair that was asked for.
    pub(super) fn of(operation: &str, key: Option<&str>, pair: Option<&str>) -> Self {
        if operation.starts_with("GenerateDataKeyPair") {
            return match pair.is_some_and(|spec| spec.starts_with("RSA_")) {
                true => Self::RsaPair,
                false => Self::EccPair,
            };
        }
        if !ASYMMETRIC.contains(&operation) {
            return Self::Usual;
        }
        let spec = key.and_then(|spec| spec.parse::<KeySpec>().ok());
        match spec {
            Some(KeySpec::Rsa2048) => Self::Rsa2048,
            Some(spec) if spec.is_asymmetric() => Self::OtherAsymmetric,
            None if ONLY_ASYMMETRIC.contains(&operation) => Self::OtherAsymmetric,
            _ => Self::Usual,
        }
    }

    /// The price of one request.
    const fn price(self) -> MicroDollars {
        MicroDollars(match self {
            Self::Usual | Self::Rsa2048 => 3,
            Self::OtherAsymmetric => 15,
            Self::EccPair => 10,
            Self::RsaPair => 1_200,
        })
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Usual => "symmetric and HMAC keys, management",
            Self::Rsa2048 => "RSA_2048 keys",
            Self::OtherAsymmetric => "other asymmetric keys",
            Self::EccPair => "data key pairs on curves",
            Self::RsaPair => "RSA data key pairs",
        }
    }
}

/// The operations that asymmetric keys do, among which some are theirs alone.
const ASYMMETRIC: [&str; 7] = [
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GetPublicKey",
    "ReEncrypt",
    "Sign",
    "Verify",
];
const ONLY_ASYMMETRIC: [&str; 4] = ["DeriveSharedSecret", "GetPublicKey", "Sign", "Verify"];

/// What keys cost in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct KeyCost {
    /// Customer managed keys; those that wait for their deletion cost nothing.
    pub(super) keys: usize,
    /// Their retained rotations that cost something: two of each key.
    pub(super) rotations: usize,
    /// Keys of which it is not known whether they cost, or how often they were rotated.
    pub(super) unknown: usize,
    pub(super) micro_dollars_per_month: MicroDollars,
}

/// What requests of a kind cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RequestCost {
    pub(super) kind: &'static str,
    pub(super) requests: u64,
    pub(super) micro_dollars: MicroDollars,
}

/// What these keys cost in a month, as they are now.
pub(super) fn of_keys(keys: &[Key]) -> KeyCost {
    let mut cost = KeyCost {
        keys: 0,
        rotations: 0,
        unknown: 0,
        micro_dollars_per_month: MicroDollars::default(),
    };
    for key in keys {
        match paid_rotations(key) {
            Ok(None) => {}
            Ok(Some(rotations)) => {
                cost.keys += 1;
                cost.rotations += rotations;
            }
            Err(_) => {
                cost.unknown += 1;
                cost.keys += usize::from(key.about.is_ok());
            }
        }
    }
    let units = u64::try_from(cost.keys.saturating_add(cost.rotations)).unwrap_or(u64::MAX);
    cost.micro_dollars_per_month = KEY_MONTH.times(units);
    cost
}

/// How many rotations of a key cost something; nothing if the key itself costs nothing.
fn paid_rotations(key: &Key) -> Result<Option<usize>, &Unread> {
    let about = key.about.as_ref()?;
    if !about.is_customer_managed || about.is_pending_deletion() {
        return Ok(None);
    }
    Ok(Some((*key.rotations.as_ref()?).min(MAX_PAID_ROTATIONS)))
}

/// What as many requests of each kind cost.
pub(super) fn of_requests(requests: &BTreeMap<Kind, u64>) -> Vec<RequestCost> {
    let kinds = Kind::ALL.into_iter();
    kinds
        .filter_map(|kind| {
            let requests = *requests.get(&kind)?;
            Some(RequestCost {
                kind: kind.words(),
                requests,
                micro_dollars: kind.price().times(requests),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::account::About;
    use super::*;

    fn key(state: &str, rotations: usize, is_customer_managed: bool) -> Key {
        let why = Unread {
            action: "kms:DescribeKey".to_owned(),
            code: "C".to_owned(),
        };
        let mut key = Key::unknown("arn", "name".to_owned(), &why);
        key.rotations = Ok(rotations);
        key.about = Ok(About {
            is_customer_managed,
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            origin: "AWS_KMS".to_owned(),
            state: state.to_owned(),
            deletion: None,
            valid_to: None,
        });
        key
    }

    #[test]
    fn keys_with_their_first_two_rotations() {
        let mut keys = vec![
            key("Enabled", 0, true),
            key("Disabled", 1, true),
            key("Enabled", 7, true),
            key("PendingDeletion", 2, true),
            key("Enabled", 0, false),
        ];
        let cost = of_keys(&keys);
        assert_eq!((cost.keys, cost.rotations, cost.unknown), (3, 3, 0));
        assert_eq!(cost.micro_dollars_per_month, MicroDollars(6_000_000));
        let why = Unread {
            action: "kms:ListKeyRotations".to_owned(),
            code: "C".to_owned(),
        };
        for key in &mut keys {
            key.rotations = Err(why.clone());
        }
        keys.push(Key::unknown("arn", "name".to_owned(), &why));
        let cost = of_keys(&keys);
        assert_eq!((cost.keys, cost.rotations, cost.unknown), (3, 0, 4));
    }

    #[test]
    fn kinds_of_requests() {
        for (operation, key, pair, expected) in [
            ("Encrypt", Some("SYMMETRIC_DEFAULT"), None, Kind::Usual),
            ("Encrypt", Some("RSA_2048"), None, Kind::Rsa2048),
            ("Decrypt", Some("RSA_4096"), None, Kind::OtherAsymmetric),
            ("Sign", Some("ECC_NIST_P256"), None, Kind::OtherAsymmetric),
            ("Sign", None, None, Kind::OtherAsymmetric),
            ("Decrypt", None, None, Kind::Usual),
            ("GenerateMac", Some("HMAC_256"), None, Kind::Usual),
            ("DescribeKey", Some("RSA_4096"), None, Kind::Usual),
            (
                "GenerateDataKeyPair",
                Some("SYMMETRIC_DEFAULT"),
                Some("RSA_2048"),
                Kind::RsaPair,
            ),
            (
                "GenerateDataKeyPairWithoutPlaintext",
                None,
                Some("ECC_NIST_P384"),
                Kind::EccPair,
            ),
        ] {
            assert_eq!(
                Kind::of(operation, key, pair),
                expected,
                "{operation} {key:?}"
            );
        }
    }

    #[test]
    fn requests_by_ten_thousands() {
        for (kind, expected) in [
            (Kind::Usual, "0.03"),
            (Kind::Rsa2048, "0.03"),
            (Kind::OtherAsymmetric, "0.15"),
            (Kind::EccPair, "0.10"),
            (Kind::RsaPair, "12.00"),
        ] {
            let cost = of_requests(&BTreeMap::from([(kind, 10_000)]));
            let [cost] = cost.as_slice() else {
                panic!("{cost:?}");
            };
            assert_eq!(cost.micro_dollars.to_string(), expected, "{kind:?}");
        }
        assert!(of_requests(&BTreeMap::new()).is_empty());
    }
}
