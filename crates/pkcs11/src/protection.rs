//! What a key must be like to be used: one that was made in the token and can't leave it.

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::types::Ulong;

use crate::failure::Trouble;

/// Length of a key in bytes: AES-256.
pub(crate) const KEY_LEN: u64 = 32;

/// A demand: the attribute, the value that it must have, and what to say of another one.
struct Demand {
    attribute: AttributeType,
    fits: fn(&Attribute) -> bool,
    otherwise: &'static str,
}

const DEMANDS: &[Demand] = &[
    Demand {
        attribute: AttributeType::KeyType,
        fits: |value| *value == Attribute::KeyType(KeyType::AES),
        otherwise: "it is not an AES key",
    },
    Demand {
        attribute: AttributeType::ValueLen,
        fits: |value| *value == Attribute::ValueLen(Ulong::new(KEY_LEN)),
        otherwise: "it does not have 256 bits",
    },
    Demand {
        attribute: AttributeType::Private,
        fits: |value| *value == Attribute::Private(true),
        otherwise: "it can be used without a login (CKA_PRIVATE)",
    },
    Demand {
        attribute: AttributeType::Sensitive,
        fits: |value| *value == Attribute::Sensitive(true),
        otherwise: "its value can be read (CKA_SENSITIVE)",
    },
    Demand {
        attribute: AttributeType::Extractable,
        fits: |value| *value == Attribute::Extractable(false),
        otherwise: "it can be wrapped and taken out (CKA_EXTRACTABLE)",
    },
    Demand {
        attribute: AttributeType::AlwaysSensitive,
        fits: |value| *value == Attribute::AlwaysSensitive(true),
        otherwise: "its value could once be read (CKA_ALWAYS_SENSITIVE)",
    },
    Demand {
        attribute: AttributeType::NeverExtractable,
        fits: |value| *value == Attribute::NeverExtractable(true),
        otherwise: "it could once be taken out (CKA_NEVER_EXTRACTABLE)",
    },
    Demand {
        attribute: AttributeType::Local,
        fits: |value| *value == Attribute::Local(true),
        otherwise: "it was not made in the token (CKA_LOCAL)",
    },
    Demand {
        attribute: AttributeType::Wrap,
        fits: |value| *value == Attribute::Wrap(false),
        otherwise: "it can take other keys out (CKA_WRAP)",
    },
    Demand {
        attribute: AttributeType::Derive,
        fits: |value| *value == Attribute::Derive(false),
        otherwise: "other keys can be derived from it (CKA_DERIVE)",
    },
];

/// Reads a key's attributes from the token, and answers what is wrong with it.
pub(crate) fn weakness(
    session: &Session,
    key: ObjectHandle,
) -> Result<Option<&'static str>, Trouble> {
    let wanted: Vec<_> = DEMANDS.iter().map(|demand| demand.attribute).collect();
    Ok(weakness_in(&session.get_attributes(key, &wanted)?))
}

/// What is wrong with a key that has these attributes. One that the token doesn't tell counts as wrong.
pub(crate) fn weakness_in(attributes: &[Attribute]) -> Option<&'static str> {
    let unmet = |demand: &&Demand| !attributes.iter().any(|attribute| (demand.fits)(attribute));
    Some(DEMANDS.iter().find(unmet)?.otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Vec<Attribute> {
        vec![
            Attribute::KeyType(KeyType::AES),
            Attribute::ValueLen(Ulong::new(KEY_LEN)),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::AlwaysSensitive(true),
            Attribute::NeverExtractable(true),
            Attribute::Local(true),
            Attribute::Wrap(false),
            Attribute::Derive(false),
        ]
    }

    #[test]
    fn each_demand_must_be_met() {
        assert_eq!(weakness_in(&good()), None);
        for (position, demand) in DEMANDS.iter().enumerate() {
            let mut attributes = good();
            attributes.remove(position);
            assert_eq!(weakness_in(&attributes), Some(demand.otherwise));
        }
    }

    #[test]
    fn the_opposite_does_not_meet_a_demand() {
        for (position, wrong) in [
            (1, Attribute::ValueLen(Ulong::new(16))),
            (3, Attribute::Sensitive(false)),
            (4, Attribute::Extractable(true)),
            (7, Attribute::Local(false)),
        ] {
            let mut attributes = good();
            attributes[position] = wrong;
            assert_eq!(weakness_in(&attributes), Some(DEMANDS[position].otherwise));
        }
    }
}
