//! Texts that are committed, and that a test finds anew: what changes shows in the difference.
#![expect(
    clippy::indexing_slicing,
    reason = "indices stay below the lengths that they are compared with"
)]

use std::fs;
use std::path::Path;

/// The variable by which whoever runs a test says that a change is meant.
const UPDATE: &str = "KEYSTEAD_UPDATE";

/// Compares what a test has found with the file in which it is written down. With `KEYSTEAD_UPDATE`
/// set, it is written anew first.
///
/// # Panics
/// If they differ, or the file can't be written.
pub fn check(file: &Path, found: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the test says whether the change is meant"
    )]
    let is_meant = std::env::var_os(UPDATE).is_some();
    if is_meant {
        fs::write(file, found).expect("the file can be written");
    }
    let written = fs::read_to_string(file).unwrap_or_default();
    assert!(
        found == written,
        "{} is not what was found; {UPDATE}=1 writes it anew:\n{}",
        file.display(),
        difference(&written, found).join("\n")
    );
}

/// The lines that only one of two pages has, with their numbers: `-` for one that is written and no
/// longer found, `+` for one that is new.
fn difference(written: &str, found: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (written.lines().collect(), found.lines().collect());
    let common = common(&old, &new);
    let (mut i, mut j, mut changes) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            i += 1;
            changes.push(format!("-{i}: {}", old[i - 1]));
        } else {
            j += 1;
            changes.push(format!("+{j}: {}", new[j - 1]));
        }
    }
    changes
}

/// How many lines two pages have in common, in order, from each pair of lines to the ends.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_what_vanished_and_what_is_new() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("a\nb", "a\nb", &[]),
            ("", "a", &["+1: a"]),
            ("a\nb\nc", "a\nc", &["-2: b"]),
            ("a\nb", "a", &["-2: b"]),
            ("a\nb\nc", "a\nB\nc", &["-2: b", "+2: B"]),
            ("a\nb", "b\na", &["-1: a", "+2: a"]),
        ];
        for (written, found, shown) in cases {
            assert_eq!(difference(written, found), shown, "{written} {found}");
        }
    }
}
