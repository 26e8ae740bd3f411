//! The seal that someone remembers.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Seal, SealError, SealKind, SealRecord, record::SealMethod};
use crate::{Random, RootKey, SecretArray, SecretBytes, envelope::SealingKey, random::SALT_LEN};

/// The least length of a passphrase for a new seal, in bytes. An existing seal opens with whatever
/// made it.
const MIN_LEN: usize = 12;

/// What stretching a passphrase costs (Argon2id, version 0x13, RFC 9106).
///
/// The default is 64 MiB, three passes and one lane: the memory and passes of the second
/// recommendation in RFC 9106, section 4, and one lane because lanes that one thread computes give
/// no one but the attacker an advantage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argon2Cost {
    /// Memory in KiB: 8 for each lane, to 1 GiB.
    pub memory_kib: u32,
    /// Passes over the memory: 1 to 16.
    pub iterations: u32,
    /// Lanes: 1 to 16.
    pub parallelism: u32,
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            iterations: 3,
            parallelism: 1,
        }
    }
}

impl Argon2Cost {
    /// Costs may come from a forged record, which must not be able to exhaust the machine.
    fn checked_params(&self) -> Result<Params, SealError> {
        let bounds = [
            ("parallelism", self.parallelism, 1, 16),
            ("iterations", self.iterations, 1, 16),
            (
                "memory in KiB",
                self.memory_kib,
                self.parallelism.saturating_mul(8),
                1024 * 1024,
            ),
        ];
        for (parameter, value, minimum, maximum) in bounds {
            if !(minimum..=maximum).contains(&value) {
                return Err(SealError::CostOutOfBounds {
                    parameter,
                    value,
                    minimum,
                    maximum,
                });
            }
        }
        Params::new(
            self.memory_kib,
            self.iterations,
            self.parallelism,
            Some(SealingKey::LEN),
        )
        .map_err(|source| SealError::Argon2 { source })
    }
}

/// A seal whose wrapping key is stretched from a passphrase.
#[derive(Debug)]
pub struct Passphrase {
    passphrase: SecretBytes,
    cost: Argon2Cost,
}

impl Passphrase {
    /// Takes a passphrase as it is: no trimming, no Unicode normalization. `cost` is for new
    /// records; an existing one states its own.
    #[must_use]
    pub fn new(passphrase: SecretBytes, cost: Argon2Cost) -> Self {
        Self { passphrase, cost }
    }

    fn stretched(&self, cost: &Argon2Cost, salt: &[u8; SALT_LEN]) -> Result<SealingKey, SealError> {
        let params = cost.checked_params()?;
        let mut memory = work_memory(&params).ok_or(SealError::OutOfMemory {
            memory_kib: cost.memory_kib,
        })?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // Exposed to Argon2id, which keeps no copy of it.
        let passphrase = self.passphrase.expose();
        let secret = SecretArray::try_filled(|place| {
            argon2.hash_password_into_with_memory(passphrase, salt, place, memory.as_mut_slice())
        })
        .map_err(|source| SealError::Argon2 { source })?;
        Ok(SealingKey::new(secret)?)
    }
}

/// Argon2's memory, wiped afterwards. Argon2's own is not, and the last block gives the key.
fn work_memory(params: &Params) -> Option<Zeroizing<Vec<Block>>> {
    let count = params.block_count();
    let mut memory = Zeroizing::new(Vec::new());
    memory.try_reserve_exact(count).ok()?;
    memory.resize(count, Block::new());
    Some(memory)
}

impl Seal for Passphrase {
    fn kind(&self) -> SealKind {
        SealKind::Passphrase
    }

    fn wrap(&self, root: &RootKey, random: &dyn Random) -> Result<SealRecord, SealError> {
        let (length, minimum) = (self.passphrase.len(), MIN_LEN);
        if length < minimum {
            return Err(SealError::PassphraseTooShort { length, minimum });
        }
        let mut salt = [0; SALT_LEN];
        random.fill(&mut salt)?;
        let wrapper = self.stretched(&self.cost, &salt)?;
        SealRecord::wrap(
            root,
            &wrapper,
            SealMethod::Passphrase {
                cost: self.cost,
                salt,
            },
            random,
        )
    }

    fn unwrap_root(&self, record: &SealRecord) -> Result<RootKey, SealError> {
        let configured = self.kind();
        let SealMethod::Passphrase { cost, salt } = record.method_for(configured)? else {
            return Err(SealError::WrongKind {
                configured,
                found: record.kind(),
            });
        };
        record.unwrap_with(&self.stretched(cost, salt)?, |_| SealError::WrongPassphrase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        seal::{KeyFile, RecordFault},
        testing::{BrokenRandom, SeededRandom},
    };

    const CHEAP: Argon2Cost = Argon2Cost {
        memory_kib: 8,
        iterations: 1,
        parallelism: 1,
    };

    fn seal(passphrase: &str) -> Passphrase {
        Passphrase::new(passphrase.as_bytes().to_vec().into(), CHEAP)
    }

    fn root() -> RootKey {
        RootKey::generate(&SeededRandom::new("root")).unwrap()
    }

    fn record() -> SealRecord {
        seal("correct horse battery")
            .wrap(&root(), &SeededRandom::new("salt"))
            .unwrap()
    }

    #[test]
    fn the_right_passphrase_opens_whatever_cost_is_configured() {
        let other_cost = Passphrase::new(
            b"correct horse battery".to_vec().into(),
            Argon2Cost::default(),
        );
        assert_eq!(other_cost.unwrap_root(&record()).unwrap(), root());
    }

    #[test]
    fn a_wrong_passphrase_is_told_as_such() {
        for wrong in [
            "",
            "correct horse batterx",
            "correct horse battery\n",
            "Correct horse battery",
        ] {
            let error = seal(wrong).unwrap_root(&record()).unwrap_err();
            assert!(
                matches!(error, SealError::WrongPassphrase),
                "{wrong:?}: {error}"
            );
        }
    }

    #[test]
    fn a_short_passphrase_seals_nothing() {
        let error = seal("eleven chrs")
            .wrap(&root(), &SeededRandom::new("salt"))
            .unwrap_err();
        assert!(
            matches!(
                error,
                SealError::PassphraseTooShort {
                    length: 11,
                    minimum: 12
                }
            ),
            "{error}"
        );
    }

    fn cost(memory_kib: u32, iterations: u32, parallelism: u32) -> Argon2Cost {
        Argon2Cost {
            memory_kib,
            iterations,
            parallelism,
        }
    }

    #[test]
    fn costs_have_bounds() {
        for allowed in [cost(8, 1, 1), Argon2Cost::default(), cost(1 << 20, 16, 16)] {
            assert!(allowed.checked_params().is_ok(), "{allowed:?}");
        }
        let forbidden = [
            ("memory in KiB", cost(7, 1, 1)),
            ("memory in KiB", cost(15, 1, 2)),
            ("memory in KiB", cost((1 << 20) + 1, 1, 1)),
            ("memory in KiB", cost(u32::MAX, 1, 1)),
            ("iterations", cost(8, 0, 1)),
            ("iterations", cost(8, 17, 1)),
            ("parallelism", cost(8, 1, 0)),
            ("parallelism", cost(8, 1, u32::MAX)),
        ];
        for (expected, cost) in forbidden {
            let Err(SealError::CostOutOfBounds { parameter, .. }) = cost.checked_params() else {
                panic!("{cost:?}")
            };
            assert_eq!(parameter, expected, "{cost:?}");
        }
    }

    #[test]
    fn a_forged_cost_is_refused_before_it_is_spent() {
        let wrapper = SealingKey::generate(&SeededRandom::new("wrapper")).unwrap();
        let cost = Argon2Cost {
            memory_kib: 1 << 30,
            ..CHEAP
        };
        let method = SealMethod::Passphrase {
            cost,
            salt: [0; SALT_LEN],
        };
        let forged =
            SealRecord::wrap(&root(), &wrapper, method, &SeededRandom::new("salt")).unwrap();
        let error = seal("correct horse battery")
            .unwrap_root(&forged)
            .unwrap_err();
        assert!(
            matches!(error, SealError::CostOutOfBounds { .. }),
            "{error}"
        );
    }

    #[test]
    fn damage_is_not_taken_for_a_wrong_passphrase() {
        let text = serde_json::to_string(&record()).unwrap();
        for (from, to) in [
            (r#""memory_kib":8"#, r#""memory_kib":9"#),
            (r#""iterations":1"#, r#""iterations":2"#),
        ] {
            let damaged: SealRecord = serde_json::from_str(&text.replace(from, to)).unwrap();
            let error = seal("correct horse battery")
                .unwrap_root(&damaged)
                .unwrap_err();
            assert!(
                matches!(
                    error,
                    SealError::CorruptRecord {
                        source: RecordFault::Checksum
                    }
                ),
                "{error}"
            );
        }
    }

    #[test]
    fn another_kind_of_record_is_named() {
        let random = SeededRandom::new("file");
        let record = KeyFile::generate(&random)
            .unwrap()
            .wrap(&root(), &random)
            .unwrap();
        let error = seal("correct horse battery")
            .unwrap_root(&record)
            .unwrap_err();
        assert!(
            error.to_string().contains("configure the key-file seal"),
            "{error}"
        );
    }

    #[test]
    fn no_randomness_no_seal() {
        let error = seal("correct horse battery")
            .wrap(&root(), &BrokenRandom)
            .unwrap_err();
        assert!(matches!(error, SealError::Crypto { .. }), "{error}");
    }

    #[test]
    fn debug_output_shows_no_passphrase() {
        assert!(!format!("{:?}", seal("correct horse battery")).contains("horse"));
    }
}
