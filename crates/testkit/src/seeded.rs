//! Randomness that can be repeated.

use std::time::{SystemTime, UNIX_EPOCH};

/// The variable that repeats a run: the seed that the failed run printed.
const SEED: &str = "KEYSTEAD_TEST_SEED";

/// Numbers that look random and depend on the seed alone (SplitMix64, by Sebastiano Vigna).
#[derive(Debug, Clone)]
pub struct Seeded {
    seed: u64,
    state: u64,
}

impl Seeded {
    /// Numbers of a new seed, or of the one in `KEYSTEAD_TEST_SEED`. The seed is printed, which a
    /// test runner shows if the test fails.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        clippy::print_stdout,
        reason = "a test chooses its seed and tells it"
    )]
    pub fn fresh() -> Self {
        let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
        });
        println!("repeat with {SEED}={seed}");
        Self { seed, state: seed }
    }

    /// Independent numbers of the same seed, for one thread of several.
    #[must_use]
    pub fn branch(&self, index: u64) -> Self {
        let mut branch = Self {
            seed: self.seed,
            state: self.seed ^ index.wrapping_add(1).wrapping_mul(0xd134_2543_de82_ef95),
        };
        branch.state = branch.next();
        branch
    }

    /// A number below `bound`, which must not be zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
