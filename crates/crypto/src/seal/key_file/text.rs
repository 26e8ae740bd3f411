//! A key file's text. Whoever restores one from paper or a damaged disk learns what is wrong with
//! it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{SecretArray, SecretBytes, envelope::SealingKey, seal::KeyFileFault};

const HEADER: &str = "keystead-key-file v1";
const CHECKSUM_LEN: usize = 8;
const CONTENT_LEN: usize = SealingKey::LEN + CHECKSUM_LEN;
const BASE64_LEN: usize = CONTENT_LEN.div_ceil(3) * 4;

/// The longest text that can be a key file, in bytes: header, key and two line ends.
pub(super) const MAX_TEXT_LEN: usize = HEADER.len() + BASE64_LEN + 4;

pub(super) fn encode(key: &SealingKey) -> SecretBytes {
    // Exposed to be written where the operator keeps it.
    let secret = key.expose();
    let mut content = Zeroizing::new(Vec::with_capacity(CONTENT_LEN));
    content.extend_from_slice(secret);
    content.extend_from_slice(&checksum(secret));
    // Not `encode_string`, whose buffer on the stack would keep a copy.
    let encoded = Zeroizing::new(STANDARD.encode(content.as_slice()));
    let mut text = String::with_capacity(MAX_TEXT_LEN);
    text.push_str(HEADER);
    text.push('\n');
    text.push_str(&encoded);
    text.push('\n');
    text.into_bytes().into()
}

pub(super) fn decode(text: &[u8]) -> Result<SealingKey, KeyFileFault> {
    if text.trim_ascii().is_empty() {
        return Err(KeyFileFault::Empty);
    }
    let mut lines = text
        .splitn(2, |byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    if lines.next() != Some(HEADER.as_bytes()) {
        return Err(KeyFileFault::Header);
    }
    let encoded = lines
        .next()
        .filter(|line| line.len() == BASE64_LEN)
        .ok_or(KeyFileFault::Length)?;
    // One block more than is needed: the decoder wants room for what the padding takes away.
    let mut content = Zeroizing::new([0; CONTENT_LEN + 3]);
    let length = STANDARD
        .decode_slice(encoded, content.as_mut_slice())
        .map_err(|_| KeyFileFault::Base64)?;
    if length != CONTENT_LEN {
        return Err(KeyFileFault::Length);
    }
    let (secret, rest) = content.split_at(SealingKey::LEN);
    let secret = SecretArray::copied_from(secret).ok_or(KeyFileFault::Length)?;
    if !rest.starts_with(&checksum(secret.expose())) {
        return Err(KeyFileFault::Checksum);
    }
    SealingKey::new(secret).map_err(|_| KeyFileFault::Checksum)
}

/// A few bytes of a hash, against accidents only: it stands beside the key.
fn checksum(secret: &[u8; SealingKey::LEN]) -> [u8; CHECKSUM_LEN] {
    let mut sum = [0; CHECKSUM_LEN];
    for (to, from) in sum.iter_mut().zip(digest(&SHA256, secret).as_ref()) {
        *to = *from;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::testing::SeededRandom;

    fn key() -> SealingKey {
        SealingKey::generate(&SeededRandom::new("file")).unwrap()
    }

    fn text() -> String {
        String::from_utf8(encode(&key()).expose().to_vec()).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(text().len(), HEADER.len() + 1 + BASE64_LEN + 1);
        for variant in [
            text(),
            text().trim_end().to_owned(),
            text().replace('\n', "\r\n"),
        ] {
            assert!(variant.len() <= MAX_TEXT_LEN);
            assert_eq!(decode(variant.as_bytes()).unwrap(), key());
        }
    }

    #[test]
    fn each_fault_is_named() {
        let good = text();
        let body = good.lines().nth(1).unwrap();
        let with = |body: &str| format!("{HEADER}\n{body}\n");
        let cases = [
            (String::new(), KeyFileFault::Empty),
            (" \n".to_owned(), KeyFileFault::Empty),
            (body.to_owned(), KeyFileFault::Header),
            (good.replace("v1", "v2"), KeyFileFault::Header),
            (format!("\n{good}"), KeyFileFault::Header),
            (HEADER[..10].to_owned(), KeyFileFault::Header),
            (HEADER.to_owned(), KeyFileFault::Length),
            (with(&body[..body.len() - 1]), KeyFileFault::Length),
            (with(&format!("{body}AAAA")), KeyFileFault::Length),
            (
                with(&format!("{}====", &body[..BASE64_LEN - 4])),
                KeyFileFault::Base64,
            ),
            (format!("{good}{good}"), KeyFileFault::Length),
            (
                with(&body.replacen(&body[..1], "*", 1)),
                KeyFileFault::Base64,
            ),
            (with(&body.replace('=', "A")), KeyFileFault::Length),
            (
                with(&body.chars().rev().collect::<String>()),
                KeyFileFault::Base64,
            ),
            (
                with(&format!("{}{}", &body[4..8], &body[4..])),
                KeyFileFault::Checksum,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text.as_bytes()).unwrap_err(), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_character_is_noticed(position in 0usize..77, replacement in any::<u8>()) {
            let mut bytes = text().into_bytes();
            prop_assume!(bytes[position] != replacement);
            bytes[position] = replacement;
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn any_bytes_are_judged_without_panic(bytes in vec(any::<u8>(), 0..200)) {
            prop_assert!(decode(&bytes).is_err());
            prop_assert!(decode(&[HEADER.as_bytes(), b"\n", &bytes].concat()).is_err());
        }
    }
}
