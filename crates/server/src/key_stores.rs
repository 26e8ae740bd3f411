//! What is behind custom key stores: which tokens there are, and which of them are connected.
//!
//! A custom key store is connected on every node by itself ([`crate::jobs`]), as its record says. Whether its keys may be
//! used is the record's to say: a disconnected store's are refused at once, whether or not its token was let go yet.

use std::sync::Arc;

use dashmap::DashMap;
use keystead_core::arn::Region;
use keystead_core::custom_key_store::{
    Backend, ConnectionErrorCode, CustomKeyStoreId, CustomKeyStoreRecord, TokenBackend,
};
use keystead_core::key::Sealed;
use keystead_crypto::{Binding, CryptoError, Purpose, Random, RootKey, SecretBytes};

use crate::directory::custom_key_stores::CustomKeyStoreEntry;
use crate::directory::record::sealed_key;

/// The tokens of the configuration, by the cluster ids that it calls them by.
pub trait Tokens: Send + Sync {
    /// Whether there is one of this id.
    fn knows(&self, cluster_id: &str) -> bool;

    /// Whether this is the certificate of the token's trust anchor, in PEM. A token for which none is configured has
    /// any.
    fn trusts(&self, cluster_id: &str, certificate: &str) -> bool;

    /// Logs in to one. It may wait for hardware.
    ///
    /// # Errors
    /// Why not, as AWS tells it.
    fn connect(
        &self,
        cluster_id: &str,
        password: SecretBytes,
    ) -> Result<Arc<dyn ConnectedToken>, ConnectionErrorCode>;
}

/// A token that was logged in to. Dropping the last handle logs out.
pub trait ConnectedToken: Send + Sync {
    /// Fills `out` with the token's random bytes. It may wait for hardware.
    ///
    /// # Errors
    /// The token does not answer; `out` must not be used then.
    fn fill_random(&self, out: &mut [u8]) -> Result<(), TokenFailure>;
}

/// A token did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the token failed: {source}")]
pub struct TokenFailure {
    /// What it said.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// No tokens.
#[derive(Debug, Clone, Copy)]
pub struct NoTokens;

impl Tokens for NoTokens {
    fn knows(&self, _cluster_id: &str) -> bool {
        false
    }

    fn trusts(&self, _cluster_id: &str, _certificate: &str) -> bool {
        false
    }

    fn connect(
        &self,
        _cluster_id: &str,
        _password: SecretBytes,
    ) -> Result<Arc<dyn ConnectedToken>, ConnectionErrorCode> {
        Err(ConnectionErrorCode::ClusterNotFound)
    }
}

/// What is behind the custom key stores of all Regions.
pub struct KeyStores {
    root: Arc<RootKey>,
    tokens: Arc<dyn Tokens>,
    connected: DashMap<CustomKeyStoreId, Connected>,
}

/// A token, and as what it was logged in to.
struct Connected {
    region: Region,
    backend: TokenBackend,
    token: Arc<dyn ConnectedToken>,
}

impl KeyStores {
    /// These tokens, and passwords sealed under this root key.
    #[must_use]
    pub fn new(root: Arc<RootKey>, tokens: Arc<dyn Tokens>) -> Self {
        Self {
            root,
            tokens,
            connected: DashMap::new(),
        }
    }

    /// The tokens of the configuration.
    #[must_use]
    pub fn tokens(&self) -> &dyn Tokens {
        self.tokens.as_ref()
    }

    /// Seals what Keystead proves itself with to a store's backend.
    ///
    /// # Errors
    /// The source of randomness failed.
    pub fn seal(
        &self,
        random: &dyn Random,
        region: &Region,
        store: &CustomKeyStoreRecord,
        secret: &[u8],
    ) -> Result<Sealed, CryptoError> {
        let id = store.id.to_string();
        let sealed = self
            .root
            .seal(random, &binding(region, store, &id), secret)?;
        Ok(Sealed::new(sealed.as_bytes().to_vec()))
    }

    /// The token that a store's record says is behind it, if this node is logged in to it.
    #[must_use]
    pub fn token(&self, store: &CustomKeyStoreRecord) -> Option<Arc<dyn ConnectedToken>> {
        let connected = self.connected.get(&store.id)?;
        is_behind(&connected.backend, store).then(|| Arc::clone(&connected.token))
    }

    /// Logs in to what is behind a store, as its record says. It may wait for hardware.
    ///
    /// # Errors
    /// Why not, as AWS tells it.
    pub(crate) fn connect(
        &self,
        region: &Region,
        store: &CustomKeyStoreRecord,
    ) -> Result<(), ConnectionErrorCode> {
        let Backend::Token(backend) = &store.backend else {
            return Err(ConnectionErrorCode::InternalError);
        };
        let id = store.id.to_string();
        let sealed = sealed_key(&backend.password);
        let password = self.root.open(&sealed, &binding(region, store, &id));
        let password = password.map_err(|error| {
            tracing::error!(store = %id, %error, "the password of a custom key store can't be opened");
            ConnectionErrorCode::InternalError
        })?;
        // A token is logged in to once.
        self.connected.remove(&store.id);
        let token = self.tokens.connect(&backend.cluster_id, password)?;
        let backend = backend.clone();
        let region = region.clone();
        self.connected.insert(
            store.id,
            Connected {
                region,
                backend,
                token,
            },
        );
        Ok(())
    }

    /// Whether this node is logged in to what a store's record says is behind it.
    pub(crate) fn is_connected(&self, store: &CustomKeyStoreRecord) -> bool {
        self.token(store).is_some()
    }

    /// Lets go of the tokens of a Region's stores that are not, or no longer, to be connected by these records, which are all
    /// of the Region's. Whoever drops the tokens logs out, which may wait for hardware.
    #[must_use]
    pub(crate) fn let_go(
        &self,
        region: &Region,
        stores: &[Arc<CustomKeyStoreEntry>],
    ) -> Vec<Arc<dyn ConnectedToken>> {
        let is_wanted = |id: &CustomKeyStoreId, backend: &TokenBackend| {
            let found = stores.iter().find(|entry| entry.record.id == *id);
            found.is_some_and(|entry| {
                entry.record.connection.is_wanted() && is_behind(backend, &entry.record)
            })
        };
        let mut unwanted = Vec::new();
        self.connected.retain(|id, connected| {
            let stays = connected.region != *region || is_wanted(id, &connected.backend);
            if !stays {
                unwanted.push(Arc::clone(&connected.token));
            }
            stays
        });
        unwanted
    }
}

impl std::fmt::Debug for KeyStores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyStores")
            .field("connected", &self.connected.len())
            .finish_non_exhaustive()
    }
}

fn is_behind(backend: &TokenBackend, store: &CustomKeyStoreRecord) -> bool {
    matches!(&store.backend, Backend::Token(token) if token == backend)
}

/// The place that a store's secret is sealed to.
fn binding<'a>(region: &'a Region, store: &'a CustomKeyStoreRecord, id: &'a str) -> Binding<'a> {
    Binding {
        region: region.as_str(),
        account: store.account.as_str(),
        key_id: id,
        material_id: "",
        purpose: Purpose::CustomKeyStoreSecret,
    }
}
