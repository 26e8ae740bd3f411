//! SM2.

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};
use keystead_crypto::Message;
use pkcs8::DecodePrivateKey;
use sm2::SecretKey;
use sm2::dsa::signature::{RandomizedSigner, Verifier};
use sm2::dsa::{Signature, SigningKey};
use sm2::pke::DecryptingKey;

use super::SystemRng;
use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, prepared, there};
use crate::bench::crypto::keys::{Handle, Keys, MESSAGE};

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let (material, handle) = keys.pair(KeySpec::Sm2)?;
    let secret = prepared(SecretKey::from_pkcs8_der(material.expose()), "an SM2 key")?;
    let signing = prepared(SigningKey::new("1234567812345678", &secret), "an SM2 key")?;
    let mut contests = signatures(&handle, signing)?;
    contests.extend(encryption(&handle, &DecryptingKey::new(secret))?);
    Ok(contests)
}

fn signatures(handle: &Handle, bare: SigningKey) -> Result<Vec<Contest>, Error> {
    let (algorithm, message) = (SigningAlgorithm::Sm2Dsa, Message::Raw(MESSAGE));
    let signature = there(handle.sign(algorithm, message), "a signature")?;
    let copy = prepared(Signature::from_der(&signature), "a signature")?;
    let verifying = bare.verifying_key().clone();
    let (signer, verifier) = (handle.clone(), handle.clone());
    Ok(vec![
        Contest::new(
            "SM2 SM2DSA sign",
            move || signer.sign(algorithm, message),
            move || -> Option<Signature> { bare.try_sign_with_rng(&mut SystemRng, MESSAGE).ok() },
        ),
        Contest::new(
            "SM2 SM2DSA verify",
            move || verifier.verify(algorithm, message, &signature),
            move || verifying.verify(MESSAGE, &copy).ok(),
        ),
    ])
}

fn encryption(handle: &Handle, bare: &DecryptingKey) -> Result<Vec<Contest>, Error> {
    let algorithm = EncryptionAlgorithm::Sm2Pke;
    let ciphertext = there(handle.encrypt(algorithm), "a ciphertext")?;
    let (public, private) = (bare.encrypting_key().clone(), bare.clone());
    let (encrypter, decrypter, copy) = (handle.clone(), handle.clone(), ciphertext.clone());
    Ok(vec![
        Contest::new(
            "SM2 SM2PKE encrypt",
            move || encrypter.encrypt(algorithm),
            move || public.encrypt_der(&mut SystemRng, MESSAGE).ok(),
        ),
        Contest::new(
            "SM2 SM2PKE decrypt",
            move || decrypter.decrypt(algorithm, &ciphertext),
            move || private.decrypt_der(&copy).ok(),
        ),
    ])
}
