//! SHA-256, for names that are made of what they name.

use aws_lc_rs::digest::{SHA256, digest};

/// The SHA-256 digest of bytes that are no secret (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4, example of one block: `abc`.
    #[test]
    fn a_published_digest() {
        let sum = sha256(b"abc");
        assert_eq!(sum[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(sum[28..], [0xf2, 0x00, 0x15, 0xad]);
    }
}
