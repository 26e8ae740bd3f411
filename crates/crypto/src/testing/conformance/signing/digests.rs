//! What stands for a message, computed as a caller would.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest as hash};
use keystead_core::key::SigningAlgorithm;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, VerifyingKey};
use sm3::{Digest, Sm3};

use crate::PrivateKey;

/// The digest of the message, by the algorithm's hash function.
pub(super) fn digest(key: &dyn PrivateKey, algorithm: SigningAlgorithm, message: &[u8]) -> Vec<u8> {
    let function = match (algorithm, algorithm.message_forms().digest_len) {
        (SigningAlgorithm::Sm2Dsa, _) => return sm2_digest(key, message),
        (_, Some(32)) => &SHA256,
        (_, Some(48)) => &SHA384,
        (_, Some(64)) => &SHA512,
        _ => panic!("{algorithm} takes no digest"),
    };
    hash(function, message).as_ref().to_vec()
}

/// SM3 of Z and the message (GB/T 32918.2, sections 5.5 and 6.1), as "Offline verification with SM2
/// key pairs" in the KMS developer guide computes it.
fn sm2_digest(key: &dyn PrivateKey, message: &[u8]) -> Vec<u8> {
    /// The curve's a, b and base point (GB/T 32918.5).
    const CURVE: &[&[u8]] = &[
        b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc",
        b"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7",
        b"\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93",
        b"\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94",
        b"\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7",
        b"\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53",
        b"\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0",
    ];
    let spki = key.public_key();
    let z = Sm3::new()
        .chain_update(128u16.to_be_bytes())
        .chain_update(b"1234567812345678")
        .chain_update(CURVE.concat())
        .chain_update(&spki[spki.len() - 64..])
        .finalize();
    Sm3::new()
        .chain_update(z)
        .chain_update(message)
        .finalize()
        .to_vec()
}

/// The μ of the message and an empty context (FIPS 204, algorithms 2 and 7).
pub(super) fn mu(key: &dyn PrivateKey, message: &[u8]) -> Vec<u8> {
    /// What precedes the key in SubjectPublicKeyInfo.
    const PREFIX: usize = 22;
    let key = &key.public_key()[PREFIX..];
    match key.len() {
        1312 => mu_of::<MlDsa44>(key, message),
        1952 => mu_of::<MlDsa65>(key, message),
        2592 => mu_of::<MlDsa87>(key, message),
        length => panic!("a key of {length} bytes"),
    }
}

fn mu_of<P: MlDsaParams>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = VerifyingKey::<P>::decode(key.try_into().unwrap());
    key.compute_mu(
        |hash| {
            ml_dsa::signature::digest::Update::update(hash, message);
            Ok(())
        },
        b"",
    )
    .unwrap()
    .to_vec()
}
