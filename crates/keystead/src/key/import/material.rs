//! Reading material: into memory that is wiped, past every buffer that is not.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::path::Path;

use keystead_core::key::KeySpec;
use keystead_crypto::SecretBytes;

use super::error::ImportError;
use super::pkcs8;
use crate::text_file::STANDARD_INPUT;

/// The longest file that is read, in bytes: several times a private key of RSA in PEM.
const MAX_BYTES: usize = 16 * 1024;

/// Reads the material of a key of this kind, in the form in which it is wrapped.
pub(super) fn read(path: &Path, spec: KeySpec) -> Result<SecretBytes, ImportError> {
    let bytes = read_file(path).map_err(|source| ImportError::Read {
        path: path.to_owned(),
        source,
    })?;
    match length(spec) {
        None => pkcs8::private_key(path, bytes),
        Some(expected) if bytes.len() == expected => Ok(bytes),
        Some(expected) => Err(ImportError::Length {
            path: path.to_owned(),
            found: bytes.len(),
            spec,
            expected,
            is_text: is_encoded(bytes.expose()),
        }),
    }
}

/// How long a secret key is, in bytes; nothing of private keys, which are structures.
fn length(spec: KeySpec) -> Option<usize> {
    match spec.mac_algorithms() {
        [algorithm, ..] => Some(algorithm.mac_len()),
        [] if spec.is_symmetric_encryption() => Some(32),
        [] => None,
    }
}

/// Whether the bytes are text as of hexadecimal or base64.
fn is_encoded(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\n\r".contains(byte);
    !text.is_empty() && text.iter().all(is_letter)
}

fn read_file(path: &Path) -> io::Result<SecretBytes> {
    // Standard input by its descriptor: the library's own handle has a buffer.
    let mut file = match path == Path::new(STANDARD_INPUT) {
        true => File::from(io::stdin().as_fd().try_clone_to_owned()?),
        false => File::open(path)?,
    };
    let bytes = SecretBytes::try_filled_in_part(MAX_BYTES + 1, |place| fill(&mut file, place))?;
    match bytes.len() <= MAX_BYTES {
        true => Ok(bytes),
        false => Err(io::Error::other("it is longer than any key's material")),
    }
}

/// Reads until the end, or until the place is full.
fn fill(file: &mut File, place: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = place.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn secret_keys_have_exactly_their_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        for (spec, length) in [
            (KeySpec::SymmetricDefault, 32),
            (KeySpec::Hmac224, 28),
            (KeySpec::Hmac256, 32),
            (KeySpec::Hmac384, 48),
            (KeySpec::Hmac512, 64),
        ] {
            fs::write(&path, vec![0xff; length]).unwrap();
            assert_eq!(read(&path, spec).unwrap().expose(), vec![0xff; length]);
            for wrong in [0, length - 1, length + 1] {
                fs::write(&path, vec![0xff; wrong]).unwrap();
                let error = read(&path, spec).unwrap_err().to_string();
                assert!(error.contains(&format!("has {wrong} bytes")), "{error}");
                assert!(!error.contains("decode"), "{error}");
            }
        }
        fs::write(&path, "00".repeat(32) + "\n").unwrap();
        let error = read(&path, KeySpec::Hmac256).unwrap_err().to_string();
        assert!(error.contains("decode it first"), "{error}");
    }

    #[test]
    fn what_can_not_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        for (path, length) in [
            (folder.path(), None),
            (&path, None),
            (&path, Some(MAX_BYTES + 1)),
        ] {
            if let Some(length) = length {
                fs::write(path, vec![0; length]).unwrap();
            }
            let error = read(path, KeySpec::Hmac256).unwrap_err();
            assert!(matches!(error, ImportError::Read { .. }), "{error}");
        }
    }
}
