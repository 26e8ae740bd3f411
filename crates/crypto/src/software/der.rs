//! What is asked of DER before a library reads it.

use pkcs8::der::{Decode, asn1::AnyRef};

/// Whether `bytes` are one value and nothing else. AWS-LC reads the first value of what it is given
/// and does not look at the rest.
pub(super) fn is_one_value(bytes: &[u8]) -> bool {
    AnyRef::from_der(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_follow_or_lack() {
        assert!(is_one_value(&[0x30, 2, 5, 0]));
        for wrong in [&[][..], &[0x30], &[0x30, 2, 5], &[0x30, 2, 5, 0, 0]] {
            assert!(!is_one_value(wrong), "{wrong:?}");
        }
    }
}
