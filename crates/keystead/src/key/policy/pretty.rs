//! JSON with white space for people. The order of members stays: in a policy it is the author's.

use serde::de::IgnoredAny;

/// The text, indented anew; as it is, if it is not JSON.
pub(super) fn pretty(text: &str) -> String {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return format!("{text}\n");
    }
    let mut writer = Writer::default();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '"' => writer.string(&mut rest),
            '{' | '[' => writer.open(character),
            '}' | ']' => writer.close(character),
            ',' => writer.comma(),
            ':' => writer.out.push_str(": "),
            white if white.is_ascii_whitespace() => {}
            other => writer.scalar(other),
        }
    }
    writer.out.push('\n');
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    depth: usize,
    /// A bracket was written, and nothing behind it.
    is_fresh: bool,
}

impl Writer {
    fn string(&mut self, rest: &mut std::str::Chars<'_>) {
        self.begin();
        self.out.push('"');
        while let Some(character) = rest.next() {
            self.out.push(character);
            match character {
                '\\' => self.out.extend(rest.next()),
                '"' => break,
                _ => {}
            }
        }
    }

    fn scalar(&mut self, character: char) {
        self.begin();
        self.out.push(character);
    }

    fn open(&mut self, bracket: char) {
        self.begin();
        self.out.push(bracket);
        self.depth += 1;
        self.is_fresh = true;
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !self.is_fresh {
            self.line();
        }
        self.is_fresh = false;
        self.out.push(bracket);
    }

    fn comma(&mut self) {
        self.out.push(',');
        self.line();
    }

    /// What is first in a bracket begins a line.
    fn begin(&mut self) {
        if std::mem::take(&mut self.is_fresh) {
            self.line();
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn order_stays_and_lines_are_indented() {
        let text = r#"{"Version":"2012-10-17", "Statement":[{"Sid":"a, \"{b\\","Resource":[ ]},true,-1.5e3],"A":{}}"#;
        let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "a, \"{b\\",
      "Resource": []
    },
    true,
    -1.5e3
  ],
  "A": {}
}
"#;
        assert_eq!(pretty(text), expected);
        assert_eq!(pretty(expected), expected);
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(value(&pretty(text)), value(text));
    }

    #[test]
    fn what_is_not_json_stays() {
        assert_eq!(pretty("{"), "{\n");
    }
}
