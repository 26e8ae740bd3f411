//! Strings, numbers, booleans and blobs. (Enums are declared by each model.)

use base64_simd::{AsOut as _, STANDARD};
use serde::de::Error;
use zeroize::Zeroizing;

use super::sensitive::Sensitive;
use super::token::{FromWire, Scalar, without_message};

impl FromWire for String {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) | Scalar::Parameter(text) => Ok(text.to_owned()),
            other => Err(other.unfit("a String")),
        }
    }
}

impl FromWire for Sensitive {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        String::from_scalar(scalar).map(Self::from)
    }
}

impl FromWire for i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "AWS truncates decimals, and the cast saturates"
    )]
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Number(number) => Ok(number),
            Scalar::Decimal(number) => Ok(number as Self),
            Scalar::Parameter(text) => text.parse().map_err(|_| scalar.unfit("an Integer")),
            other => Err(other.unfit("an Integer")),
        }
    }
}

impl FromWire for bool {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Boolean(boolean) => Ok(boolean),
            Scalar::Parameter(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Scalar::Parameter(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            other => Err(other.unfit("a Boolean")),
        }
    }
}

impl FromWire for Vec<u8> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) | Scalar::Parameter(text) => {
                let decoded = STANDARD.decode_to_vec(text);
                decoded.map_err(|_| without_message())
            }
            other => Err(other.unfit(BLOB)),
        }
    }
}

impl FromWire for Zeroizing<Vec<u8>> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) | Scalar::Parameter(text) => {
                decode_secret(text).ok_or_else(without_message)
            }
            other => Err(other.unfit(BLOB)),
        }
    }
}

const BLOB: &str = "a Blob";

/// Decodes into a buffer of the final size: one that grew would leave a copy of the secret behind.
pub(crate) fn decode_secret(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut secret = Zeroizing::new(vec![0; text.len().div_ceil(4) * 3]);
    let decoded = STANDARD.decode(text.as_bytes(), secret.as_out()).ok()?;
    let length = decoded.len();
    secret.truncate(length);
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict() {
        for (text, bytes) in [("", &b""[..]), ("aGk=", b"hi"), ("AAAA", &[0, 0, 0])] {
            assert_eq!(decode_secret(text).unwrap().as_slice(), bytes);
        }
        for bad in [
            "aGk", "aGl=", "a", "aGk=\n", "aG k=", "-_-_", "aGk==", "====", "é",
        ] {
            assert!(decode_secret(bad).is_none(), "{bad}");
        }
    }
}
