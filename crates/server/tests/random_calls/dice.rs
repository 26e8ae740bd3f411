//! Chance, the same at each run.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

pub(crate) struct Dice(TestRng);

impl Default for Dice {
    fn default() -> Self {
        Self(TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    }
}

impl Dice {
    /// A number below another one.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let number = self.0.next_u64() % bound as u64;
        usize::try_from(number).unwrap()
    }

    /// Whether something is so that is so in one of so many cases.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Letters, digits and what else texts have.
    pub(crate) fn text(&mut self, length: usize) -> String {
        const LETTERS: &[char] = &[
            'a', 'b', 'c', 'X', 'Y', '0', '9', '-', '_', '/', ':', '.', ' ', '"', '\\', 'é', '💥',
            '\u{0}', '\n',
        ];
        (0..length).map(|_| *self.pick(LETTERS)).collect()
    }
}
