//! Published vectors, run through the provider and through the public halves that its handles
//! verify with: Wycheproof's, and the examples of SM2's standards.

mod agreement;
mod decryption;
mod ecdsa;
mod eddsa;
mod mac;
mod ml_dsa;
mod rsa;
mod sm2;

use std::{fmt::Debug, sync::Arc};

use keystead_core::key::KeySpec;
use wycheproof::TestResult;

use super::SoftwareProvider;
use crate::{
    Binding, CryptoError, OpenedKey, Provider, Purpose, RootKey, SecretBytes, SystemRandom, testing,
};

/// How many cases were judged, and how many of them had to pass.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    run: usize,
    passed: usize,
}

impl Tally {
    /// Fails if the outcome is not the one that the vector asks for. Where it leaves the choice, both
    /// are right.
    fn judge<T: Debug>(
        &mut self,
        result: TestResult,
        outcome: &Result<T, CryptoError>,
        what: &str,
    ) {
        self.run += 1;
        match result {
            TestResult::Valid => {
                assert!(outcome.is_ok(), "{what}: {outcome:?}");
                self.passed += 1;
            }
            TestResult::Invalid => assert!(outcome.is_err(), "{what} passes"),
            TestResult::Acceptable => {}
        }
    }

    /// Fails if hardly anything was judged, as when the vectors have moved elsewhere.
    fn assert_thorough(&self, run: usize, passed: usize) {
        assert!(self.run >= run && self.passed >= passed, "{self:?}");
    }
}

/// A handle on material that came from outside.
pub(super) fn imported(spec: KeySpec, material: &[u8]) -> Result<OpenedKey, CryptoError> {
    let root = RootKey::generate(&SystemRandom)?;
    let provider = SoftwareProvider::new(Arc::new(root), Arc::new(SystemRandom));
    let binding = Binding {
        purpose: Purpose::KeyMaterial(spec),
        ..testing::binding()
    };
    let sealed = provider.import(&SecretBytes::from(material.to_vec()), &binding)?;
    provider.open(&sealed, &binding)
}
