//! Secrets, keys and ciphertexts: everything in Keystead that touches plaintext key material.
//!
//! From the outside in:
//!
//! * a [`seal`] keeps the [`RootKey`] closed while the service is down;
//! * the [`RootKey`] seals every stored secret, bound to its place by a [`Binding`];
//! * a [`Provider`] makes key material and opens it as an [`OpenedKey`], a handle that works
//!   without showing it;
//! * a [`SymmetricKey`] makes and opens [`ciphertext`] blobs, each under a key derived for that
//!   message alone; a [`PrivateKey`] signs, decrypts or agrees, and a [`MacKey`] authenticates.
//!
//! The byte formats are specified in `docs/ciphertext-format.md` and frozen by `tests/vectors`.
//!
//! What this crate refuses: HTTP, storage, async, policy, clocks, and writing a cryptographic
//! primitive. The only files it touches are key files, in [`seal::KeyFile`].

mod base64_text;
mod binding;
mod canonical;
pub mod ciphertext;
mod digest;
mod envelope;
mod error;
mod fingerprint;
mod gcm;
mod kdf;
mod mac;
mod material_id;
mod provider;
mod random;
mod root;
pub mod seal;
mod sealed;
mod secret;
mod software;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod vectors;

pub use binding::{Binding, Purpose};
pub use digest::sha256;
pub use error::CryptoError;
pub use fingerprint::{InvalidFingerprint, KeyFingerprint};
pub use mac::hmac_sha256;
pub use material_id::material_id;
pub use provider::{
    DataKeyPair, MU_LEN, MacKey, Message, OpenedKey, PrivateKey, Provider, SymmetricKey,
};
pub use random::{Random, SystemRandom};
pub use root::RootKey;
pub use sealed::SealedKey;
pub use secret::{KeyMaterial, SecretArray, SecretBytes};
pub use software::{RsaVerifier, SoftwareProvider, wrap_material};
