//! Places in a policy, for people: statements go by their names, as everywhere.

use keystead_core::policy::statement_name;
use serde_json::Value;

/// What the statements of a policy call themselves.
pub(super) struct Sids(Vec<Option<String>>);

impl Sids {
    /// Reads them from a text, whatever else is wrong with it.
    pub(super) fn of(text: &str) -> Self {
        let policy: Value = serde_json::from_str(text).unwrap_or_default();
        let statements = match policy.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(single) => std::slice::from_ref(single),
            None => &[],
        };
        let sid = |statement: &Value| statement.get("Sid")?.as_str().map(str::to_owned);
        Self(statements.iter().map(sid).collect())
    }

    /// A path in the manner of `Statement[2].Action[0]`, whose numbers count from zero, in words
    /// whose numbers count from one.
    pub(super) fn place(&self, path: &str) -> String {
        let Some(rest) = path.strip_prefix("Statement") else {
            return path.to_owned();
        };
        let (index, rest) = number(rest).unwrap_or((0, rest));
        let sid = self.0.get(index).and_then(Option::as_deref);
        // A policy that is not written as a list has a path without a number, and one statement.
        let mut place = match path {
            "Statement" => return path.to_owned(),
            _ => statement_name(sid, index),
        };
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let (element, item) = match rest.rfind('[').map(|at| rest.split_at(at)) {
            Some((element, last)) => match number(last) {
                Some((item, "")) => (element, Some(item)),
                _ => (rest, None),
            },
            None => (rest, None),
        };
        if !element.is_empty() {
            place.push_str(&format!(", {element}"));
        }
        if let Some(item) = item {
            place.push_str(&format!(", item {}", item.saturating_add(1)));
        }
        place
    }
}

/// The number in the brackets that a text begins with, and what comes behind them.
fn number(text: &str) -> Option<(usize, &str)> {
    let (number, rest) = text.strip_prefix('[')?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_words() {
        let sids = Sids::of(r#"{"Statement":[{"Sid":"a b"},{},{"Sid":""},{"Sid":7}]}"#);
        for (path, expected) in [
            ("the document", "the document"),
            ("Version", "Version"),
            ("Statement", "Statement"),
            ("Statement[0]", r#"statement "a b""#),
            ("Statement[0].Effect", r#"statement "a b", Effect"#),
            (
                "Statement[1].Principal.AWS[0]",
                "statement 2, Principal.AWS, item 1",
            ),
            ("Statement[2].Action[9]", "statement 3, Action, item 10"),
            (
                r#"Statement[3].Condition["ForAllValues:StringLike"]"#,
                r#"statement 4, Condition["ForAllValues:StringLike"]"#,
            ),
            (
                r#"Statement[1].Condition.Bool["a:b"][0]"#,
                r#"statement 2, Condition.Bool["a:b"], item 1"#,
            ),
            ("Statement[8].Effect", "statement 9, Effect"),
        ] {
            assert_eq!(sids.place(path), expected);
        }
        let single = Sids::of(r#"{"Statement":{"Sid":"x"}}"#);
        assert_eq!(single.place("Statement.Action"), r#"statement "x", Action"#);
        assert_eq!(Sids::of("{").place("Statement[0]"), "statement 1");
    }
}
