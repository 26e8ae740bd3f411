//! Shared secrets.

use keystead_core::key::KeySpec;

use super::{expected, subject::Subject};
use crate::{CryptoError, PrivateKey, Provider};

pub(super) fn check(provider: &dyn Provider, one: &Subject, other: &Subject) {
    let (Some(key), Some(another)) = (one.private(), other.private()) else {
        return;
    };
    let Some(length) = expected::secret_len(one.spec) else {
        let result = key.agree(another.public_key());
        assert!(matches!(result, Err(CryptoError::Algorithm)), "{result:?}");
        return;
    };
    let secret = key.agree(another.public_key()).unwrap();
    assert_eq!(secret, another.agree(key.public_key()).unwrap());
    assert_eq!(secret.len(), length);
    assert_ne!(secret, key.agree(key.public_key()).unwrap());
    what_is_no_point_is_refused(key, another.public_key());
    for curve in [
        KeySpec::EccNistP256,
        KeySpec::EccNistP384,
        KeySpec::EccNistP521,
        KeySpec::EccSecgP256k1,
        KeySpec::EccNistEdwards25519,
        KeySpec::Sm2,
    ] {
        if curve != one.spec {
            let peer = provider.generate_pair(curve).unwrap().public;
            assert_refused(key, &peer, "a point of another curve");
        }
    }
}

fn what_is_no_point_is_refused(key: &dyn PrivateKey, peer: &[u8]) {
    assert_refused(key, &[], "nothing");
    assert_refused(key, &[0x30, 0], "an empty sequence");
    assert_refused(key, &peer[..peer.len() - 1], "a cut key");
    assert_refused(key, &[peer, &[0]].concat(), "an extended key");
    let mut off = peer.to_vec();
    off[peer.len() - 1] ^= 1;
    assert_refused(key, &off, "a point off the curve");
    let point = peer.iter().position(|byte| *byte == 4).unwrap();
    assert_refused(key, &peer[point..], "a point without its curve");
    // The bit string of one zero octet: SEC 1's point at infinity.
    let infinity = at_infinity(peer);
    assert_refused(key, &infinity, "the point at infinity");
}

/// `peer` with the point at infinity in its point's place.
fn at_infinity(peer: &[u8]) -> Vec<u8> {
    // Past the outer head, the algorithm is a sequence of its own.
    let algorithm = peer.iter().skip(1).position(|byte| *byte == 0x30).unwrap() + 1;
    let end = algorithm + 2 + usize::from(peer[algorithm + 1]);
    let content = [&peer[algorithm..end], &[0x03, 2, 0, 0]].concat();
    let length = u8::try_from(content.len()).unwrap();
    [&[0x30, length], content.as_slice()].concat()
}

fn assert_refused(key: &dyn PrivateKey, peer: &[u8], what: &str) {
    let result = key.agree(peer);
    assert!(
        matches!(result, Err(CryptoError::InvalidPublicKey)),
        "{what}: {result:?}"
    );
}
