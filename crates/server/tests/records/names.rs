//! What differs from run to run, as names that do not: ids and tokens, numbered as they appear.

use std::collections::HashMap;

/// Renames what is random.
#[derive(Default)]
pub(crate) struct Names {
    noted: Vec<(String, String)>,
    known: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

impl Names {
    /// The text with each random word in it replaced by its name.
    pub(crate) fn rename(&mut self, text: &str) -> String {
        let noted = self.noted.iter();
        let text = noted.fold(text.to_owned(), |text, (noted, name)| {
            text.replace(noted, name)
        });
        let mut renamed = String::new();
        let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_of_word(letter));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            renamed.push_str(&self.name(word));
            let letter = after.chars().next();
            renamed.extend(letter);
            rest = &after[letter.map_or(0, char::len_utf8)..];
        }
        renamed
    }

    /// Notes that a text is random though it is not told by its looks, such as the number of an account.
    pub(crate) fn note(&mut self, text: &str, kind: &'static str) {
        if self.noted.iter().all(|(noted, _)| noted != text) {
            let name = self.next(kind);
            self.noted.push((text.to_owned(), name));
        }
    }

    fn name(&mut self, word: &str) -> String {
        let Some(kind) = kind(word) else {
            return word.to_owned();
        };
        if let Some(known) = self.known.get(word) {
            return known.clone();
        }
        let name = self.next(kind);
        self.known.insert(word.to_owned(), name.clone());
        name
    }

    fn next(&mut self, kind: &'static str) -> String {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        format!("<{kind} {count}>")
    }
}

/// What a random word is.
fn kind(word: &str) -> Option<&'static str> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_lower = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if uuid_like(word) {
        return Some("uuid");
    }
    if word.len() == 64 && is_hex(word) {
        return Some("64 hex");
    }
    let upper = word
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // The ids of those whom a test makes end with more letters A than chance allows.
    if upper && (18..=24).contains(&word.len()) && !word.ends_with("AAAA") {
        let prefixes = ["AIDA", "AKIA", "AROA", "ASIA", "AGPA", "ANPA"];
        return prefixes.into_iter().find(|prefix| word.starts_with(prefix));
    }
    let (kind, rest) = word.split_once('-')?;
    let lengths: (&'static str, usize) = match kind {
        "o" => ("organization", 10),
        "r" => ("root", 4),
        "ou" => ("unit", 13),
        "p" => ("policy", 8),
        "car" => ("request", 32),
        "cks" => ("store", 17),
        _ => return None,
    };
    let letters = rest.replace('-', "");
    let is_id = is_lower(&letters) && rest.len() >= lengths.1;
    is_id.then_some(lengths.0)
}

fn uuid_like(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    let is_hex = word
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    parts == [8, 4, 4, 4, 12] && is_hex
}
