//! Which request quota a call of an operation counts against.

use super::table::TABLE;
use super::{Covers, Measure, QuotaId};
use crate::key_rule::same;

/// The operations whose calls are counted by what they make.
pub const PAIR_OPERATIONS: [&str; 2] =
    ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"];

/// How the request quota of a call is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// It has none: it is not a call of KMS.
    Nothing,
    /// By its operation.
    Operation(QuotaId),
    /// By the specs of its keys. A call that needs no key counts as one with a symmetric key.
    Keys,
    /// By the spec of the pair that it makes.
    Pair,
}

impl Charge {
    /// How calls of an operation of KMS are charged; `None` if no row of the table covers it.
    #[must_use]
    pub const fn of(operation: &str) -> Option<Self> {
        if contains(&PAIR_OPERATIONS, operation) {
            return Some(Self::Pair);
        }
        let mut rest = TABLE;
        let mut index = 0;
        while let [quota, tail @ ..] = rest {
            if let Measure::PerSecond(covers, _) = &quota.measure {
                match covers {
                    Covers::Operation(name) if same(name.as_bytes(), operation.as_bytes()) => {
                        return Some(Self::Operation(QuotaId(index)));
                    }
                    Covers::Keys(_, operations) if contains(operations, operation) => {
                        return Some(Self::Keys);
                    }
                    _ => {}
                }
            }
            rest = tail;
            index += 1;
        }
        None
    }
}

const fn contains(names: &[&str], wanted: &str) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if same(name.as_bytes(), wanted.as_bytes()) {
            return true;
        }
        rest = tail;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeySpec;

    fn name(id: QuotaId) -> &'static str {
        TABLE[id.index()].name
    }

    #[test]
    fn operations_find_their_quota() {
        for operation in ["CreateKey", "DescribeKey", "UpdatePrimaryRegion"] {
            let Some(Charge::Operation(id)) = Charge::of(operation) else {
                panic!("{operation} has no quota of its own");
            };
            assert_eq!(name(id), format!("{operation} request rate"));
        }
        for operation in [
            "Decrypt",
            "Sign",
            "GenerateRandom",
            "DeriveSharedSecret",
            "VerifyMac",
        ] {
            assert_eq!(Charge::of(operation), Some(Charge::Keys), "{operation}");
        }
        for operation in PAIR_OPERATIONS {
            assert_eq!(Charge::of(operation), Some(Charge::Pair), "{operation}");
        }
        assert_eq!(Charge::of("CreateUser"), None);
    }

    #[test]
    fn every_spec_has_its_group() {
        for spec in KeySpec::ALL {
            let group = name(QuotaId::of_keys(*spec).unwrap());
            let expected = match spec.as_str() {
                text if text.starts_with("RSA") => "(RSA)",
                text if text.starts_with("ML_DSA") => "(ML-DSA)",
                text if text.starts_with("ECC") || text == "SM2" => "(ECC and SM2)",
                _ => "(symmetric)",
            };
            assert!(group.contains(expected), "{spec}: {group}");
            let has_pairs = ["(RSA)", "(ECC and SM2)"].contains(&expected);
            assert_eq!(
                QuotaId::of_pairs(spec.as_str()).is_some(),
                has_pairs,
                "{spec}"
            );
        }
    }
}
