//! From an output to a body.

use std::fmt;

use base64_simd::STANDARD;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::model::{Recorded, RecordedValue};

/// An operation's output.
pub trait Output {
    /// Writes the body of the reply.
    fn encode(&self) -> Vec<u8>;
}

/// The output of an operation that has none: an empty body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoOutput;

impl Output for NoOutput {
    fn encode(&self) -> Vec<u8> {
        Vec::new()
    }
}

impl Recorded for NoOutput {
    fn recorded(&self) -> Vec<(&'static str, RecordedValue)> {
        Vec::new()
    }
}

/// The output of an operation whose structure has no members: an empty object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptyOutput;

impl Output for EmptyOutput {
    fn encode(&self) -> Vec<u8> {
        b"{}".to_vec()
    }
}

/// Bytes, written in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_blob(&self.0, serializer)
    }
}

/// Writes bytes in base64.
pub(crate) fn serialize_blob<S: Serializer>(
    bytes: &[u8],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Base64 has nothing to escape: raw text is copied, where a string is looked through byte by byte.
    let mut text = String::with_capacity(STANDARD.encoded_length(bytes.len()) + 2);
    text.push('"');
    STANDARD.encode_append(bytes, &mut text);
    text.push('"');
    let raw = RawValue::from_string(text).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

/// Secret bytes, written in base64 into the reply: only for replies that the caller asked the secret of.
/// They are wiped when dropped and not shown by `Debug`.
pub struct SecretBlob(pub Zeroizing<Vec<u8>>);

impl fmt::Debug for SecretBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBlob(..)")
    }
}

impl Serialize for SecretBlob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_secret_blob(&self.0, serializer)
    }
}

/// Writes secret bytes in base64, by way of a text that is wiped.
pub(crate) fn serialize_secret_blob<S: Serializer>(
    secret: &[u8],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text: Zeroizing<String> = Zeroizing::new(STANDARD.encode_to_string(secret));
    serializer.serialize_str(&text)
}

/// Declares outputs and the structures inside them, one line for each member:
///
/// ```text
/// ListKeys {
///     "Truncated" truncated: bool = always;
///     "NextMarker" next_marker: Option<String> = present;     written if there is one
/// }
/// ```
macro_rules! outputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident;)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {$(
            #[doc = concat!("`", $member, "`.")]
            pub $field: $type,
        )*}

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut members = serializer.serialize_map(None)?;
                $($crate::json::emit::$mode(&mut members, $member, &self.$field)?;)*
                members.end()
            }
        }

        impl $crate::json::Output for $name {
            fn encode(&self) -> Vec<u8> {
                $crate::json::emit::body(self)
            }
        }

        impl $crate::model::OutputStructure for $name {
            const MEMBERS: &'static [$crate::model::OutputMember] = &[$($crate::model::OutputMember {
                name: $member,
                kind: stringify!($type),
                always: matches!(stringify!($mode).as_bytes(), b"always"),
            }),*];
        }
    )*};
}
pub(crate) use outputs;

/// Declares outputs as [`outputs!`] does, that audit records may show member by member.
macro_rules! recorded_outputs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($member:literal $field:ident: $type:ty = $mode:ident;)* }
    )*) => {
        $crate::json::outputs! {$(
            $(#[$doc])*
            $name { $($member $field: $type = $mode;)* }
        )*}
        $($crate::model::record! { $name { $($member $field;)* } })*
    };
}
pub(crate) use recorded_outputs;

/// How members are written: the modes of [`outputs!`].
pub(crate) mod emit {
    use serde::Serialize;
    use serde::ser::SerializeMap;

    /// Room for the longest replies that carry a secret (4,096 bytes in base64, or a private key of 4,096 bits beside
    /// its ciphertext, and a key ARN): a buffer that grew would leave a copy of it behind.
    const CAPACITY: usize = 8 * 1024;

    pub(crate) fn body(output: &impl Serialize) -> Vec<u8> {
        let mut body = Vec::with_capacity(CAPACITY);
        let written = serde_json::to_writer(&mut body, output);
        debug_assert!(written.is_ok(), "writing to memory can't fail");
        body
    }

    pub(crate) fn always<M: SerializeMap>(
        members: &mut M,
        name: &str,
        value: &impl Serialize,
    ) -> Result<(), M::Error> {
        members.serialize_entry(name, value)
    }

    pub(crate) fn present<M: SerializeMap>(
        members: &mut M,
        name: &str,
        value: &Option<impl Serialize>,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => members.serialize_entry(name, value),
            None => Ok(()),
        }
    }

    pub(crate) fn nonempty<M: SerializeMap>(
        members: &mut M,
        name: &str,
        value: &Vec<impl Serialize>,
    ) -> Result<(), M::Error> {
        if value.is_empty() {
            return Ok(());
        }
        members.serialize_entry(name, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs() {
        let blob = serde_json::to_string(&Blob(vec![0xff, 0xfe, 0xfd, 0xfc])).unwrap();
        assert_eq!(blob, "\"//79/A==\"");
        let secret = SecretBlob(Zeroizing::new(b"hi".to_vec()));
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"aGk=\"");
        assert_eq!(format!("{secret:?}"), "SecretBlob(..)");
        assert!(NoOutput.encode().is_empty());
    }
}
