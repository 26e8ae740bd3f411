//! What events are found by: attributes, and values of them.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher13;

/// Something that an event can be found by. The numbers are part of the index files' format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Attribute {
    /// `eventID`, in small letters.
    EventId = 1,
    /// `requestID`, in small letters.
    RequestId = 2,
    /// `eventName`.
    EventName = 3,
    /// `readOnly`: `true` or `false`.
    ReadOnly = 4,
    /// The name of who called, as LookupEvents has it.
    Username = 5,
    /// The type of a resource.
    ResourceType = 6,
    /// The name of a resource: an ARN, or a plain name of what IAM keeps.
    ResourceName = 7,
    /// `eventSource`.
    EventSource = 8,
    /// The access key that signed.
    AccessKeyId = 9,
    /// `recipientAccountId`.
    Account = 10,
    /// `awsRegion`.
    Region = 11,
    /// A caller by its ARN, by that of its role or other issuer or by the issuer's name, or by the name of the service
    /// that it is or comes through.
    Principal = 12,
    /// A key or alias without what an ARN says besides (`<id>`, `alias/<name>`), or by the ARN that the caller gave.
    Key = 13,
    /// A pair of an encryption context.
    Context = 14,
    /// How the call ended, if it did not succeed: [`FAILED`], and [`DENIED`] besides if that was why.
    Outcome = 15,
    /// `eventCategory`: [`MANAGEMENT`], or another one.
    Category = 16,
}

/// The [`Attribute::Category`] of what is done to resources, and of all that KMS does.
pub const MANAGEMENT: &str = "Management";
/// The [`Attribute::Outcome`] of a call that was not carried out.
pub const FAILED: &str = "failed";
/// The [`Attribute::Outcome`] of a call that no policy allows or one denies.
pub const DENIED: &str = "denied";

impl Attribute {
    /// Whether hardly two events share a value.
    pub(super) const fn is_id(self) -> bool {
        matches!(self, Self::EventId | Self::RequestId)
    }
}

/// The value of an attribute, as an event has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A name and what stands under it.
    Pair(&'a str, &'a str),
}

/// An attribute with the value that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    attribute: Attribute,
    value: Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Wanted {
    Text(String),
    Pair(String, String),
}

impl Term {
    /// An attribute with this value. Ids are looked for in small letters, in which they are given out.
    #[must_use]
    pub fn new(attribute: Attribute, value: impl Into<String>) -> Self {
        let mut value = value.into();
        if attribute.is_id() {
            value.make_ascii_lowercase();
        }
        Self {
            attribute,
            value: Wanted::Text(value),
        }
    }

    /// A pair of an encryption context.
    #[must_use]
    pub fn context(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            attribute: Attribute::Context,
            value: Wanted::Pair(name.into(), value.into()),
        }
    }

    /// The attribute.
    #[must_use]
    pub const fn attribute(&self) -> Attribute {
        self.attribute
    }

    pub(super) fn is(&self, attribute: Attribute, value: Value<'_>) -> bool {
        self.attribute == attribute && self.value() == value
    }

    pub(super) fn hash(&self) -> u64 {
        hash(self.attribute, self.value())
    }

    fn value(&self) -> Value<'_> {
        match &self.value {
            Wanted::Text(text) => Value::Text(text),
            Wanted::Pair(name, value) => Value::Pair(name, value),
        }
    }
}

/// The key of SipHash, part of the index files' format. It is no secret: values that were made to collide only lead to
/// records that are then seen not to be meant.
const HASH_KEY: (u64, u64) = (0x6b65_7973_7465_6164, 0x6175_6469_7469_6478);

/// A byte that no text of UTF-8 has.
const BETWEEN: u8 = 0xff;

/// What indexes know a value of an attribute by.
pub(super) fn hash(attribute: Attribute, value: Value<'_>) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(HASH_KEY.0, HASH_KEY.1);
    hasher.write_u8(attribute as u8);
    match value {
        Value::Text(text) => hasher.write(text.as_bytes()),
        Value::Pair(name, value) => {
            hasher.write(name.as_bytes());
            hasher.write_u8(BETWEEN);
            hasher.write(value.as_bytes());
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_format() {
        let text = hash(Attribute::EventName, Value::Text("Decrypt"));
        let pair = hash(Attribute::Context, Value::Pair("app", "billing"));
        assert_eq!(text, 0x47db_b1d5_dc85_eb40);
        assert_eq!(pair, 0x6647_46e8_1318_7c37);
    }

    #[test]
    fn pairs_are_not_mixed_up() {
        let hashes = [
            hash(Attribute::Context, Value::Pair("a", "bc")),
            hash(Attribute::Context, Value::Pair("ab", "c")),
            hash(Attribute::Context, Value::Text("abc")),
            hash(Attribute::Key, Value::Text("abc")),
        ];
        for (i, one) in hashes.iter().enumerate() {
            assert!(hashes.iter().skip(i + 1).all(|other| other != one));
        }
    }

    #[test]
    fn ids_are_looked_for_in_small_letters() {
        let id = Term::new(Attribute::EventId, "0B9D");
        assert!(id.is(Attribute::EventId, Value::Text("0b9d")));
        let name = Term::new(Attribute::EventName, "Decrypt");
        assert!(!name.is(Attribute::EventName, Value::Text("decrypt")));
        assert!(!name.is(Attribute::Username, Value::Text("Decrypt")));
    }
}
