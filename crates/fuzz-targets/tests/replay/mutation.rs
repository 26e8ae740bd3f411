//! Mutations of inputs that are the same in each run.

/// Bytes that parsers look at, or that are at the edge of something.
const INTERESTING: &[&[u8]] = &[
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\xff\xff",
    b"\n",
    b"\r\n",
    b" ",
    b"\"",
    b"\\",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"=",
    b"&",
    b"%",
    b"%00",
    b"%ff",
    b"/",
    b"//",
    b"..",
    b"*",
    b"?",
    b"${",
    b"-1",
    b"0",
    b"1e999",
    b"null",
    b"true",
    b"9223372036854775808",
    b"4294967296",
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
    b"\n---\n",
];

/// Makes one input after the other out of those that are there.
pub(crate) struct Mutator<'a> {
    inputs: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutator<'a> {
    /// The mutations of a target's inputs, of which there is one at least.
    pub(crate) fn new(target: &str, inputs: &'a [Vec<u8>]) -> Self {
        assert!(!inputs.is_empty(), "{target} has no inputs");
        let seed = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self {
            inputs,
            state: target.bytes().fold(0xcbf2_9ce4_8422_2325, seed),
        }
    }

    /// The next input: one that is there after one to eight changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.input().to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let place = self.below(bytes.len() + 1);
        let length = self.below(16).min(bytes.len() - place);
        match self.below(8) {
            0 => {
                let bit = 1 << self.below(8);
                bytes
                    .iter_mut()
                    .skip(place)
                    .take(1)
                    .for_each(|byte| *byte ^= bit);
            }
            1 => {
                let value = self.number().to_le_bytes()[0];
                bytes
                    .iter_mut()
                    .skip(place)
                    .take(1)
                    .for_each(|byte| *byte = value);
            }
            2 => drop(bytes.drain(place..place + length)),
            3 => bytes.truncate(place),
            4 => {
                let copy = bytes[place..place + length].to_vec();
                let to = self.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            5 => {
                let other = self.input().to_vec();
                bytes.truncate(place);
                bytes.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            6 => {
                let other = self.input().to_vec();
                let from = self.below(other.len() + 1);
                let part = other[from..].iter().take(self.below(32)).copied();
                bytes.splice(place..place, part);
            }
            _ => {
                let interesting = INTERESTING[self.below(INTERESTING.len())];
                let end = place + length.min(interesting.len() * self.below(2));
                bytes.splice(place..end, interesting.iter().copied());
            }
        }
    }

    fn input(&mut self) -> &'a [u8] {
        let index = self.below(self.inputs.len());
        &self.inputs[index]
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() >> 11).unwrap() % bound
    }

    /// SplitMix64, by Sebastiano Vigna.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[test]
fn mutations_are_the_same_in_each_run_and_differ() {
    let inputs = [b"alias/app".to_vec(), b"mrk-00".to_vec()];
    let run = |target| {
        let mut mutator = Mutator::new(target, &inputs);
        (0..500).map(|_| mutator.next()).collect::<Vec<_>>()
    };
    assert_eq!(run("one"), run("one"));
    assert_ne!(run("one"), run("other"));
    let different: std::collections::BTreeSet<_> = run("one").into_iter().collect();
    assert!(different.len() > 400, "{}", different.len());
    assert!(different.iter().any(Vec::is_empty));
}
