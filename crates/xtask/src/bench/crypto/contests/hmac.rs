//! HMAC.

use aws_lc_rs::hmac::{self, Algorithm, HMAC_SHA224, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key};
use keystead_core::key::KeySpec;
use keystead_crypto::SecretBytes;

use crate::bench::Error;
use crate::bench::crypto::contest::{Contest, there};
use crate::bench::crypto::keys::{Keys, MESSAGE};

const KINDS: [(KeySpec, Algorithm); 4] = [
    (KeySpec::Hmac224, HMAC_SHA224),
    (KeySpec::Hmac256, HMAC_SHA256),
    (KeySpec::Hmac384, HMAC_SHA384),
    (KeySpec::Hmac512, HMAC_SHA512),
];

pub(super) fn contests(keys: &Keys) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for (spec, algorithm) in KINDS {
        let material = vec![0x5a; algorithm.tag_len()];
        let bare = Key::new(algorithm, &material);
        let handle = keys.import(spec, &SecretBytes::from(material))?;
        let mac = there(handle.key().mac(), "an HMAC key")?.sign(MESSAGE)?;
        let (signer, verifier, signing, verifying) = (handle.clone(), handle, bare.clone(), bare);
        let copy = mac.clone();
        contests.push(Contest::new(
            format!("{spec} generate"),
            move || signer.key().mac()?.sign(MESSAGE).ok(),
            move || Some(hmac::sign(&signing, MESSAGE)),
        ));
        contests.push(Contest::new(
            format!("{spec} verify"),
            move || verifier.key().mac()?.verify(MESSAGE, &mac).ok(),
            move || hmac::verify(&verifying, MESSAGE, &copy).ok(),
        ));
    }
    Ok(contests)
}
