//! HMAC-SHA-256 under a secret that two parties share, who are no keys of anybody's account.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

use crate::SecretBytes;

/// The HMAC-SHA-256 of a message (RFC 2104, FIPS 198-1).
#[must_use]
pub fn hmac_sha256(secret: &SecretBytes, message: &[u8]) -> [u8; 32] {
    let mut mac = [0; 32];
    mac.copy_from_slice(sign(&Key::new(HMAC_SHA256, secret.expose()), message).as_ref());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn a_published_mac() {
        let secret = SecretBytes::from(b"Jefe".to_vec());
        let mac = hmac_sha256(&secret, b"what do ya want for nothing?");
        assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(mac[28..], [0x64, 0xec, 0x38, 0x43]);
    }
}
