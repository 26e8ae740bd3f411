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
        let names = operations.iter().map(|operation| operation.as_str());
        names.map(str::to_owned).collect()
    }
}

impl fmt::Debug for GrantOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
