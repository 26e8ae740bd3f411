//! The first place in a text where a piece of a pattern matches.
//!
//! Neither text nor pattern is to be trusted: whoever writes the one and sends the other must not
//! be able to keep a worker busy. A short piece is tried at every place. A long one is sought by
//! the algorithm of Knuth, Morris and Pratt, in time linear in the text, or, if it holds a `?`, by
//! shift-and (Baeza-Yates and Gonnet, 1992), which compares 64 characters of the piece at once.

use std::collections::BTreeMap;

use super::{Case, Unit, without_prefix};

/// The longest piece, in characters, for which trying every place is quicker than preparing a
/// search. All pieces of ordinary policies are so short, and for them nothing is allocated.
const SHORT: usize = 32;

/// `text` behind the first place where `piece`, which has no star, matches.
pub(super) fn after_first<'t>(text: &'t str, piece: &[Unit], case: Case) -> Option<&'t str> {
    if piece.len() > text.len() {
        return None;
    }
    if piece.len() <= SHORT {
        return by_trying(text, piece, case);
    }
    match Literal::of(piece, case) {
        Some(literal) => literal.after_first(text, case),
        None => Places::of(piece, case).after_first(text, case),
    }
}

fn by_trying<'t>(text: &'t str, piece: &[Unit], case: Case) -> Option<&'t str> {
    let mut tail = text.chars();
    loop {
        if let Some(rest) = without_prefix(tail.as_str(), piece, case) {
            return Some(rest);
        }
        tail.next()?;
    }
}

/// A piece whose characters all stand for themselves.
struct Literal {
    characters: Vec<char>,
    /// For each length but zero, less one: how long the longest proper beginning is that is also
    /// the end of the piece's first so many characters.
    borders: Vec<usize>,
}

impl Literal {
    fn of(piece: &[Unit], case: Case) -> Option<Self> {
        let folded = |unit: &Unit| match unit {
            Unit::Char(character) => Some(case.fold(*character)),
            Unit::One | Unit::Star => None,
        };
        let mut literal = Self {
            characters: piece.iter().map(folded).collect::<Option<_>>()?,
            borders: Vec::with_capacity(piece.len()),
        };
        let mut border = 0;
        for at in 0..literal.characters.len() {
            if let Some(&character) = literal.characters.get(at).filter(|_| at > 0) {
                border = literal.extended(border, character);
            }
            literal.borders.push(border);
        }
        Some(literal)
    }

    fn after_first<'t>(&self, text: &'t str, case: Case) -> Option<&'t str> {
        let mut rest = text.chars();
        let mut matched = 0;
        while matched < self.characters.len() {
            matched = self.extended(matched, case.fold(rest.next()?));
        }
        Some(rest.as_str())
    }

    /// How many characters of the piece end at `found`, if `matched` did so before it.
    fn extended(&self, mut matched: usize, found: char) -> usize {
        loop {
            if self.characters.get(matched) == Some(&found) {
                return matched.saturating_add(1);
            }
            let shorter = matched.checked_sub(1).and_then(|at| self.borders.get(at));
            match shorter {
                Some(&shorter) => matched = shorter,
                None => return 0,
            }
        }
    }
}

/// Where in a piece each character is admitted: bit `n % 64` of word `n / 64` for place `n`.
struct Places {
    /// The bit of the last place, in the last word.
    last: u64,
    /// The places of `?`.
    any: Vec<u64>,
    /// The places of each character: the words that are not empty, with their indices, in order.
    /// Together they are never more than the piece is long, however many characters it has.
    of: BTreeMap<char, Vec<(usize, u64)>>,
}

impl Places {
    fn of(piece: &[Unit], case: Case) -> Self {
        let mut places = Self {
            last: 1 << (piece.len().saturating_sub(1) % 64),
            any: Vec::with_capacity(piece.len().div_ceil(64)),
            of: BTreeMap::new(),
        };
        for (index, units) in piece.chunks(64).enumerate() {
            let mut any = 0;
            for (at, unit) in units.iter().enumerate() {
                let bit = 1 << at;
                match unit {
                    Unit::One | Unit::Star => any |= bit,
                    Unit::Char(character) => {
                        let words = places.of.entry(case.fold(*character)).or_default();
                        match words.last_mut() {
                            Some((last, bits)) if *last == index => *bits |= bit,
                            _ => words.push((index, bit)),
                        }
                    }
                }
            }
            places.any.push(any);
        }
        places
    }

    fn after_first<'t>(&self, text: &'t str, case: Case) -> Option<&'t str> {
        let mut rest = text.chars();
        // The bit of a place is set if the text so far ends with the piece up to that place.
        let mut matched = vec![0; self.any.len()];
        while matched.last().is_some_and(|word| word & self.last == 0) {
            self.advance(&mut matched, case.fold(rest.next()?));
        }
        Some(rest.as_str())
    }

    /// Moves each match one place on, where `found` is admitted, and begins one.
    fn advance(&self, matched: &mut [u64], found: char) {
        let own = self.of.get(&found).map_or(&[][..], Vec::as_slice);
        let mut own = own.iter().peekable();
        let mut carry = 1;
        for (index, (word, any)) in matched.iter_mut().zip(&self.any).enumerate() {
            let own = own.next_if(|(at, _)| *at == index);
            let admitted = any | own.map_or(0, |(_, bits)| *bits);
            let moved = *word << 1 | carry;
            carry = *word >> 63;
            *word = moved & admitted;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(piece: &str) -> Vec<Unit> {
        piece.chars().map(Unit::wild).collect()
    }

    fn check(piece: &str, text: &str) -> Result<(), TestCaseError> {
        let units = units(piece);
        for case in [Case::Sensitive, Case::Insensitive] {
            let expected = by_trying(text, &units, case);
            let places = Places::of(&units, case);
            prop_assert_eq!(places.after_first(text, case), expected);
            match Literal::of(&units, case) {
                Some(literal) => prop_assert_eq!(literal.after_first(text, case), expected),
                None => prop_assert!(piece.contains('?')),
            }
            prop_assert_eq!(after_first(text, &units, case), expected);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn every_search_finds_what_trying_finds(
            piece in "[aAbé]{1,6}",
            question in "[aAbÉ?]{1,6}",
            text in "[aAbéÉ]{0,40}",
        ) {
            check(&piece, &text)?;
            check(&question, &text)?;
        }

        /// Pieces of several words, cut from the text so that they are often there.
        #[test]
        fn long_pieces_are_found_too(
            text in "[abé]{200,400}",
            (from, length) in (0_usize..150, 30_usize..200),
            holes in proptest::collection::vec(0_usize..200, 0..6),
            ends_otherwise in any::<bool>(),
        ) {
            let mut piece: Vec<_> = text.chars().skip(from).take(length).collect();
            if ends_otherwise {
                piece.push('c');
            }
            check(&piece.iter().collect::<String>(), &text)?;
            for hole in holes {
                if let Some(character) = piece.get_mut(hole) {
                    *character = '?';
                }
            }
            check(&piece.iter().collect::<String>(), &text)?;
        }
    }

    /// Character by character, the first would be tens of billions of comparisons.
    #[test]
    fn periodic_pieces_cost_little() {
        let seek = |piece: &str, text: &str, case| {
            after_first(text, &units(piece), case).map(str::to_owned)
        };
        let text = "a".repeat(1_000_000);
        let literal = format!("{}b", "a".repeat(30_000));
        for case in [Case::Sensitive, Case::Insensitive] {
            assert_eq!(seek(&literal, &text, case), None);
            let found = seek(&literal, &format!("{text}bc"), case);
            assert_eq!(found.as_deref(), Some("c"));
        }
        let text = "a".repeat(30_000);
        let question = format!("{}?b", "a".repeat(15_000));
        assert_eq!(seek(&question, &text, Case::Sensitive), None);
        let found = seek(&question, &format!("{text}xbc"), Case::Sensitive);
        assert_eq!(found.as_deref(), Some("c"));
    }

    /// A table of every character at every place would take hundreds of megabytes.
    #[test]
    fn many_different_characters_cost_little() {
        let piece: String = ('\u{4e00}'..'\u{9e00}').chain(['?']).collect();
        let text = piece.replace('?', "xy");
        let found = after_first(&text, &units(&piece), Case::Sensitive);
        assert_eq!(found, Some("y"));
    }
}
