//! From an output to XML.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::json::NoOutput;
use crate::model::{Record, RecordedValue, Sensitive};
use crate::xml::XmlWriter;

/// An operation's output.
pub trait Output {
    /// Writes the body of the reply.
    fn encode(&self, envelope: Envelope<'_>) -> Vec<u8>;
}

/// What a reply says besides the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The service's XML namespace.
    pub namespace: &'static str,
    /// The operation's name, which the elements around the output are named after.
    pub operation: &'static str,
    /// The request's id.
    pub request_id: &'a str,
}

/// Writes a reply: `<ActionResponse xmlns><ActionResult>…</ActionResult><ResponseMetadata>…`.
///
/// An operation without output has no result element.
pub(crate) fn response(envelope: Envelope<'_>, result: Option<&dyn XmlValue>) -> Vec<u8> {
    let Envelope {
        namespace,
        operation,
        request_id,
    } = envelope;
    let mut xml = XmlWriter::new();
    xml.namespaced_element(&format!("{operation}Response"), namespace, |xml| {
        if let Some(result) = result {
            xml.element(&format!("{operation}Result"), |xml| result.write(xml));
        }
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    xml.into_bytes()
}

impl Output for NoOutput {
    fn encode(&self, envelope: Envelope<'_>) -> Vec<u8> {
        response(envelope, None)
    }
}

/// A value that is written between the tags of an element.
pub(crate) trait XmlValue {
    fn write(&self, xml: &mut XmlWriter);
}

/// Writes a scalar: what `Display` or the like has made of it.
pub(crate) fn write_text(xml: &mut XmlWriter, text: &str) {
    xml.characters(text);
}

impl XmlValue for String {
    fn write(&self, xml: &mut XmlWriter) {
        write_text(xml, self);
    }
}

impl XmlValue for Sensitive {
    fn write(&self, xml: &mut XmlWriter) {
        write_text(xml, self.expose());
    }
}

impl XmlValue for i64 {
    fn write(&self, xml: &mut XmlWriter) {
        write_text(xml, &self.to_string());
    }
}

impl XmlValue for bool {
    fn write(&self, xml: &mut XmlWriter) {
        write_text(xml, if *self { "true" } else { "false" });
    }
}

/// A list: its elements, each in a `<member>`.
impl<V: XmlValue> XmlValue for Vec<V> {
    fn write(&self, xml: &mut XmlWriter) {
        for element in self {
            xml.element("member", |xml| element.write(xml));
        }
    }
}

/// A map: its entries, each in an `<entry>` of a `<key>` and a `<value>`.
impl<V: XmlValue> XmlValue for BTreeMap<String, V> {
    fn write(&self, xml: &mut XmlWriter) {
        for (key, value) in self {
            xml.element("entry", |xml| {
                xml.text("key", key);
                xml.element("value", |xml| value.write(xml));
            });
        }
    }
}

/// Maps stand in the replies of operations that only read, whose replies are not recorded.
impl<V> Record for BTreeMap<String, V> {
    fn record(&self) -> Option<RecordedValue> {
        None
    }
}

/// An instant: milliseconds since the unix epoch, written in UTC to the second, as IAM does: `2026-01-02T03:04:05Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Iso8601(pub i64);

impl XmlValue for Iso8601 {
    /// An instant outside of the years 0 to 9999, which no clock gives, is written as the epoch.
    fn write(&self, xml: &mut XmlWriter) {
        let written = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000))
            .ok()
            .and_then(|instant| instant.format(&Rfc3339).ok());
        write_text(xml, written.as_deref().unwrap_or("1970-01-01T00:00:00Z"));
    }
}

impl Record for Iso8601 {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Instant(self.0))
    }
}

/// A policy document. It is held as it was put, and written, also to records, with everything percent-encoded but
/// the unreserved characters of RFC 3986 §2.3, as all of IAM's replies have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(pub String);

impl Document {
    const ENCODED: &'static AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');

    fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, Self::ENCODED).to_string()
    }
}

impl XmlValue for Document {
    fn write(&self, xml: &mut XmlWriter) {
        write_text(xml, &self.encoded());
    }
}

impl Record for Document {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Text(self.encoded()))
    }
}

/// Declares outputs and the structures inside them, one line for each member:
///
/// ```text
/// ListUsers {
///     "Users" users: Vec<User> = always;
///     "Marker" marker: Option<String> = present;      written if there is one
///     "Tags" tags: Vec<Tag> = nonempty;               written if there are any
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

        impl $crate::query::XmlValue for $name {
            fn write(&self, xml: &mut $crate::query::XmlWriter) {
                $($crate::query::emit::$mode(xml, $member, &self.$field);)*
                // Outputs without members don't use it.
                _ = xml;
            }
        }

        impl $crate::query::Output for $name {
            fn encode(&self, envelope: $crate::query::Envelope<'_>) -> Vec<u8> {
                $crate::query::response(envelope, Some(self))
            }
        }

        impl $crate::model::OutputStructure for $name {
            const MEMBERS: &'static [$crate::model::OutputMember] = &[$($crate::model::OutputMember {
                name: $member,
                kind: stringify!($type),
                always: matches!(stringify!($mode).as_bytes(), b"always"),
            }),*];
        }

        $crate::model::record! { $name { $($member $field;)* } }
    )*};
}
pub(crate) use outputs;

/// How members are written: the modes of [`outputs!`].
pub(crate) mod emit {
    use super::XmlValue;
    use crate::xml::XmlWriter;

    pub(crate) fn always(xml: &mut XmlWriter, name: &str, value: &impl XmlValue) {
        xml.element(name, |xml| value.write(xml));
    }

    pub(crate) fn present(xml: &mut XmlWriter, name: &str, value: &Option<impl XmlValue>) {
        if let Some(value) = value {
            always(xml, name, value);
        }
    }

    pub(crate) fn nonempty(xml: &mut XmlWriter, name: &str, value: &Vec<impl XmlValue>) {
        if !value.is_empty() {
            always(xml, name, value);
        }
    }
}
