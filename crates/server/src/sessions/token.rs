//! The text of a session token: base64 of a sealed value.
//!
//! | Bytes | What is sealed |
//! |---|---|
//! | 1 | version: 1 |
//! | 30 | the bytes of the secret access key |
//! | n | the [`Claims`], JSON |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::claims::Claims;
use super::credentials::Secret;
use super::keys::SessionKeys;
use crate::fault::Internal;

const VERSION: u8 = 1;

/// What a token holds.
pub(super) struct Opened {
    pub(super) claims: Claims,
    pub(super) secret: Secret,
}

/// Makes a session's token.
pub(super) fn seal(
    keys: &SessionKeys,
    claims: &Claims,
    secret: &Secret,
) -> Result<Zeroizing<String>, Internal> {
    let claims = serde_json::to_vec(claims)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(1 + Secret::BYTES + claims.len()));
    plaintext.push(VERSION);
    plaintext.extend_from_slice(secret.expose());
    plaintext.extend_from_slice(&claims);
    let sealed = keys.seal(&plaintext)?;
    Ok(Zeroizing::new(STANDARD.encode(sealed)))
}

/// Opens a session's token; `None` for whatever is not one of ours, without a word why.
pub(super) fn open(keys: &SessionKeys, token: &str) -> Option<Opened> {
    let sealed = STANDARD.decode(token).ok()?;
    let plaintext = keys.open(&sealed)?;
    let (&VERSION, rest) = plaintext.expose().split_first()? else {
        return None;
    };
    let (secret, claims) = rest.split_at_checked(Secret::BYTES)?;
    Some(Opened {
        claims: serde_json::from_slice(claims).ok()?,
        secret: Secret::from_bytes(secret)?,
    })
}
