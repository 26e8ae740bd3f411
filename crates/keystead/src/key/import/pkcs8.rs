//! Private keys in PKCS#8 (RFC 5958), as DER or in PEM (RFC 7468).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_crypto::SecretBytes;

use super::error::{ImportError, PemFlaw};

/// What every PEM section begins with.
const PEM: &[u8] = b"-----BEGIN ";

/// The lines around a private key in PKCS#8 (RFC 7468, section 10).
const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
const END: &[u8] = b"-----END PRIVATE KEY-----";

/// The private key in a file, as DER.
pub(super) fn private_key(path: &Path, bytes: SecretBytes) -> Result<SecretBytes, ImportError> {
    let is_pem = bytes.expose().windows(PEM.len()).any(|found| found == PEM);
    let der = match is_pem {
        true => from_pem(path, &bytes)?,
        false => bytes,
    };
    match is_pkcs8(der.expose()) {
        true => Ok(der),
        false => Err(ImportError::NotPkcs8 {
            path: path.to_owned(),
        }),
    }
}

/// The first section with a private key in PKCS#8; others are passed over, as certificates are
/// often in the same file. It is read here since libraries gather the text of a section in memory
/// that nobody wipes.
fn from_pem(path: &Path, bytes: &SecretBytes) -> Result<SecretBytes, ImportError> {
    let mut lines = bytes.expose().split(|byte| *byte == b'\n');
    if !lines.any(|line| line.trim_ascii() == BEGIN) {
        return Err(ImportError::NotPkcs8 {
            path: path.to_owned(),
        });
    }
    let flawed = |flaw| ImportError::Pem {
        path: path.to_owned(),
        flaw,
    };
    let text = SecretBytes::try_filled_in_part(bytes.len(), |place| gather(lines, place));
    let text = text.map_err(flawed)?;
    SecretBytes::try_filled_in_part(text.len(), |place| {
        STANDARD.decode_slice(text.expose(), place)
    })
    .map_err(|_| flawed(PemFlaw::NotBase64))
}

/// Copies the lines before the end of the section into one, and tells how long it is.
fn gather<'a>(lines: impl Iterator<Item = &'a [u8]>, place: &mut [u8]) -> Result<usize, PemFlaw> {
    let mut filled = 0;
    for line in lines.map(<[u8]>::trim_ascii) {
        if line == END {
            return Ok(filled);
        }
        // What is gathered is shorter than the file, which the place is as long as.
        let end = filled.saturating_add(line.len());
        let part = place.get_mut(filled..end).ok_or(PemFlaw::NoEnd)?;
        part.copy_from_slice(line);
        filled = end;
    }
    Err(PemFlaw::NoEnd)
}

/// Whether it is one sequence that begins as `PrivateKeyInfo` and `OneAsymmetricKey` do, with a
/// version and another sequence: PKCS#1 and SEC 1 go on with something else.
fn is_pkcs8(der: &[u8]) -> bool {
    matches!(content(der), Some([0x02, 0x01, 0 | 1, 0x30, ..]))
}

/// What is in the one DER sequence that this is.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, content) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&[length], rest) = rest.split_first_chunk()?;
            (usize::from(length), rest)
        }
        0x82 => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(length)), rest)
        }
        _ => return None,
    };
    (tag == 0x30 && content.len() == length).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
        let secret = SecretBytes::from(bytes.to_vec());
        private_key(Path::new("k.pem"), secret).map(|der| der.expose().to_vec())
    }

    #[test]
    fn der_and_pem_are_the_same() {
        let pair = rcgen::KeyPair::generate().unwrap();
        let der = pair.serialize_der();
        assert_eq!(read(&der).unwrap(), der);
        let pem = pair.serialize_pem();
        let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for text in [
            pem.clone(),
            format!("{certificate}{pem}"),
            format!("Key of\r\nsomebody\n{pem}{certificate}"),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', " \n"),
            pem.trim_end().to_owned(),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), der);
        }
        for wrong in [
            &der[1..],
            &der[..der.len() - 1],
            b"",
            b"\x30",
            b"\x30\x80",
            b"secret",
        ] {
            assert!(matches!(read(wrong), Err(ImportError::NotPkcs8 { .. })));
        }
    }

    #[test]
    fn other_forms_are_told_how_to_be_turned_over() {
        for kind in [
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "X",
        ] {
            let text = format!("-----BEGIN {kind}-----\nMAA=\n-----END {kind}-----\n");
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("openssl pkcs8 -topk8"), "{error}");
        }
        // PKCS#1 and SEC 1 in DER.
        for other in [
            &b"\x30\x06\x02\x01\x00\x02\x01\x03"[..],
            b"\x30\x05\x02\x01\x01\x04\x00",
        ] {
            assert!(matches!(read(other), Err(ImportError::NotPkcs8 { .. })));
        }
    }

    #[test]
    fn what_is_wrong_with_a_section_is_told() {
        let begun = "-----BEGIN PRIVATE KEY-----\nMAA=\n";
        let ended = "-----END PRIVATE KEY-----\n";
        for (text, expected) in [
            (begun.to_owned(), PemFlaw::NoEnd),
            (
                format!("{begun}-----END EC PRIVATE KEY-----\n"),
                PemFlaw::NoEnd,
            ),
            (format!("{begun}!{ended}"), PemFlaw::NoEnd),
            (format!("{begun}!\n{ended}"), PemFlaw::NotBase64),
            (format!("{begun}MAA=\n{ended}"), PemFlaw::NotBase64),
        ] {
            match read(text.as_bytes()) {
                Err(ImportError::Pem { flaw, .. }) => assert_eq!(flaw, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        // Nothing in it is base64, and no private key.
        let empty = format!("-----BEGIN PRIVATE KEY-----\n{ended}");
        assert!(matches!(
            read(empty.as_bytes()),
            Err(ImportError::NotPkcs8 { .. })
        ));
    }
}
