//! What the operations that make data key pairs share.

use keystead_core::audit::Elements;
use keystead_core::key::KeySpec;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_crypto::SecretBytes;
use keystead_wire::kms::DataKeyPairSpec;

use super::encryption::{self, Context, Encrypted, Manner};
use super::{conditions, convert};
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

/// What a request asks for.
#[derive(Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) key_id: &'a str,
    pub(super) spec: DataKeyPairSpec,
    pub(super) context: &'a Context,
}

/// A pair whose private key is encrypted under a key of ours as well.
pub(super) struct NewPair {
    /// `SubjectPublicKeyInfo`, in DER.
    pub(super) public: Vec<u8>,
    /// PKCS #8, in DER.
    pub(super) private: SecretBytes,
    pub(super) encrypted: Encrypted,
}

impl<'a> Order<'a> {
    /// The values of condition keys.
    pub(super) fn conditions(self, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::DataKeyPairSpec) => Values::one(self.spec.as_str()),
            _ => conditions::of_encryption(None, self.context, key),
        }
    }

    /// What the audit record says.
    pub(super) fn parameters(self) -> Elements<'a> {
        Elements::new()
            .text("keyId", self.key_id)
            .text("keyPairSpec", self.spec.as_str())
            .map("encryptionContext", self.context)
    }

    /// Whether the pair takes long to make: it is one of RSA.
    pub(super) fn blocks(self) -> bool {
        self.stored_spec().is_ok_and(KeySpec::is_slow_to_make)
    }

    /// Makes the pair.
    pub(super) fn make(self, entry: &KeyEntry, tools: &Tools<'_>) -> Result<NewPair, Fault> {
        let pair = tools.provider.generate_pair(self.stored_spec()?)?;
        let manner = Manner::new(None, self.context);
        // Exposed to be encrypted.
        let encrypted = encryption::encrypt(entry, tools, pair.private.expose(), manner)?;
        Ok(NewPair {
            public: pair.public,
            private: pair.private,
            encrypted,
        })
    }

    fn stored_spec(self) -> Result<KeySpec, Fault> {
        convert::named(self.spec.as_str())
    }
}
