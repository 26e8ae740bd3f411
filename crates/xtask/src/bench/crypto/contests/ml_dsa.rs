//! ML-DSA, from the message and from μ.

use aws_lc_rs::signature::{
    KeyPair, ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87,
    ML_DSA_87_SIGNING, ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm,
    PqdsaVerificationAlgorithm,
};
use keystead_core::key::{KeySpec, SigningAlgorithm};
use keystead_crypto::{MU_LEN, Message, SecretBytes};
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature};

use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, prepared, there};
use crate::bench::crypto::keys::{Handle, Keys, MESSAGE};

const ALGORITHM: SigningAlgorithm = SigningAlgorithm::MlDsaShake256;
const MU: &[u8; MU_LEN] = &[0x5a; MU_LEN];

/// The contests of what begins with μ, for the key of a seed.
type FromMu = fn(KeySpec, &[u8; 32], &Handle) -> Result<[Contest; 2], Error>;

struct Set {
    spec: KeySpec,
    signing: &'static PqdsaSigningAlgorithm,
    verifying: &'static PqdsaVerificationAlgorithm,
    mu: FromMu,
}

const SETS: [Set; 3] = [
    Set {
        spec: KeySpec::MlDsa44,
        signing: &ML_DSA_44_SIGNING,
        verifying: &ML_DSA_44,
        mu: from_mu::<MlDsa44>,
    },
    Set {
        spec: KeySpec::MlDsa65,
        signing: &ML_DSA_65_SIGNING,
        verifying: &ML_DSA_65,
        mu: from_mu::<MlDsa65>,
    },
    Set {
        spec: KeySpec::MlDsa87,
        signing: &ML_DSA_87_SIGNING,
        verifying: &ML_DSA_87,
        mu: from_mu::<MlDsa87>,
    },
];

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for set in SETS {
        let what = "an ML-DSA key";
        let seed = [0x5a; 32];
        let bare = prepared(PqdsaKeyPair::from_seed(set.signing, &seed), what)?;
        let material = prepared(bare.to_pkcs8v1(), what)?;
        let handle = keys.import(set.spec, &SecretBytes::from(material.as_ref().to_vec()))?;
        contests.extend(from_message(&set, &handle, bare)?);
        contests.extend((set.mu)(set.spec, &seed, &handle)?);
    }
    Ok(contests)
}

fn from_message(set: &Set, handle: &Handle, bare: PqdsaKeyPair) -> Result<[Contest; 2], Error> {
    let message = Message::Raw(MESSAGE);
    let signature = there(handle.sign(ALGORITHM, message), "a signature")?;
    let public = ParsedPublicKey::new(set.verifying, bare.public_key().as_ref());
    let public = prepared(public, "an ML-DSA key")?;
    let (signer, verifier, copy) = (handle.clone(), handle.clone(), signature.clone());
    Ok([
        Contest::new(
            format!("{} sign", set.spec),
            move || signer.sign(ALGORITHM, message),
            move || {
                let mut out = vec![0; bare.algorithm().signature_len()];
                bare.sign(MESSAGE, &mut out).ok()?;
                Some(out)
            },
        ),
        Contest::new(
            format!("{} verify", set.spec),
            move || verifier.verify(ALGORITHM, message, &signature),
            move || public.verify_sig(MESSAGE, &copy).ok(),
        ),
    ])
}

fn from_mu<P: MlDsaParams + 'static>(
    spec: KeySpec,
    seed: &[u8; 32],
    handle: &Handle,
) -> Result<[Contest; 2], Error> {
    let message = Message::ExternalMu(MU);
    let signature = there(handle.sign(ALGORITHM, message), "a signature")?;
    let bare = ExpandedSigningKey::<P>::from_seed(seed.into());
    let public = bare.verifying_key();
    let copy = prepared(
        Signature::<P>::try_from(signature.as_slice()),
        "a signature",
    )?;
    let (signer, verifier) = (handle.clone(), handle.clone());
    Ok([
        Contest::new(
            format!("{spec} sign from μ"),
            move || signer.sign(ALGORITHM, message),
            move || {
                bare.sign_mu_randomized(MU.into(), &mut super::SystemRng)
                    .ok()
                    .map(|signature| signature.encode())
            },
        ),
        Contest::new(
            format!("{spec} verify from μ"),
            move || verifier.verify(ALGORITHM, message, &signature),
            move || public.verify_mu(MU.into(), &copy).then_some(()),
        ),
    ])
}
