//! A key that is checked.

use keystead_core::key::KeySpec;

use super::binding;
use crate::{Binding, OpenedKey, PrivateKey, Provider, Purpose, SealedKey};

/// A key of the provider's, sealed and opened.
pub(super) struct Subject {
    pub(super) spec: KeySpec,
    pub(super) sealed: SealedKey,
    pub(super) key: OpenedKey,
}

/// The place of key material of this kind.
pub(super) fn place(spec: KeySpec) -> Binding<'static> {
    Binding {
        purpose: Purpose::KeyMaterial(spec),
        ..binding()
    }
}

impl Subject {
    pub(super) fn new(provider: &dyn Provider, spec: KeySpec) -> Self {
        Self::opened(provider, spec, provider.generate(&place(spec)).unwrap())
    }

    pub(super) fn opened(provider: &dyn Provider, spec: KeySpec, sealed: SealedKey) -> Self {
        let key = provider.open(&sealed, &place(spec)).unwrap();
        let kinds = (
            spec.is_symmetric_encryption(),
            spec.is_asymmetric(),
            !spec.mac_algorithms().is_empty(),
        );
        let found = (
            key.symmetric().is_some(),
            key.private().is_some(),
            key.mac().is_some(),
        );
        assert_eq!(kinds, found, "{spec} opens as another kind of key");
        Self { spec, sealed, key }
    }

    pub(super) fn private(&self) -> Option<&dyn PrivateKey> {
        self.key.private()
    }
}
