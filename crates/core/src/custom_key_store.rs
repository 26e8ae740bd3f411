//! Custom key stores: where else than here keys may be. One is a token with keys of its own, or a proxy in front of
//! somebody else's.
//!
//! Sources: AWS KMS Developer Guide, "Key stores"; KMS API reference, `CreateCustomKeyStore` and its siblings. AWS's
//! key store of type `AWS_CLOUDHSM` has a cluster of `CloudHSM` behind it; here it is a PKCS#11 token, which the
//! configuration calls by a cluster's id.

mod connection;
mod id;
mod uniqueness;
mod update;

use serde::{Deserialize, Serialize};

pub use self::connection::{ConnectionErrorCode, ConnectionState, ConnectionStateError};
pub use self::id::{CustomKeyStoreId, MalformedCustomKeyStoreId};
pub use self::uniqueness::Taken;
pub use self::update::Part;
use crate::arn::AccountId;
use crate::key::{Sealed, names};
use crate::time::Timestamp;

/// A custom key store as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomKeyStoreRecord {
    /// Its id.
    pub id: CustomKeyStoreId,
    /// The account that owns it.
    pub account: AccountId,
    /// What its owner calls it, 1 to 256 characters; unique in its account and Region.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether its keys can be used.
    pub connection: ConnectionState,
    /// What is behind it.
    pub backend: Backend,
}

/// What puts the changes of a Region's custom key stores in a row, since no two may share some of what they have:
/// whoever makes or changes one writes it again, and expects it as it was. It says nothing but when that was: the
/// revision that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomKeyStoreTallyRecord {}

/// What is behind a custom key store. The type never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// A token that makes and keeps keys.
    Token(TokenBackend),
    /// A proxy in front of keys that its owner has made.
    Proxy(Box<ProxyBackend>),
}

/// A token that makes and keeps keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenBackend {
    /// Which token of the configuration it is: AWS's cluster id, such as `cluster-2a23b4cdefg`.
    pub cluster_id: String,
    /// The certificate that was given as the cluster's trust anchor, to be shown again.
    pub trust_anchor: String,
    /// What Keystead logs in with, sealed under the root key and bound to its place.
    pub password: Sealed,
}

/// A proxy in front of keys that its owner has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyBackend {
    /// How it is reached.
    pub connectivity: Connectivity,
    /// Its host, such as `https://xks.example.com`.
    pub uri_endpoint: String,
    /// What stands before the paths of its API, such as `/prefix/kms/xks/v1`.
    pub uri_path: String,
    /// The id of what requests are signed with.
    pub access_key_id: String,
    /// The secret of what requests are signed with, sealed under the root key and bound to its place.
    pub secret: Sealed,
}

/// How a proxy is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connectivity {
    /// By its name in the DNS.
    PublicEndpoint,
    /// By the address that the configuration has for an endpoint service.
    VpcEndpointService {
        /// The service's name.
        name: String,
        /// The account that owns it.
        owner: AccountId,
    },
}

names! {
    /// What kind of custom key store it is.
    CustomKeyStoreType {
        /// A token.
        AwsCloudHsm = "AWS_CLOUDHSM",
        /// A proxy.
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

impl Backend {
    /// What Keystead proves itself with: a password, or the secret of a signature.
    #[must_use]
    pub const fn secret(&self) -> &Sealed {
        match self {
            Self::Token(token) => &token.password,
            Self::Proxy(proxy) => &proxy.secret,
        }
    }

    /// The type of a store with this behind it.
    #[must_use]
    pub const fn store_type(&self) -> CustomKeyStoreType {
        match self {
            Self::Token(_) => CustomKeyStoreType::AwsCloudHsm,
            Self::Proxy(_) => CustomKeyStoreType::ExternalKeyStore,
        }
    }
}

impl Connectivity {
    /// Its name at the API.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::PublicEndpoint => "PUBLIC_ENDPOINT",
            Self::VpcEndpointService { .. } => "VPC_ENDPOINT_SERVICE",
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A store of this name with this behind it, of the account 111122223333.
    pub(crate) fn store(name: &str, backend: Backend) -> CustomKeyStoreRecord {
        let mut bits = [0; 9];
        for (bit, byte) in bits.iter_mut().zip(name.bytes()) {
            *bit = byte;
        }
        CustomKeyStoreRecord {
            id: CustomKeyStoreId::from_random(bits),
            account: "111122223333".parse().unwrap(),
            name: name.to_owned(),
            created: Timestamp::from_millis(1),
            connection: ConnectionState::Disconnected,
            backend,
        }
    }

    pub(crate) fn token(cluster_id: &str) -> Backend {
        Backend::Token(TokenBackend {
            cluster_id: cluster_id.to_owned(),
            trust_anchor: "certificate".to_owned(),
            password: Sealed::new(vec![1]),
        })
    }

    pub(crate) fn proxy(host: &str, path: &str, service: Option<&str>) -> Backend {
        Backend::Proxy(Box::new(ProxyBackend {
            connectivity: service.map_or(Connectivity::PublicEndpoint, |name| {
                Connectivity::VpcEndpointService {
                    name: name.to_owned(),
                    owner: "111122223333".parse().unwrap(),
                }
            }),
            uri_endpoint: format!("https://{host}"),
            uri_path: path.to_owned(),
            access_key_id: "ABCDEFGHIJKLMNOPQRST".to_owned(),
            secret: Sealed::new(vec![2]),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{proxy, store, token};
    use super::*;

    #[test]
    fn records_come_back_and_show_no_secret() {
        for backend in [
            token("cluster-2a23b4cdefg"),
            proxy("xks.example.com", "/a/kms/xks/v1", None),
            proxy("xks.example.com", "/a/kms/xks/v1", Some("service")),
        ] {
            let record = store("mine", backend);
            let stored = serde_json::to_string(&record).unwrap();
            let read: CustomKeyStoreRecord = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, record);
            assert!(format!("{record:?}").contains("Sealed(1 bytes)"));
        }
    }
}
