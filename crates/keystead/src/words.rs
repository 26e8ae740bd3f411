//! Texts for a terminal.

/// The text with characters escaped that would act on a terminal: it may come from anybody.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match acts_on_terminals(character) {
            true => cleaned.extend(character.escape_default()),
            false => cleaned.push(character),
        }
    }
    cleaned
}

/// Whether it moves the cursor, colours, or turns the direction of what follows.
fn acts_on_terminals(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of things, such as `1 key` and `2 keys`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(clean("Größe 大"), "Größe 大");
        assert_eq!(clean("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
        assert_eq!(clean("a\u{202e}b\u{9b}"), "a\\u{202e}b\\u{9b}");
    }

    #[test]
    fn one_is_singular() {
        let counts: Vec<_> = (0..3).map(|n| counted(n, "key")).collect();
        assert_eq!(counts, ["0 keys", "1 key", "2 keys"]);
    }
}
