//! How the bytes of an input are taken apart.

/// Takes numbers from the front of an input; zeros once it is used up.
pub(crate) struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    pub(crate) const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// One of the choices.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let index = usize::from(self.byte()) % choices.len();
        *choices.get(index).expect("a choice")
    }

    /// What is left.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }

    /// What is left, as changes of something: see [`edited`].
    pub(crate) fn edits(self, original: &[u8]) -> Vec<u8> {
        edited(original, self.0)
    }
}

/// The original after the changes of a script, four bytes each: what is done, where (two bytes), and a value. With it
/// an input says how a ciphertext or a token is changed that is made anew in each process.
pub(crate) fn edited(original: &[u8], script: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for &[deed, high, low, value] in script.as_chunks::<4>().0 {
        let place = usize::from(u16::from_be_bytes([high, low]));
        let inside = place % bytes.len().max(1);
        match (deed % 6, bytes.get_mut(inside)) {
            (0, Some(byte)) => *byte ^= value,
            (1, Some(byte)) => *byte = value,
            (2, Some(_)) => drop(bytes.remove(inside)),
            (3, _) => bytes.insert(place % (bytes.len() + 1), value),
            (4, _) => bytes.truncate(inside),
            (5, _) => bytes.extend(std::iter::repeat_n(value, place % 64)),
            (_, None) | (6.., _) => {}
        }
    }
    bytes
}

/// The first line, and what is behind it.
pub(crate) fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    match end {
        Some(end) => {
            let (line, rest) = bytes.split_at(end);
            (line, rest.get(1..).unwrap_or_default())
        }
        None => (bytes, &[]),
    }
}

/// The parts between lines of three hyphens.
pub(crate) fn documents(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n---\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_change_what_they_say() {
        for (script, expected) in [
            (&[][..], "abc"),
            (&[0, 0, 1, 1], "acc"),
            (&[1, 0, 3, b'x'], "xbc"),
            (&[2, 0, 1, 0], "ac"),
            (&[3, 0, 3, b'd'], "abcd"),
            (&[4, 0, 1, 0], "a"),
            (&[5, 0, 2, b'!'], "abc!!"),
            (&[4, 0, 0, 0, 0, 0, 0, 1], ""),
            (&[0, 0], "abc"),
        ] {
            assert_eq!(edited(b"abc", script), expected.as_bytes(), "{script:?}");
        }
    }

    #[test]
    fn inputs_come_apart() {
        assert_eq!(first_line(b"a\nb\nc"), (&b"a"[..], &b"b\nc"[..]));
        assert_eq!(first_line(b"a"), (&b"a"[..], &b""[..]));
        let found: Vec<_> = documents("a\n---\n\n---\nb").collect();
        assert_eq!(found, ["a", "", "b"]);
        let mut parts = Parts::of(&[5]);
        assert_eq!((parts.one_of(&[7, 8, 9]), parts.byte()), (9, 0));
    }
}
