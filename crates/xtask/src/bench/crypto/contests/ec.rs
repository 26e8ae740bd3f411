//! ECDSA and ECDH.

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521, UnparsedPublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1,
    ECDSA_P256K1_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING,
    ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    EcdsaVerificationAlgorithm, KeyPair, ParsedPublicKey,
};
use keystead_core::key::{KeySpec, SigningAlgorithm};
use keystead_crypto::Message;

use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, prepared, there};
use crate::bench::crypto::keys::{Handle, Keys, MESSAGE};

struct Curve {
    spec: KeySpec,
    algorithm: SigningAlgorithm,
    signing: &'static EcdsaSigningAlgorithm,
    verifying: &'static EcdsaVerificationAlgorithm,
    agreeing: Option<&'static agreement::Algorithm>,
}

const CURVES: [Curve; 4] = [
    Curve {
        spec: KeySpec::EccNistP256,
        algorithm: SigningAlgorithm::EcdsaSha256,
        signing: &ECDSA_P256_SHA256_ASN1_SIGNING,
        verifying: &ECDSA_P256_SHA256_ASN1,
        agreeing: Some(&ECDH_P256),
    },
    Curve {
        spec: KeySpec::EccNistP384,
        algorithm: SigningAlgorithm::EcdsaSha384,
        signing: &ECDSA_P384_SHA384_ASN1_SIGNING,
        verifying: &ECDSA_P384_SHA384_ASN1,
        agreeing: Some(&ECDH_P384),
    },
    Curve {
        spec: KeySpec::EccNistP521,
        algorithm: SigningAlgorithm::EcdsaSha512,
        signing: &ECDSA_P521_SHA512_ASN1_SIGNING,
        verifying: &ECDSA_P521_SHA512_ASN1,
        agreeing: Some(&ECDH_P521),
    },
    Curve {
        spec: KeySpec::EccSecgP256k1,
        algorithm: SigningAlgorithm::EcdsaSha256,
        signing: &ECDSA_P256K1_SHA256_ASN1_SIGNING,
        verifying: &ECDSA_P256K1_SHA256_ASN1,
        agreeing: None,
    },
];

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for curve in CURVES {
        let (material, handle) = keys.pair(curve.spec)?;
        let bare = EcdsaKeyPair::from_pkcs8(curve.signing, material.expose());
        contests.extend(signatures(&curve, &handle, prepared(bare, "an EC key")?)?);
        if let Some(algorithm) = curve.agreeing {
            let bare = agreement::PrivateKey::from_private_key_der(algorithm, material.expose());
            let bare = prepared(bare, "an EC key")?;
            let (_, peer) = keys.pair(curve.spec)?;
            contests.push(agreement(&curve, handle, bare, &peer)?);
        }
    }
    Ok(contests)
}

fn signatures(curve: &Curve, handle: &Handle, bare: EcdsaKeyPair) -> Result<[Contest; 2], Error> {
    let Curve {
        spec, algorithm, ..
    } = *curve;
    let message = Message::Raw(MESSAGE);
    let signature = there(handle.sign(algorithm, message), "a signature")?;
    let point = bare.public_key().as_ref();
    let verifying = prepared(ParsedPublicKey::new(curve.verifying, point), "an EC key")?;
    let (signer, verifier, copy) = (handle.clone(), handle.clone(), signature.clone());
    Ok([
        Contest::new(
            format!("{spec} {algorithm} sign"),
            move || signer.sign(algorithm, message),
            move || bare.sign(&SystemRandom::new(), MESSAGE).ok(),
        ),
        Contest::new(
            format!("{spec} {algorithm} verify"),
            move || verifier.verify(algorithm, message, &signature),
            move || verifying.verify_sig(MESSAGE, &copy).ok(),
        ),
    ])
}

fn agreement(
    curve: &Curve,
    handle: Handle,
    bare: agreement::PrivateKey,
    peer: &Handle,
) -> Result<Contest, Error> {
    let algorithm = bare.algorithm();
    let peer = there(peer.private(), "a peer")?.public_key().to_vec();
    let copy = peer.clone();
    Ok(Contest::new(
        format!("{} ECDH", curve.spec),
        move || handle.private()?.agree(&peer).ok(),
        move || {
            let peer = UnparsedPublicKey::new(algorithm, &copy);
            agreement::agree(&bare, peer, (), |secret| Ok(secret.to_vec())).ok()
        },
    ))
}
