//! Encodings that are injective: two different values never give the same bytes.

/// Appends `bytes` behind their length (64 bits, big-endian; wide enough that no length needs an
/// error path).
pub(crate) fn put_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// How many bytes [`put_prefixed`] appends.
pub(crate) fn prefixed_len(bytes: &[u8]) -> usize {
    size_of::<u64>() + bytes.len()
}

/// Joins `parts` on the stack. Their lengths are constants that add up to `N`.
pub(crate) fn concat<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    let mut rest = out.as_mut_slice();
    for part in parts {
        let (head, tail) = std::mem::take(&mut rest).split_at_mut(part.len());
        head.copy_from_slice(part);
        rest = tail;
    }
    debug_assert!(rest.is_empty(), "the parts fill the array");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_eight_bytes() {
        let mut out = vec![9];
        put_prefixed(&mut out, b"ab");
        assert_eq!(out, [9, 0, 0, 0, 0, 0, 0, 0, 2, b'a', b'b']);
        assert_eq!(out.len() - 1, prefixed_len(b"ab"));
    }

    #[test]
    fn parts_join_in_order() {
        assert_eq!(concat::<5>(&[b"ab", b"", b"c", b"de"]), *b"abcde");
    }
}
