//! Where the statements stand in a policy's text, as the IAM policy simulator reports them.

use serde_json::value::RawValue;

use super::error::PolicyError;
use super::json::RawMembers;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The character in its line, from one.
    pub column: usize,
}

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// The character behind the last.
    pub end: Position,
}

/// The places of a policy's statements, in their order, by reading the text anew: what a statement's
/// index in a decision's reasons points to. A policy without `Statement` has none.
///
/// # Errors
///
/// [`PolicyError::NotJson`] if the text is not one JSON object.
pub fn statement_positions(text: &str) -> Result<Vec<Span>, PolicyError> {
    let statements = raw_statements(text).map_err(|source| PolicyError::NotJson { source })?;
    let mut cursor = Cursor::new(text);
    let span = |raw: &RawValue| {
        let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
        Span {
            start: cursor.advance(start),
            end: cursor.advance(start + raw.get().len()),
        }
    };
    Ok(statements.into_iter().map(span).collect())
}

/// The statements as slices of the text.
fn raw_statements(text: &str) -> serde_json::Result<Vec<&RawValue>> {
    let RawMembers(members) = serde_json::from_str(text)?;
    let statement = members
        .into_iter()
        .find_map(|(name, raw)| (name == "Statement").then_some(raw));
    match statement {
        None => Ok(Vec::new()),
        Some(list) if list.get().starts_with('[') => serde_json::from_str(list.get()),
        Some(single) => Ok(vec![single]),
    }
}

/// Counts lines and columns on the way through a text.
struct Cursor<'a> {
    rest: std::str::CharIndices<'a>,
    at: Position,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.char_indices(),
            at: Position { line: 1, column: 1 },
        }
    }

    /// Goes on to the byte `offset`, which is not behind the cursor.
    fn advance(&mut self, offset: usize) -> Position {
        while self.rest.offset() < offset {
            match self.rest.next() {
                Some((_, '\n')) => {
                    self.at.line += 1;
                    self.at.column = 1;
                }
                Some(_) => self.at.column += 1,
                None => break,
            }
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The spans as `line:column-line:column`.
    fn spans(text: &str) -> String {
        let show = |Span { start, end }: &Span| {
            let (line, column) = (start.line, start.column);
            format!("{line}:{column}-{}:{}", end.line, end.column)
        };
        let spans: Vec<_> = statement_positions(text)
            .unwrap()
            .iter()
            .map(show)
            .collect();
        spans.join(" ")
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let cases = [
            ("{}", ""),
            (r#"{"Statement":[]}"#, ""),
            (r#"{"Statement":{}}"#, "1:14-1:16"),
            (r#"{"Statement":[{},{"a":1}]}"#, "1:15-1:17 1:18-1:25"),
            (
                "{\n  \"Statement\": [\n    {\n    },\r\n    {}\n  ]\n}",
                "3:5-4:6 5:5-5:7",
            ),
            (r#"{"Id":"é","Statement":{"Sid":"é"}}"#, "1:23-1:34"),
            (r#"{"St\u0061tement":{}}"#, "1:19-1:21"),
        ];
        for (text, expected) in cases {
            assert_eq!(spans(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_positions() {
        for text in ["", "[]", "{", r#"{"Statement":[}"#, "1"] {
            let found = statement_positions(text);
            assert!(matches!(found, Err(PolicyError::NotJson { .. })), "{text}");
        }
    }

    #[test]
    fn many_statements_are_found_in_one_pass() {
        let text = format!("{{\"Statement\":[{}]}}", vec!["{}"; 10_000].join(",\n"));
        let spans = statement_positions(&text).unwrap();
        assert_eq!(spans.len(), 10_000);
        let last = Position {
            line: 10_000,
            column: 1,
        };
        assert_eq!(spans.last().unwrap().start, last);
    }
}
