//! The encryption context as additional authenticated data.

use crate::canonical::{prefixed_len, put_prefixed};

/// The canonical bytes of an encryption context: the number of pairs, then each key and value
/// behind its length (all of 64 bits, big-endian), ordered by the UTF-8 bytes of the keys.
///
/// Names and values are compared as they are: no case folding, no Unicode normalization, as in AWS
/// KMS. No context and an empty one are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextAad(Vec<u8>);

impl ContextAad {
    /// Encodes `pairs`, given in any order. A key given twice is kept twice, so that no two
    /// collections of pairs have the same encoding.
    #[must_use]
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let length: usize = pairs
            .iter()
            .map(|(key, value)| prefixed_len(key.as_bytes()) + prefixed_len(value.as_bytes()))
            .sum();
        let mut out = Vec::with_capacity(size_of::<u64>() + length);
        out.extend_from_slice(&(pairs.len() as u64).to_be_bytes());
        for (key, value) in pairs {
            put_prefixed(&mut out, key.as_bytes());
            put_prefixed(&mut out, value.as_bytes());
        }
        Self(out)
    }

    /// The encoded bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The empty context.
impl Default for ContextAad {
    fn default() -> Self {
        Self::new([])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{
        collection::{btree_map, vec},
        prelude::*,
    };

    use super::*;

    #[test]
    fn the_encoding_is_fixed() {
        assert_eq!(ContextAad::default().as_bytes(), [0; 8]);
        let expected = b"\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01a\0\0\0\0\0\0\0\x02bc\
            \0\0\0\0\0\0\0\x02\xc3\xa9\0\0\0\0\0\0\0\0";
        assert_eq!(
            ContextAad::new([("é", ""), ("a", "bc")]).as_bytes(),
            expected
        );
    }

    #[test]
    fn the_order_is_that_of_the_bytes() {
        // U+FF5E sorts behind U+1F600 in UTF-16, before it in UTF-8.
        let sorted = [("B", "1"), ("a", "2"), ("～", "3"), ("😀", "4")];
        let mut reversed = sorted;
        reversed.reverse();
        assert_eq!(ContextAad::new(sorted), ContextAad::new(reversed));
        let encoded = ContextAad::new(reversed);
        let position = |key: &str| {
            encoded
                .0
                .windows(key.len())
                .position(|part| part == key.as_bytes())
                .unwrap()
        };
        assert!(
            position("B") < position("a")
                && position("a") < position("～")
                && position("～") < position("😀")
        );
    }

    fn contexts() -> impl Strategy<Value = BTreeMap<String, String>> {
        btree_map("[ab\u{0}\u{1}]{0,2}", "[ab\u{0}\u{1}]{0,2}", 0..4)
    }

    fn encoded(context: &BTreeMap<String, String>) -> ContextAad {
        ContextAad::new(
            context
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        )
    }

    proptest! {
        #[test]
        fn equal_bytes_mean_equal_contexts(one in contexts(), other in contexts()) {
            prop_assert_eq!(one == other, encoded(&one) == encoded(&other));
        }

        #[test]
        fn repeated_keys_are_not_lost(pairs in vec(("[ab]{1}", "[ab]{1}"), 0..4)) {
            let mut extended: Vec<_> =
                pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let before = ContextAad::new(extended.iter().copied());
            extended.push(("a", "a"));
            prop_assert_ne!(before, ContextAad::new(extended));
        }
    }
}
