//! What is asked of DER before a library reads it.

use pkcs8::{
    ObjectIdentifier, PrivateKeyInfoRef,
    der::{Decode, asn1::AnyRef},
    spki::SubjectPublicKeyInfoRef,
};

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Whether `bytes` are one value and nothing else. AWS-LC reads the first value of what it is given
/// and does not look at the rest.
pub(super) fn is_one_value(bytes: &[u8]) -> bool {
    AnyRef::from_der(bytes).is_ok()
}

/// Whether `document` is PKCS #8 with a key on the curve of this name. AWS-LC takes a curve that is
/// described by its numbers, too, and does not read all of them; RFC 5480 wants its name.
pub(super) fn is_private_key_on(curve: ObjectIdentifier, document: &[u8]) -> bool {
    PrivateKeyInfoRef::from_der(document)
        .is_ok_and(|info| info.algorithm.assert_oids(EC, curve).is_ok())
}

/// The point in SubjectPublicKeyInfo that names this curve.
pub(super) fn point_on(curve: ObjectIdentifier, spki: &[u8]) -> Option<&[u8]> {
    let info = SubjectPublicKeyInfoRef::from_der(spki).ok()?;
    info.algorithm.assert_oids(EC, curve).ok()?;
    info.subject_public_key.as_bytes()
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
