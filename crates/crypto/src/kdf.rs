//! Deriving a key for one message or value (NIST SP 800-108r1, section 4.1).

use aws_lc_rs::kdf::{KbkdfCtrHmacAlgorithmId, get_kbkdf_ctr_hmac_algorithm, kbkdf_ctr_hmac};

use crate::{CryptoError, canonical::concat, random::SALT_LEN};

const LABEL_LEN: usize = 16;
const INFO_LEN: usize = LABEL_LEN + 1 + SALT_LEN + 4;

/// What the derived key is for. All labels have one length and differ, so no two uses can share a
/// key.
#[derive(Clone, Copy)]
pub(crate) enum Label {
    /// The AES-256 key of one ciphertext blob.
    Blob,
    /// The AES-256 key of one sealed value.
    Sealed,
    /// The public fingerprint of a sealing key.
    Fingerprint,
    /// The public id of imported key material.
    MaterialId,
}

/// What every message begins with whose HMAC-SHA-256 is a derivation: the counter of the first block
/// and what all labels begin with, those of later versions too.
const RESERVED: &[u8; 13] = b"\0\0\0\x01keystead ";

/// Whether the HMAC-SHA-256 of a message, under a secret, may be something that [`derive`] makes of
/// that secret. Whoever could have it made would have the key of any ciphertext under a key of
/// symmetric encryption whose material was also imported as one of HMAC.
pub(crate) fn is_reserved(message: &[u8]) -> bool {
    message.starts_with(RESERVED)
}

impl Label {
    fn bytes(self) -> &'static [u8; LABEL_LEN] {
        match self {
            Self::Blob => b"keystead blob v1",
            Self::Sealed => b"keystead seal v1",
            Self::Fingerprint => b"keystead name v1",
            Self::MaterialId => b"keystead meta v1",
        }
    }
}

/// Fills `out` from `secret` in counter mode with HMAC-SHA-256 and a 32-bit counter before the
/// fixed input `label ‖ 0x00 ‖ context ‖ [length of out in bits]₃₂`. Up to 256 bits are one HMAC.
///
/// # Errors
/// [`CryptoError::LibraryRefused`], which none of this crate's lengths cause.
pub(crate) fn derive(
    secret: &[u8],
    label: Label,
    context: &[u8; SALT_LEN],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    const REFUSED: CryptoError = CryptoError::LibraryRefused {
        operation: "derive a key",
    };
    let bits = u32::try_from(out.len() * 8).map_err(|_| REFUSED)?;
    let info: [u8; INFO_LEN] = concat(&[label.bytes(), &[0], context, &bits.to_be_bytes()]);
    let algorithm = get_kbkdf_ctr_hmac_algorithm(KbkdfCtrHmacAlgorithmId::Sha256).ok_or(REFUSED)?;
    kbkdf_ctr_hmac(algorithm, secret, &info, out).map_err(|_| REFUSED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::unhex;

    /// NIST CAVP, SP 800-108 counter mode, HMAC_SHA256, counter of 32 bits before the fixed data, L
    /// = 256: the library's function, whose fixed input is ours to lay out, is the one that the
    /// standard means.
    #[test]
    fn the_function_agrees_with_nist() {
        let cases = [
            (
                "e204d6d466aad507ffaf6d6dab0a5b26152c9e21e764370464e360c8fbc765c6",
                "7b03b98d9f94b899e591f3ef264b71b193fba7043c7e953cde23bc5384bc1a62\
                 93580115fae3495fd845dadbd02bd6455cf48d0f62b33e62364a3a80",
                "770dfab6a6a4a4bee0257ff335213f78d8287b4fd537d5c1fffa956910e7c779",
            ),
            (
                "aeeeca60f689a441b13b0cbcd441d82df0cf87dac236290dece8931df8d70317",
                "588ec041e5733b7031212c5538efe4f6aafa4cda8b925d261f5a2688f007b3ac\
                 240ee12991e77b8cb8538678615966164a81872bd1cfcbfb39a4f450",
                "3e81d6113cee3c529ecedff89a6999ce25b618c15ee1d19d45cb376a1c8e2374",
            ),
        ];
        for (secret, info, expected) in cases {
            let algorithm = get_kbkdf_ctr_hmac_algorithm(KbkdfCtrHmacAlgorithmId::Sha256).unwrap();
            let mut derived = [0; 32];
            kbkdf_ctr_hmac(algorithm, &unhex(secret), &unhex(info), &mut derived).unwrap();
            assert_eq!(derived.as_slice(), unhex(expected));
        }
    }

    fn derived<const N: usize>(secret: u8, label: Label, context: u8) -> [u8; N] {
        let mut out = [0; N];
        derive(&[secret; 32], label, &[context; 16], &mut out).unwrap();
        out
    }

    #[test]
    fn every_input_changes_the_key() {
        let base: [u8; 32] = derived(1, Label::Blob, 2);
        assert_eq!(base, derived(1, Label::Blob, 2));
        assert_ne!(base, derived(3, Label::Blob, 2));
        assert_ne!(base, derived(1, Label::Sealed, 2));
        assert_ne!(base, derived(1, Label::Fingerprint, 2));
        assert_ne!(base, derived(1, Label::Blob, 3));
    }

    #[test]
    fn what_derives_is_reserved() {
        use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
        for label in [
            Label::Blob,
            Label::Sealed,
            Label::Fingerprint,
            Label::MaterialId,
        ] {
            let input: [u8; 4 + INFO_LEN] = concat(&[
                &1_u32.to_be_bytes(),
                label.bytes(),
                &[0],
                &[2; SALT_LEN],
                &256_u32.to_be_bytes(),
            ]);
            let mac = sign(&Key::new(HMAC_SHA256, &[1; 32]), &input);
            assert_eq!(mac.as_ref(), derived::<32>(1, label, 2));
            assert!(is_reserved(&input));
        }
        assert!(!is_reserved(b"keystead blob v1"));
        assert!(!is_reserved(&RESERVED[..RESERVED.len() - 1]));
    }

    #[test]
    fn a_shorter_key_is_not_a_prefix() {
        let long: [u8; 32] = derived(1, Label::Fingerprint, 0);
        let short: [u8; 16] = derived(1, Label::Fingerprint, 0);
        assert_ne!(long[..16], short);
    }
}
