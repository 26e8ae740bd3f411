//! RSA.

use std::rc::Rc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaParameters, RsaSignatureEncoding,
};
use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};
use keystead_crypto::Message;

use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, prepared, there};
use crate::bench::crypto::keys::{Handle, Keys, MESSAGE};

struct Scheme {
    algorithm: SigningAlgorithm,
    encoding: &'static RsaSignatureEncoding,
    parameters: &'static RsaParameters,
}

const SCHEMES: [Scheme; 2] = [
    Scheme {
        algorithm: SigningAlgorithm::RsassaPssSha256,
        encoding: &RSA_PSS_SHA256,
        parameters: &RSA_PSS_2048_8192_SHA256,
    },
    Scheme {
        algorithm: SigningAlgorithm::RsassaPkcs1V15Sha256,
        encoding: &RSA_PKCS1_SHA256,
        parameters: &RSA_PKCS1_2048_8192_SHA256,
    },
];

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for spec in [KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096] {
        let (material, handle) = keys.pair(spec)?;
        let bare = prepared(KeyPair::from_pkcs8(material.expose()), "an RSA key")?;
        let bare = Rc::new(bare);
        for scheme in SCHEMES {
            contests.extend(signatures(spec, scheme, &handle, &bare)?);
        }
        let bare = prepared(
            PrivateDecryptingKey::from_pkcs8(material.expose()),
            "an RSA key",
        )?;
        contests.extend(encryption(spec, &handle, bare)?);
    }
    Ok(contests)
}

fn signatures(
    spec: KeySpec,
    Scheme {
        algorithm,
        encoding,
        parameters,
    }: Scheme,
    handle: &Handle,
    bare: &Rc<KeyPair>,
) -> Result<[Contest; 2], Error> {
    let message = Message::Raw(MESSAGE);
    let signature = there(handle.sign(algorithm, message), "a signature")?;
    let spki = prepared(bare.public_key().as_der(), "an RSA key")?;
    let verifying = prepared(
        ParsedPublicKey::new(parameters, spki.as_ref()),
        "an RSA key",
    )?;
    let (signer, verifier, bare, copy) = (
        handle.clone(),
        handle.clone(),
        Rc::clone(bare),
        signature.clone(),
    );
    Ok([
        Contest::new(
            format!("{spec} {algorithm} sign"),
            move || signer.sign(algorithm, message),
            move || {
                let mut out = vec![0; bare.public_modulus_len()];
                bare.sign(encoding, &SystemRandom::new(), MESSAGE, &mut out)
                    .ok()?;
                Some(out)
            },
        ),
        Contest::new(
            format!("{spec} {algorithm} verify"),
            move || verifier.verify(algorithm, message, &signature),
            move || verifying.verify_sig(MESSAGE, &copy).ok(),
        ),
    ])
}

fn encryption(
    spec: KeySpec,
    handle: &Handle,
    bare: PrivateDecryptingKey,
) -> Result<[Contest; 2], Error> {
    let algorithm = EncryptionAlgorithm::RsaesOaepSha256;
    let ciphertext = there(handle.encrypt(algorithm), "a ciphertext")?;
    let public = prepared(
        OaepPublicEncryptingKey::new(bare.public_key()),
        "an RSA key",
    )?;
    let private = prepared(OaepPrivateDecryptingKey::new(bare), "an RSA key")?;
    let (encrypter, decrypter, copy) = (handle.clone(), handle.clone(), ciphertext.clone());
    Ok([
        Contest::new(
            format!("{spec} {algorithm} encrypt"),
            move || encrypter.encrypt(algorithm),
            move || {
                let mut out = vec![0; public.ciphertext_size()];
                public
                    .encrypt(&OAEP_SHA256_MGF1SHA256, MESSAGE, &mut out, None)
                    .ok()?;
                Some(out)
            },
        ),
        Contest::new(
            format!("{spec} {algorithm} decrypt"),
            move || decrypter.decrypt(algorithm, &ciphertext),
            move || {
                let mut out = vec![0; private.min_output_size()];
                private
                    .decrypt(&OAEP_SHA256_MGF1SHA256, &copy, &mut out, None)
                    .ok()?;
                Some(out)
            },
        ),
    ])
}
