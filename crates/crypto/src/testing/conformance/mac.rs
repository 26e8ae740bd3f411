//! Keys of HMAC.

use super::subject::Subject;
use crate::{CryptoError, MacKey};

pub(super) fn check(one: &Subject, other: &Subject) {
    let (Some(key), Some(another)) = (one.key.mac(), other.key.mac()) else {
        return;
    };
    let length = one.spec.mac_algorithms()[0].mac_len();
    for message in [&b""[..], b"message", &[7; 4096]] {
        let mac = key.sign(message).unwrap();
        assert_eq!(mac.len(), length, "{}", one.spec);
        assert_eq!(mac, key.sign(message).unwrap(), "{}", one.spec);
        key.verify(message, &mac).unwrap();
        assert_refused(another, message, &mac);
        assert_refused(key, &[message, &[0]].concat(), &mac);
        for position in 0..length {
            let mut altered = mac.clone();
            altered[position] ^= 1;
            assert_refused(key, message, &altered);
            assert_refused(key, message, &mac[..position]);
        }
        assert_refused(key, message, &[mac.as_slice(), &[0]].concat());
    }
}

fn assert_refused(key: &dyn MacKey, message: &[u8], mac: &[u8]) {
    let result = key.verify(message, mac);
    assert!(
        matches!(result, Err(CryptoError::InvalidMac)),
        "{result:?} for a wrong MAC"
    );
}
