//! What every [`Provider`] must do, whatever holds its keys.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing check panics"
)]

mod agreement;
mod encryption;
mod expected;
mod mac;
mod pairs;
mod sealing;
mod signing;
mod subject;
mod symmetric;
mod wrapping;

use keystead_core::key::KeySpec;

use self::subject::Subject;
use crate::{
    Binding, Provider, Purpose,
    ciphertext::{BlobIdentity, KeyIdForm},
};

/// Runs all checks against `provider`, which must be able to make keys of every kind.
///
/// # Panics
/// When a check fails.
pub fn conformance(provider: &dyn Provider) {
    conformance_of(provider, KeySpec::ALL);
}

/// Runs all checks of keys of these kinds against `provider`, which must be able to make them.
///
/// # Panics
/// When a check fails.
pub fn conformance_of(provider: &dyn Provider, specs: &[KeySpec]) {
    sealing::random_bytes_fill_their_place(provider);
    for spec in specs {
        check(provider, *spec);
    }
}

fn check(provider: &dyn Provider, spec: KeySpec) {
    if spec.is_symmetric_encryption() {
        for check in symmetric::CHECKS {
            check(provider);
        }
    }
    // Two of a kind serve all checks, since an RSA key takes long to find. The other one came from
    // outside if such keys do.
    let one = Subject::new(provider, spec);
    let other = pairs::check(provider, &one).unwrap_or_else(|| Subject::new(provider, spec));
    sealing::check(provider, &one, &other);
    mac::check(&one, &other);
    signing::check(&one, &other);
    encryption::check(&one, &other);
    agreement::check(provider, &one, &other);
    wrapping::check(provider, spec);
}

/// A place for key material.
#[must_use]
pub fn binding() -> Binding<'static> {
    Binding {
        region: "us-east-1",
        account: "111122223333",
        key_id: "1234abcd-12ab-34cd-56ef-1234567890ab",
        material_id: "5a",
        purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
    }
}

/// An identity for blobs.
#[must_use]
pub fn identity() -> BlobIdentity {
    BlobIdentity {
        form: KeyIdForm::MultiRegion,
        key_id: [0x12; 16],
        material_id: [0x5a; 32],
    }
}
