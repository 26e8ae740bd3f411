//! Between the API's enumerations and the domain's, which have the same names.

use std::str::FromStr;

use keystead_core::time::Timestamp;
use keystead_wire::json::EpochSeconds;

use crate::fault::{Fault, Internal};

/// A value by its name, on the other side of the wire.
///
/// # Errors
/// [`Internal::Defect`] if the two sides do not know the same names; a test keeps them alike.
pub(super) fn named<T: FromStr>(name: &str) -> Result<T, Fault> {
    name.parse().map_err(|_| Internal::Defect.into())
}

/// Those of several values that the other side knows by name: all of them, which a test checks.
pub(super) fn all_named<T: FromStr>(names: impl IntoIterator<Item = &'static str>) -> Vec<T> {
    names
        .into_iter()
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// An instant as the API writes it.
pub(super) const fn instant(at: Timestamp) -> EpochSeconds {
    EpochSeconds(at.as_millis())
}

#[cfg(test)]
mod tests {
    use keystead_core::key;
    use keystead_wire::kms;

    /// Every name that the domain knows is one of the API's, and the other way round where the
    /// domain has all.
    #[test]
    fn both_sides_know_the_same_names() {
        macro_rules! same {
            ($($domain:ty = $wire:ty),* $(,)?) => {$(
                let wire: Vec<&str> = <$wire>::ALL.iter().map(|v| v.as_str()).collect();
                let domain: Vec<&str> = <$domain>::ALL.iter().map(|v| v.as_str()).collect();
                assert_eq!(domain, wire, stringify!($domain));
            )*};
        }
        same! {
            key::KeySpec = kms::KeySpec,
            key::KeyUsage = kms::KeyUsageType,
            key::EncryptionAlgorithm = kms::EncryptionAlgorithmSpec,
            key::SigningAlgorithm = kms::SigningAlgorithmSpec,
            key::MacAlgorithm = kms::MacAlgorithmSpec,
            key::AgreementAlgorithm = kms::KeyAgreementAlgorithmSpec,
            key::KeyManager = kms::KeyManagerType,
        }
        for origin in key::Origin::ALL {
            assert!(
                origin.as_str().parse::<kms::OriginType>().is_ok(),
                "{origin}"
            );
        }
        for pair in kms::DataKeyPairSpec::ALL {
            assert!(pair.as_str().parse::<key::KeySpec>().is_ok());
        }
    }
}
