//! What a grant can permit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! grant_operations {
    ($($name:ident),* $(,)?) => {
        /// An operation that a grant can permit (`GrantOperation` of the API model).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GrantOperation {
            $(#[doc = concat!("`", stringify!($name), "`.")] $name,)*
        }

        impl GrantOperation {
            /// All of them, in the model's order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name at the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

grant_operations! {
    Decrypt,
    Encrypt,
    GenerateDataKey,
    GenerateDataKeyWithoutPlaintext,
    ReEncryptFrom,
    ReEncryptTo,
    Sign,
    Verify,
    GetPublicKey,
    CreateGrant,
    RetireGrant,
    DescribeKey,
    GenerateDataKeyPair,
    GenerateDataKeyPairWithoutPlaintext,
    GenerateMac,
    VerifyMac,
    DeriveSharedSecret,
}

/// The text is not the name of an operation that a grant can permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an operation that a grant can permit")]
pub struct UnknownGrantOperation;

impl FromStr for GrantOperation {
    type Err = UnknownGrantOperation;

    fn from_str(text: &str) -> Result<Self, UnknownGrantOperation> {
        let mut all = Self::ALL.iter().copied();
        all.find(|operation| operation.as_str() == text)
            .ok_or(UnknownGrantOperation)
    }
}

impl GrantOperation {
    /// The operation behind an action such as `kms:Encrypt`; `None` if no grant can permit it.
    #[must_use]
    pub fn of_action(action: &str) -> Option<Self> {
        action.strip_prefix("kms:")?.parse().ok()
    }
}

/// What a key is for, as far as grants on it are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Encryption under a secret key.
    SymmetricEncryption,
    /// Encryption under a public key.
    AsymmetricEncryption,
    /// Signatures.
    Signing,
    /// Shared secrets.
    Agreement,
    /// Message authentication codes.
    Hmac,
}

impl KeyKind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::SymmetricEncryption,
        Self::AsymmetricEncryption,
        Self::Signing,
        Self::Agreement,
        Self::Hmac,
    ];
}

impl GrantOperation {
    /// Whether a grant on such a key can hold the operation ("Grant operations" in the KMS
    /// developer guide). Those that manage fit every key.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        use KeyKind::{Agreement, AsymmetricEncryption, Hmac, Signing, SymmetricEncryption};
        match self {
            Self::CreateGrant | Self::RetireGrant | Self::DescribeKey => true,
            Self::Encrypt | Self::Decrypt | Self::ReEncryptFrom | Self::ReEncryptTo => {
                matches!(kind, SymmetricEncryption | AsymmetricEncryption)
            }
            Self::GenerateDataKey
            | Self::GenerateDataKeyWithoutPlaintext
            | Self::GenerateDataKeyPair
            | Self::GenerateDataKeyPairWithoutPlaintext => matches!(kind, SymmetricEncryption),
            Self::Sign | Self::Verify => matches!(kind, Signing),
            Self::GetPublicKey => matches!(kind, AsymmetricEncryption | Signing | Agreement),
            Self::DeriveSharedSecret => matches!(kind, Agreement),
            Self::GenerateMac | Self::VerifyMac => matches!(kind, Hmac),
        }
    }

    /// Whether a constraint on the encryption context binds the operation. The operations that
    /// manage have no encryption context; what a constraint means to `CreateGrant` is that the
    /// grants made with it are no wider ([`GrantRecord::is_no_wider_than`]).
    ///
    /// [`GrantRecord::is_no_wider_than`]: super::GrantRecord::is_no_wider_than
    #[must_use]
    pub const fn heeds_encryption_context(self) -> bool {
        !matches!(
            self,
            Self::CreateGrant | Self::RetireGrant | Self::DescribeKey
        )
    }

    /// Whether a constraint on the resource that a service acts for binds the operation.
    #[must_use]
    pub const fn heeds_source_arn(self) -> bool {
        !matches!(self, Self::RetireGrant)
    }
}

/// A set of operations.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct GrantOperations(u32);

impl GrantOperations {
    /// Whether it holds an operation.
    #[must_use]
    pub const fn contains(self, operation: GrantOperation) -> bool {
        self.0 & (1 << operation as u32) != 0
    }

    /// Whether everything in it is in the other set too.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its operations, in the model's order.
    pub fn iter(self) -> impl Iterator<Item = GrantOperation> {
        let all = GrantOperation::ALL.iter().copied();
        all.filter(move |operation| self.contains(*operation))
    }
}

impl FromIterator<GrantOperation> for GrantOperations {
    fn from_iter<T: IntoIterator<Item = GrantOperation>>(operations: T) -> Self {
        let add = |set, operation| set | 1 << operation as u32;
        Self(operations.into_iter().fold(0, add))
    }
}

impl TryFrom<Vec<String>> for GrantOperations {
    type Error = UnknownGrantOperation;

    fn try_from(names: Vec<String>) -> Result<Self, UnknownGrantOperation> {
        names.iter().map(|name| name.parse()).collect()
    }
}

impl From<GrantOperations> for Vec<String> {
    fn from(operations: GrantOperations) -> Self {
        let names = operations.iter().map(GrantOperation::as_str);
        names.map(str::to_owned).collect()
    }
}

impl fmt::Debug for GrantOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table "Grant operations" of the developer guide, key by key.
    #[test]
    fn which_operations_fit_which_key() {
        let everywhere = "CreateGrant RetireGrant DescribeKey";
        let table = [
            (
                KeyKind::SymmetricEncryption,
                "Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey \
                 GenerateDataKeyWithoutPlaintext GenerateDataKeyPair \
                 GenerateDataKeyPairWithoutPlaintext",
            ),
            (
                KeyKind::AsymmetricEncryption,
                "Encrypt Decrypt ReEncryptFrom ReEncryptTo GetPublicKey",
            ),
            (KeyKind::Signing, "Sign Verify GetPublicKey"),
            (KeyKind::Agreement, "DeriveSharedSecret GetPublicKey"),
            (KeyKind::Hmac, "GenerateMac VerifyMac"),
        ];
        assert!(table.iter().map(|(kind, _)| kind).eq(KeyKind::ALL));
        for (kind, own) in table {
            let expected: Vec<_> = own.split(' ').chain(everywhere.split(' ')).collect();
            for operation in GrantOperation::ALL {
                let fits = expected.contains(&operation.as_str());
                assert_eq!(operation.fits(kind), fits, "{operation:?} on {kind:?}");
            }
        }
    }

    #[test]
    fn an_operation_is_found_by_its_action() {
        for operation in GrantOperation::ALL {
            let action = format!("kms:{}", operation.as_str());
            assert_eq!(GrantOperation::of_action(&action), Some(*operation));
        }
        for other in [
            "kms:PutKeyPolicy",
            "kms:encrypt",
            "Encrypt",
            "s3:Encrypt",
            "kms:ReEncrypt",
        ] {
            assert_eq!(GrantOperation::of_action(other), None, "{other}");
        }
    }

    #[test]
    fn a_set_holds_what_it_is_made_of() {
        let names = ["Decrypt", "RetireGrant"].map(str::to_owned);
        let set = GrantOperations::try_from(names.to_vec()).unwrap();
        assert!(
            set.iter()
                .eq([GrantOperation::Decrypt, GrantOperation::RetireGrant])
        );
        assert_eq!(Vec::<String>::from(set), names);
        let all: GrantOperations = GrantOperation::ALL.iter().copied().collect();
        assert!(set.is_subset(all) && !all.is_subset(set) && GrantOperations::default().is_empty());
        assert!(!set.is_empty());
        let twice = [GrantOperation::Decrypt; 2].into_iter().collect();
        assert!(GrantOperations::is_subset(twice, set) && !twice.is_empty());
        assert!(GrantOperations::try_from(vec!["ReEncrypt".to_owned()]).is_err());
    }
}
