//! Tokens without hardware, for tests of what is done with their answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keystead_core::custom_key_store::ConnectionErrorCode;
use keystead_crypto::SecretBytes;
use keystead_server::key_stores::{ConnectedToken, TokenFailure, Tokens};

/// Tokens by their cluster ids. Clones are the same tokens.
#[derive(Debug, Clone, Default)]
pub struct FakeTokens(Arc<Mutex<BTreeMap<String, State>>>);

#[derive(Debug, Clone)]
struct State {
    password: String,
    trust_anchor: Option<String>,
    is_there: bool,
    logins: usize,
    refusals: usize,
}

impl FakeTokens {
    /// Adds a token with this password, which trusts any anchor.
    #[must_use]
    pub fn with(self, cluster_id: &str, password: &str) -> Self {
        let state = State {
            password: password.to_owned(),
            trust_anchor: None,
            is_there: true,
            logins: 0,
            refusals: 0,
        };
        self.held().insert(cluster_id.to_owned(), state);
        self
    }

    /// Gives a token the certificate of its trust anchor.
    pub fn trust(&self, cluster_id: &str, certificate: &str) {
        self.change(cluster_id, |token| {
            token.trust_anchor = Some(certificate.to_owned());
        });
    }

    /// Takes a token away, or puts it back.
    pub fn set_there(&self, cluster_id: &str, is_there: bool) {
        self.change(cluster_id, |token| token.is_there = is_there);
    }

    /// Gives a token's user another password.
    pub fn set_password(&self, cluster_id: &str, password: &str) {
        self.change(cluster_id, |token| password.clone_into(&mut token.password));
    }

    /// How many are logged in to a token.
    #[must_use]
    pub fn logins(&self, cluster_id: &str) -> usize {
        self.held().get(cluster_id).map_or(0, |token| token.logins)
    }

    /// How often a token was asked with a wrong password.
    #[must_use]
    pub fn refusals(&self, cluster_id: &str) -> usize {
        self.held()
            .get(cluster_id)
            .map_or(0, |token| token.refusals)
    }

    fn change(&self, cluster_id: &str, change: impl FnOnce(&mut State)) {
        if let Some(token) = self.held().get_mut(cluster_id) {
            change(token);
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tokens for FakeTokens {
    fn knows(&self, cluster_id: &str) -> bool {
        self.held().contains_key(cluster_id)
    }

    fn trusts(&self, cluster_id: &str, certificate: &str) -> bool {
        self.held().get(cluster_id).is_some_and(|token| {
            let anchor = token.trust_anchor.as_deref();
            anchor.is_none_or(|anchor| anchor == certificate)
        })
    }

    fn connect(
        &self,
        cluster_id: &str,
        password: SecretBytes,
    ) -> Result<Arc<dyn ConnectedToken>, ConnectionErrorCode> {
        let mut held = self.held();
        let token = held.get_mut(cluster_id);
        let token = token.ok_or(ConnectionErrorCode::ClusterNotFound)?;
        if !token.is_there {
            return Err(ConnectionErrorCode::InsufficientCloudHsmHsms);
        }
        if token.password.as_bytes() != password.expose() {
            token.refusals += 1;
            return Err(ConnectionErrorCode::InvalidCredentials);
        }
        token.logins += 1;
        Ok(Arc::new(Login {
            tokens: self.clone(),
            cluster_id: cluster_id.to_owned(),
        }))
    }
}

struct Login {
    tokens: FakeTokens,
    cluster_id: String,
}

impl ConnectedToken for Login {
    fn fill_random(&self, out: &mut [u8]) -> Result<(), TokenFailure> {
        let held = self.tokens.held();
        if held
            .get(&self.cluster_id)
            .is_none_or(|token| !token.is_there)
        {
            return Err(TokenFailure {
                source: "the token is gone".into(),
            });
        }
        out.fill(7);
        Ok(())
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        self.tokens
            .change(&self.cluster_id, |token| token.logins -= 1);
    }
}
