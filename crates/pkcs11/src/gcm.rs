//! AES-256-GCM in the token, whoever makes the IV.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::ObjectHandle;
use cryptoki::types::Ulong;
use keystead_crypto::{Random, SecretBytes};

use crate::failure::Trouble;
use crate::pool::Seat;
use crate::{Error, IvSource};

/// Length of a tag in bytes; always the full one.
pub const TAG_LEN: usize = 16;

/// The most bytes that are encrypted in one call: twice what KMS's `Encrypt` takes. All tokens that are known take as much
/// in one piece (AWS CloudHSM: 16,224).
pub const PLAINTEXT_LIMIT: usize = 8192;

/// Length of the IVs that callers make, and of those that tokens fill in (NIST SP 800-38D, section 8.2).
const IV_LEN: usize = 12;

/// The longest IV that a token makes.
const IV_MAX: usize = 16;

/// The IV of one message: 12 bytes, or 16 from a token that makes such (Thales Luna).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iv {
    bytes: [u8; IV_MAX],
    length: usize,
}

impl Iv {
    /// The IV of these bytes, or `None` unless there are 12 or 16 of them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != IV_LEN && bytes.len() != IV_MAX {
            return None;
        }
        let mut iv = Self {
            bytes: [0; IV_MAX],
            length: bytes.len(),
        };
        iv.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(iv)
    }

    /// The bytes: 12 or 16.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// An encrypted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The IV, different for each message.
    pub iv: Iv,
    /// As long as the plaintext.
    pub ciphertext: Vec<u8>,
    /// The tag over additional data and ciphertext.
    pub tag: [u8; TAG_LEN],
}

/// Encrypts under a key; see [`Token::encrypt`](crate::Token::encrypt).
pub(crate) fn encrypt(
    seat: &Seat<'_>,
    key: ObjectHandle,
    random: &dyn Random,
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Trouble> {
    let source = seat.connection.vendor.iv;
    let mut iv = match source {
        IvSource::Caller => {
            let mut iv = vec![0; IV_LEN];
            random.fill(&mut iv).map_err(|_| Error::RandomUnavailable)?;
            iv
        }
        IvSource::TokenFills => vec![0; IV_LEN],
        IvSource::TokenAppends => Vec::new(),
    };
    let output = seat
        .session
        .encrypt(&mechanism(&mut iv, aad)?, key, plaintext)?;
    Ok(take_apart(source, iv, output, plaintext.len())?)
}

/// Decrypts under a key; see [`Token::decrypt`](crate::Token::decrypt).
pub(crate) fn decrypt(
    seat: &Seat<'_>,
    key: ObjectHandle,
    random: &dyn Random,
    aad: &[u8],
    sealed: &Sealed,
) -> Result<SecretBytes, Trouble> {
    let input = [sealed.ciphertext.as_slice(), &sealed.tag].concat();
    let mut iv = sealed.iv.as_bytes().to_vec();
    let error = match seat.session.decrypt(&mechanism(&mut iv, aad)?, key, &input) {
        // Taken over, not copied: what the library wrote is wiped.
        Ok(plaintext) => return Ok(SecretBytes::from(plaintext)),
        Err(error) => error,
    };
    match blame(&error) {
        Blame::Message => Err(Error::InvalidCiphertext.into()),
        Blame::MessageOrToken if works(seat, key, random) => Err(Error::InvalidCiphertext.into()),
        Blame::MessageOrToken | Blame::Token => Err(error.into()),
    }
}

/// Who is to blame for a decryption that failed.
#[derive(Debug, PartialEq, Eq)]
enum Blame {
    Message,
    /// Tokens answer so to a wrong tag, and to other things.
    MessageOrToken,
    Token,
}

fn blame(error: &CryptokiError) -> Blame {
    /// `CKR_AEAD_DECRYPT_FAILED` of PKCS#11 3.0, which the bindings don't know.
    const AEAD_DECRYPT_FAILED: u64 = 0x35;
    let CryptokiError::Pkcs11(value, _) = error else {
        return Blame::Token;
    };
    match value {
        RvError::EncryptedDataInvalid
        | RvError::EncryptedDataLenRange
        | RvError::SignatureInvalid
        | RvError::UnknownErrorCode(AEAD_DECRYPT_FAILED) => Blame::Message,
        RvError::GeneralError
        | RvError::FunctionFailed
        | RvError::DeviceError
        | RvError::DataInvalid
        | RvError::DataLenRange
        | RvError::VendorDefined(_) => Blame::MessageOrToken,
        _ => Blame::Token,
    }
}

/// Whether the token works under this key: it decrypts what it encrypts.
fn works(seat: &Seat<'_>, key: ObjectHandle, random: &dyn Random) -> bool {
    const PROBE: &[u8] = b"does the token work?";
    let sealed = encrypt(seat, key, random, &[], PROBE);
    let Ok(sealed) = sealed else {
        return false;
    };
    let input = [sealed.ciphertext.as_slice(), &sealed.tag].concat();
    let mut iv = sealed.iv.as_bytes().to_vec();
    let Ok(mechanism) = mechanism(&mut iv, &[]) else {
        return false;
    };
    let opened = seat.session.decrypt(&mechanism, key, &input);
    opened.is_ok_and(|opened| opened == PROBE)
}

fn mechanism<'a>(iv: &'a mut [u8], aad: &'a [u8]) -> Result<Mechanism<'a>, CryptokiError> {
    let tag_bits = Ulong::try_from(TAG_LEN * 8)?;
    Ok(Mechanism::AesGcm(GcmParams::new(iv, aad, tag_bits)?))
}

/// Splits what the token answered, by where its IV comes back.
fn take_apart(
    source: IvSource,
    iv: Vec<u8>,
    mut output: Vec<u8>,
    length: usize,
) -> Result<Sealed, Error> {
    let unexpected = |what| Error::Unexpected { what };
    let wrong_length = unexpected("a ciphertext of this length");
    if output.len() < length + TAG_LEN {
        return Err(wrong_length);
    }
    let appended = output.split_off(length + TAG_LEN);
    let iv = match source {
        IvSource::TokenAppends => appended,
        _ if !appended.is_empty() => return Err(wrong_length),
        IvSource::TokenFills if iv.iter().all(|byte| *byte == 0) => {
            return Err(unexpected("an IV that it should have made"));
        }
        IvSource::Caller | IvSource::TokenFills => iv,
    };
    let iv = Iv::from_bytes(&iv).ok_or_else(|| unexpected("an IV of this length"))?;
    let tag = output.split_off(length);
    let tag = tag.try_into().map_err(|_| wrong_length)?;
    Ok(Sealed {
        iv,
        ciphertext: output,
        tag,
    })
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn ivs_have_one_of_two_lengths() {
        for length in [0, 11, 13, 15, 17] {
            assert_eq!(Iv::from_bytes(&vec![1; length]), None, "{length}");
        }
        for length in [12, 16] {
            let bytes = vec![7; length];
            assert_eq!(Iv::from_bytes(&bytes).unwrap().as_bytes(), bytes);
        }
    }

    #[test]
    fn answers_are_taken_apart_by_where_the_iv_is() {
        // Two bytes of ciphertext, the tag, and what follows.
        let output = |appended: usize| {
            let mut output = vec![0xcc, 0xcd];
            output.extend([0x77; TAG_LEN]);
            output.extend(vec![0x11; appended]);
            output
        };
        let iv = |source, iv: Vec<u8>, appended| {
            let sealed = take_apart(source, iv, output(appended), 2)?;
            assert_eq!(sealed.ciphertext, [0xcc, 0xcd]);
            assert_eq!(sealed.tag, [0x77; TAG_LEN]);
            Ok::<_, Error>(sealed.iv.as_bytes().to_vec())
        };
        for (source, given, appended, expected) in [
            (IvSource::Caller, vec![5; 12], 0, vec![5; 12]),
            (IvSource::TokenFills, vec![6; 12], 0, vec![6; 12]),
            (IvSource::TokenAppends, vec![], 12, vec![0x11; 12]),
            (IvSource::TokenAppends, vec![], 16, vec![0x11; 16]),
        ] {
            assert_eq!(iv(source, given, appended), Ok(expected));
        }
        for (source, given, appended) in [
            (IvSource::Caller, vec![5; 12], 16),
            (IvSource::TokenFills, vec![0; 12], 0),
            (IvSource::TokenFills, vec![6; 12], 12),
            (IvSource::TokenAppends, vec![], 0),
            (IvSource::TokenAppends, vec![], 13),
        ] {
            let answer = iv(source, given, appended);
            assert!(
                matches!(answer, Err(Error::Unexpected { .. })),
                "{source:?}, {appended}"
            );
        }
        let short = take_apart(IvSource::Caller, vec![5; 12], vec![0; TAG_LEN], 2);
        assert!(matches!(short, Err(Error::Unexpected { .. })));
    }

    #[test]
    fn who_is_to_blame() {
        for (value, expected) in [
            (RvError::EncryptedDataInvalid, Blame::Message),
            (RvError::UnknownErrorCode(0x35), Blame::Message),
            (RvError::GeneralError, Blame::MessageOrToken),
            (RvError::DeviceRemoved, Blame::Token),
            (RvError::KeyHandleInvalid, Blame::Token),
        ] {
            let error = CryptokiError::Pkcs11(value, Function::Decrypt);
            assert_eq!(blame(&error), expected, "{value:?}");
        }
    }
}
