//! The PKCS#11 tokens of the configuration, as the server wants them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use keystead_core::custom_key_store::ConnectionErrorCode;
use keystead_crypto::{SecretBytes, SystemRandom};
use keystead_pkcs11::{Error, Module, Settings, Token, TokenName};
use keystead_server::key_stores::{ConnectedToken, TokenFailure, Tokens};

/// What is said of one token.
#[derive(Debug, Clone)]
pub(crate) struct TokenSettings {
    /// The library of its vendor.
    pub(crate) module: PathBuf,
    /// Which of the library's tokens it is.
    pub(crate) name: TokenName,
    /// The certificate of its trust anchor, in PEM, if one is to be asked for.
    pub(crate) trust_anchor: Option<String>,
    /// How it is used.
    pub(crate) settings: Settings,
}

/// The tokens of the configuration, by their cluster ids.
#[derive(Debug)]
pub(crate) struct ConfiguredTokens(BTreeMap<String, TokenSettings>);

impl ConfiguredTokens {
    pub(crate) const fn new(tokens: BTreeMap<String, TokenSettings>) -> Self {
        Self(tokens)
    }
}

impl Tokens for ConfiguredTokens {
    fn knows(&self, cluster_id: &str) -> bool {
        self.0.contains_key(cluster_id)
    }

    fn trusts(&self, cluster_id: &str, certificate: &str) -> bool {
        self.0.get(cluster_id).is_some_and(|token| {
            let anchor = token.trust_anchor.as_deref();
            // Editors and shells add and take away line ends.
            anchor.is_none_or(|anchor| anchor.trim().lines().eq(certificate.trim().lines()))
        })
    }

    fn connect(
        &self,
        cluster_id: &str,
        password: SecretBytes,
    ) -> Result<Arc<dyn ConnectedToken>, ConnectionErrorCode> {
        let token = self.0.get(cluster_id);
        let token = token.ok_or(ConnectionErrorCode::ClusterNotFound)?;
        let connected = Module::load(&token.module).and_then(|module| {
            let random = Arc::new(SystemRandom);
            let (name, settings) = (token.name.clone(), token.settings.clone());
            let token = Token::new(&module, name, password, settings, random);
            token.connect().map(|identity| (token, identity))
        });
        match connected {
            Ok((token, identity)) => {
                let (serial, vendor) = (identity.serial, identity.vendor);
                tracing::info!(cluster_id, serial, vendor, "logged in to a token");
                Ok(Arc::new(LoggedIn(token)))
            }
            Err(error) => {
                tracing::warn!(cluster_id, %error, "can't log in to a token");
                Err(error_code(&error))
            }
        }
    }
}

/// AWS's word for why a login failed. The server's log has the token's own.
const fn error_code(error: &Error) -> ConnectionErrorCode {
    match error {
        Error::WrongPin | Error::PinExpired => ConnectionErrorCode::InvalidCredentials,
        Error::PinLocked | Error::PinAtRisk { .. } => ConnectionErrorCode::UserLockedOut,
        Error::PinNotSet => ConnectionErrorCode::UserNotFound,
        Error::LoggedInByAnother => ConnectionErrorCode::UserLoggedIn,
        Error::TokenNotFound { .. } => ConnectionErrorCode::InsufficientCloudHsmHsms,
        Error::Lost { .. } | Error::Busy { .. } => ConnectionErrorCode::NetworkErrors,
        _ => ConnectionErrorCode::InternalError,
    }
}

struct LoggedIn(Token);

impl ConnectedToken for LoggedIn {
    fn fill_random(&self, out: &mut [u8]) -> Result<(), TokenFailure> {
        self.0.fill_random(out).map_err(|error| TokenFailure {
            source: error.into(),
        })
    }
}
