//! Writing XML into memory: elements and text, always escaped.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A writer of nested elements into a buffer of its own.
///
/// Element names are the model's and are written as they are; text and the namespace are escaped, and characters
/// that XML 1.0 §2.2 forbids even when escaped become U+FFFD.
pub struct XmlWriter(Writer<Vec<u8>>);

/// Room for the longest reply that carries a secret: a buffer that grew would leave a copy of it behind.
const CAPACITY: usize = 8 * 1024;

impl XmlWriter {
    pub(crate) fn new() -> Self {
        Self(Writer::new(Vec::with_capacity(CAPACITY)))
    }

    /// A writer of a document that begins by saying that it is XML.
    pub(crate) fn document() -> Self {
        let mut xml = Self::new();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    /// Writes `<name>` with what `content` writes inside.
    pub fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.nest(BytesStart::new(name), content);
    }

    /// Writes `<name>text</name>`.
    pub fn text(&mut self, name: &str, text: &str) {
        self.element(name, |xml| xml.characters(text));
    }

    /// Writes text inside an element.
    pub(crate) fn characters(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(&legal(text))));
    }

    pub(crate) fn namespaced_element(
        &mut self,
        name: &str,
        namespace: &str,
        content: impl FnOnce(&mut Self),
    ) {
        let start = BytesStart::new(name).with_attributes([("xmlns", &*legal(namespace))]);
        self.nest(start, content);
    }

    fn nest(&mut self, start: BytesStart<'_>, content: impl FnOnce(&mut Self)) {
        let end: BytesEnd<'_> = start.to_end().into_owned();
        self.event(Event::Start(start));
        content(self);
        self.event(Event::End(end));
    }

    fn event(&mut self, event: Event<'_>) {
        let written: io::Result<()> = self.0.write_event(event);
        debug_assert!(written.is_ok(), "writing to memory can't fail");
    }
}

/// The text without the characters that no XML 1.0 document may hold.
fn legal(text: &str) -> Cow<'_, str> {
    let illegal = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(illegal) {
        Cow::Owned(text.replace(illegal, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_and_escapes() {
        let mut xml = XmlWriter::new();
        xml.namespaced_element("A", "x\"y&z", |xml| {
            xml.element("B", |xml| xml.text("C", "1<2 \u{0}'\"é"));
            xml.text("D", "");
        });
        let written = String::from_utf8(xml.into_bytes()).unwrap();
        assert_eq!(
            written,
            "<A xmlns=\"x&quot;y&amp;z\"><B><C>1&lt;2 \u{fffd}&apos;&quot;é</C></B><D></D></A>"
        );
    }
}
