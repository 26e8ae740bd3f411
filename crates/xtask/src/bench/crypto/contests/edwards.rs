//! Ed25519 and Ed25519ph.

use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use ed25519_dalek::{Digest, Sha512, Signature, SigningKey};
use keystead_core::key::{KeySpec, SigningAlgorithm};
use keystead_crypto::Message;

use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, prepared, there};
use crate::bench::crypto::keys::{Handle, Keys, MESSAGE};

const DIGEST: &[u8] = &[0x5a; 64];

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let (material, handle) = keys.pair(KeySpec::EccNistEdwards25519)?;
    let what = "an Ed25519 key";
    let bare = prepared(Ed25519KeyPair::from_pkcs8(material.expose()), what)?;
    let seed = prepared(bare.seed(), what)?;
    let seed: Curve25519SeedBin<'_> = prepared(seed.as_be_bytes(), what)?;
    let seed = prepared(seed.as_ref().try_into(), what)?;
    let prehashing = SigningKey::from_bytes(seed);
    let mut contests = pure(&handle, bare)?;
    contests.extend(prehashed(&handle, prehashing)?);
    Ok(contests)
}

fn pure(handle: &Handle, bare: Ed25519KeyPair) -> Result<Vec<Contest>, Error> {
    let (algorithm, message) = (SigningAlgorithm::Ed25519Sha512, Message::Raw(MESSAGE));
    let signature = there(handle.sign(algorithm, message), "a signature")?;
    let verifying = ParsedPublicKey::new(&ED25519, bare.public_key().as_ref());
    let verifying = prepared(verifying, "an Ed25519 key")?;
    let (signer, verifier, copy) = (handle.clone(), handle.clone(), signature.clone());
    Ok(vec![
        Contest::new(
            format!("{algorithm} sign"),
            move || signer.sign(algorithm, message),
            move || bare.try_sign(MESSAGE).ok(),
        ),
        Contest::new(
            format!("{algorithm} verify"),
            move || verifier.verify(algorithm, message, &signature),
            move || verifying.verify_sig(MESSAGE, &copy).ok(),
        ),
    ])
}

fn prehashed(handle: &Handle, bare: SigningKey) -> Result<Vec<Contest>, Error> {
    let (algorithm, message) = (SigningAlgorithm::Ed25519PhSha512, Message::Digest(DIGEST));
    let signature = there(handle.sign(algorithm, message), "a signature")?;
    let copy = prepared(Signature::from_slice(&signature), "a signature")?;
    let (signer, verifier, verifying) = (handle.clone(), handle.clone(), bare.verifying_key());
    Ok(vec![
        Contest::new(
            format!("{algorithm} sign"),
            move || signer.sign(algorithm, message),
            move || {
                bare.sign_prehashed(Sha512::new_with_prefix(DIGEST), None)
                    .ok()
            },
        ),
        Contest::new(
            format!("{algorithm} verify"),
            move || verifier.verify(algorithm, message, &signature),
            move || {
                verifying
                    .verify_prehashed(Sha512::new_with_prefix(DIGEST), None, &copy)
                    .ok()
            },
        ),
    ])
}
