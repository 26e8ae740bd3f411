//! Private keys in PKCS#8 (RFC 5958), as DER or in PEM (RFC 7468).

use std::path::Path;

use keystead_crypto::SecretBytes;
use rustls::pki_types::pem::{PemObject as _, SectionKind};

use super::error::ImportError;

/// What every PEM section begins with.
const PEM: &[u8] = b"-----BEGIN ";

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
/// often in the same file.
fn from_pem(path: &Path, bytes: &SecretBytes) -> Result<SecretBytes, ImportError> {
    let not_there = || ImportError::NotPkcs8 {
        path: path.to_owned(),
    };
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(bytes.expose()) {
        let (kind, der) = section.map_err(|source| ImportError::Pem {
            path: path.to_owned(),
            source,
        })?;
        // Whatever it is, it is wiped.
        let der = SecretBytes::from(der);
        if kind == SectionKind::PrivateKey {
            return Ok(der);
        }
    }
    Err(not_there())
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
            pem.replace('\n', "\r\n"),
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
        let cut = b"-----BEGIN PRIVATE KEY-----\nMAA=\n";
        assert!(matches!(read(cut), Err(ImportError::Pem { .. })));
    }
}
