//! A token, and all that it is asked to do.

use std::fmt;
use std::sync::Arc;

use keystead_crypto::{Random, SecretBytes};

use crate::failure::Trouble;
use crate::login::Login;
use crate::pool::Pool;
use crate::{Error, Health, KeyId, Module, PLAINTEXT_LIMIT, Sealed, Settings, TokenName};
use crate::{gcm, health, key};

/// How many random bytes are asked for at once; some tokens give no more.
const RANDOM_CHUNK: usize = 1024;

/// One token of a library, with its PIN. Threads share it; dropping it logs out.
///
/// Every operation logs in if need be, and mends the login once if the token has lost it, by one thread while others wait.
/// There is one token object for each token: a second one in the process gets [`Error::LoggedInByAnother`].
///
/// A PIN is tried once. If the token does not accept it, that is the answer to every later call too, and in this process to
/// every other token object with the same PIN: make one with another PIN.
pub struct Token {
    pool: Pool,
    name: TokenName,
    random: Arc<dyn Random>,
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The label that it was initialized with.
    pub label: String,
    /// The manufacturer's serial number.
    pub serial: String,
    /// The model.
    pub model: String,
    /// The name of the [`Vendor`](crate::Vendor) that it was recognized as.
    pub vendor: &'static str,
    /// The most sessions that are opened at a time.
    pub sessions: usize,
}

impl Token {
    /// A token of `module`, to be found by its name and opened with `pin`. Nothing is done before it is used.
    ///
    /// IVs are drawn from `random`, where the token doesn't make them itself.
    #[must_use]
    pub fn new(
        module: &Module,
        name: TokenName,
        pin: SecretBytes,
        settings: Settings,
        random: Arc<dyn Random>,
    ) -> Self {
        let login = Login {
            module: module.clone(),
            name: name.clone(),
            pin,
            settings,
        };
        Self {
            pool: Pool::new(login),
            name,
            random,
        }
    }

    /// Logs in, unless that is done, and says to what. Calls do so themselves: this is to know beforehand.
    ///
    /// # Errors
    /// [`Error::TokenNotFound`] or [`Error::TokenAmbiguous`]; [`Error::MechanismMissing`]; those of a login
    /// ([`Error::is_login`]); [`Error::Lost`], [`Error::Busy`], [`Error::Other`]. All operations have these, and need not
    /// name them.
    pub fn connect(&self) -> Result<Identity, Error> {
        let connection = self.pool.connect()?;
        Ok(Identity {
            label: connection.label.clone(),
            serial: connection.serial.clone(),
            model: connection.model.clone(),
            vendor: connection.vendor.name,
            sessions: connection.sessions,
        })
    }

    /// Closes the sessions that nobody uses; those in use are closed when their calls are done. With the last one the login
    /// ends. The next call logs in again.
    pub fn disconnect(&self) {
        self.pool.disconnect();
    }

    /// Makes an AES-256 key in the token, for encryption and decryption only, which can never leave it. Its attributes are
    /// read back: a key that the token made otherwise is destroyed.
    ///
    /// # Errors
    /// [`Error::KeyExists`], [`Error::KeyUnprotected`], [`Error::Full`].
    pub fn generate(&self, id: KeyId, label: &str) -> Result<(), Error> {
        let mut begun = false;
        self.pool
            .call(|seat| key::generate(seat, id, label, &mut begun))
    }

    /// Looks for a key, as one does before relying on it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::KeyAmbiguous`], [`Error::KeyUnprotected`].
    pub fn find(&self, id: KeyId) -> Result<(), Error> {
        self.pool.call(|seat| key::locate(seat, id).map(drop))
    }

    /// Destroys a key for ever, with everything that it ever encrypted.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::KeyAmbiguous`].
    pub fn destroy(&self, id: KeyId) -> Result<(), Error> {
        let mut begun = false;
        self.pool.call(|seat| key::destroy(seat, id, &mut begun))
    }

    /// Encrypts up to [`PLAINTEXT_LIMIT`] bytes, and authenticates them together with `aad`.
    ///
    /// IVs are random, so that a key must not encrypt more than 2³² messages (NIST SP 800-38D, section 8.3). Nobody counts
    /// here.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::RandomUnavailable`], [`Error::Unexpected`]; [`Error::KeyNotFound`],
    /// [`Error::KeyAmbiguous`], [`Error::KeyUnprotected`].
    pub fn encrypt(&self, id: KeyId, aad: &[u8], plaintext: &[u8]) -> Result<Sealed, Error> {
        if plaintext.len() > PLAINTEXT_LIMIT {
            return Err(Error::TooLong {
                length: plaintext.len(),
                limit: PLAINTEXT_LIMIT,
            });
        }
        self.pool.call(|seat| {
            key::with(seat, id, |handle| {
                gcm::encrypt(seat, handle, &*self.random, aad, plaintext)
            })
        })
    }

    /// Decrypts what [`encrypt`](Self::encrypt) made.
    ///
    /// Tokens answer to a wrong tag in ways that could also mean that they fail. Then the token is asked to encrypt and
    /// decrypt something else, so that altered ciphertexts cost it three calls, and are told from a token that fails.
    ///
    /// # Errors
    /// [`Error::InvalidCiphertext`]; [`Error::KeyNotFound`], [`Error::KeyAmbiguous`], [`Error::KeyUnprotected`].
    pub fn decrypt(&self, id: KeyId, aad: &[u8], sealed: &Sealed) -> Result<SecretBytes, Error> {
        if sealed.ciphertext.len() > PLAINTEXT_LIMIT {
            return Err(Error::InvalidCiphertext);
        }
        self.pool.call(|seat| {
            key::with(seat, id, |handle| {
                gcm::decrypt(seat, handle, &*self.random, aad, sealed)
            })
        })
    }

    /// Fills `out` with random bytes from the token.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect); `out` must not be used then.
    pub fn fill_random(&self, out: &mut [u8]) -> Result<(), Error> {
        self.pool.call(|seat| {
            for chunk in out.chunks_mut(RANDOM_CHUNK) {
                seat.session
                    .generate_random_slice(chunk)
                    .map_err(Trouble::Failed)?;
            }
            Ok(())
        })
    }

    /// Asks how the token is, in a few quick calls. It waits for no session, but it does log in if need be.
    #[must_use]
    pub fn health(&self) -> Health {
        health::probe(&self.pool)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
