//! The libraries that sign, without a server: on as many threads as there are cores.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ML_DSA_65_SIGNING, PqdsaKeyPair, RSA_PSS_SHA256};
use keystead_core::key::KeySpec;

use super::Error;

/// One signature; `None` if the library refuses.
type Sign = Arc<dyn Fn() -> Option<()> + Send + Sync>;

/// A library with a key and a message.
pub(super) struct Library(Sign);

impl Library {
    /// The library that signs with keys of this kind, as Keystead is asked to in the benchmark.
    pub(super) fn new(spec: KeySpec, message_bytes: usize) -> Result<Self, Error> {
        let message = vec![0x5a; message_bytes];
        let size = match spec {
            KeySpec::Rsa2048 => KeySize::Rsa2048,
            KeySpec::Rsa4096 => KeySize::Rsa4096,
            KeySpec::MlDsa65 => {
                let key = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING)
                    .map_err(|_| Error::Library("a key"))?;
                let length = key.algorithm().signature_len();
                return Ok(Self(Arc::new(move || {
                    key.sign(&message, &mut vec![0; length]).ok().map(drop)
                })));
            }
            _ => return Err(Error::Library("a kind of key that is not compared")),
        };
        let key = KeyPair::generate(size).map_err(|_| Error::Library("a key"))?;
        let random = SystemRandom::new();
        Ok(Self(Arc::new(move || {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PSS_SHA256, &random, &message, &mut signature)
                .ok()
        })))
    }

    /// Signs on all cores for so long, and tells how many signatures there were per second.
    pub(super) async fn measure(&self, slice: Duration) -> Result<f64, Error> {
        let sign = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || on_all_cores(&sign, slice))
            .await
            .map_err(|_| Error::Library("a signature"))?
            .ok_or(Error::Library("a signature"))
    }
}

fn on_all_cores(sign: &Sign, slice: Duration) -> Option<f64> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| on_this_core(sign, slice)))
            .collect();
        let rates = threads.into_iter().map(|thread| thread.join().ok()?);
        rates.sum()
    })
}

fn on_this_core(sign: &Sign, slice: Duration) -> Option<f64> {
    let began = Instant::now();
    let mut signatures = 0.0;
    while began.elapsed() < slice {
        sign()?;
        signatures += 1.0;
    }
    Some(signatures / began.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{Against, SCENARIOS};
    use super::*;

    #[tokio::test]
    async fn whatever_is_compared_with_a_library_has_one() {
        for scenario in SCENARIOS {
            if scenario.against == Against::Library {
                let library = Library::new(scenario.operation.spec(), 32).unwrap();
                let rate = library.measure(Duration::from_millis(1)).await.unwrap();
                assert!(rate > 0.0, "{}", scenario.name);
            }
        }
        assert!(Library::new(KeySpec::SymmetricDefault, 32).is_err());
    }
}
