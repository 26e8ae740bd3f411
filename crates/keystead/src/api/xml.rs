//! Answers of the Query protocol as values: an element with elements in it is an object, one whose
//! elements are all called `member` a list, any other a text; an empty one is null.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

/// How deep elements may stand in one another.
const MAX_DEPTH: usize = 32;

/// An element that is not closed yet.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    members: Map<String, Value>,
    elements: Vec<Value>,
}

/// Reads the root element's content; nothing comes of what is not XML.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < MAX_DEPTH => open.push(Open {
                name: start.local_name().as_ref().to_owned(),
                ..Open::default()
            }),
            Event::Empty(empty) => {
                let name = empty.local_name().as_ref().to_owned();
                open.last_mut()?.take(name, Value::Null);
            }
            Event::Text(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text),
                None if text.trim().is_empty() => {}
                None => return None,
            },
            Event::GeneralRef(reference) => open.last_mut()?.text.push(character(&reference)?),
            Event::End(_) => {
                let element = open.pop()?;
                let name = element.name.clone();
                let value = element.close();
                match open.last_mut() {
                    Some(parent) => parent.take(name, value),
                    None => return Some(value),
                }
            }
            Event::Decl(_) => {}
            // Documents end with their root element, and answers have nothing else.
            _ => return None,
        }
    }
}

impl Open {
    fn take(&mut self, name: String, value: Value) {
        if name == "member" {
            self.elements.push(value);
        } else {
            self.members.insert(name, value);
        }
    }

    fn close(self) -> Value {
        if !self.elements.is_empty() {
            Value::Array(self.elements)
        } else if !self.members.is_empty() {
            Value::Object(self.members)
        } else if self.text.is_empty() {
            Value::Null
        } else {
            Value::String(self.text)
        }
    }
}

fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_as_values() {
        for (text, expected) in [
            ("<R/>", None),
            ("<R></R>", Some(Value::Null)),
            ("<R>a &lt;&amp;&#x41; b</R>", Some(json!("a <&A b"))),
            (
                "<?xml version=\"1.0\"?>\n<R xmlns=\"x\"><L><member>a</member><member><N>1</N></member></L><E/><S> s </S></R>",
                Some(json!({"L": ["a", {"N": "1"}], "E": null, "S": " s "})),
            ),
            ("", None),
            ("no", None),
            ("<R>", None),
            ("<R></S>", None),
            ("<R>&who;</R>", None),
            ("<!DOCTYPE R><R></R>", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        let deep = "<a>".repeat(1000);
        assert_eq!(parse(&deep), None);
    }
}
