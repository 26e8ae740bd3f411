//! What the threat model names: every test and every file in it must be there, so that it can't go on
//! claiming what nobody checks any more.

use std::fs;
use std::path::PathBuf;

use crate::root::root;

const DOCUMENT: &str = "docs/threat-model.md";

/// What stands in backticks in a document.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    // The document has no blocks of code, so that every other part is in backticks.
    text.split('`').skip(1).step_by(2)
}

/// A file as the document names it: below `crates`, or from the root.
fn file(path: &str) -> PathBuf {
    let below_crates = root().join("crates").join(path);
    if below_crates.exists() {
        below_crates
    } else {
        root().join(path)
    }
}

/// Whether a source file has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_it = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('('))
    };
    // What stands before a function, up to the end of the one before it. A test that is not run shows nothing.
    let is_marked = |at: usize| {
        let before = lines.iter().take(at).rev();
        let marks: Vec<_> = before
            .take_while(|line| !line.is_empty() && **line != "}")
            .collect();
        let has = |mark: &str| marks.iter().any(|line| line.starts_with(mark));
        (has("#[test]") || has("#[tokio::test")) && !has("#[ignore")
    };
    lines
        .iter()
        .enumerate()
        .any(|(at, line)| is_it(line) && is_marked(at))
}

#[test]
fn tests_are_told_from_other_functions() {
    let source = "#[test]\nfn one() {}\n\nfn helper() {}\n\n#[tokio::test]\nasync fn two() {}\n\n#[test]\n#[ignore]\nfn idle() {}";
    for (name, expected) in [
        ("one", true),
        ("two", true),
        ("helper", false),
        ("idle", false),
        ("on", false),
        ("three", false),
    ] {
        assert_eq!(has_test(source, name), expected, "{name}");
    }
}

#[test]
fn what_the_threat_model_names_is_there() {
    let text = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    let (mut tests, mut missing) = (0, Vec::new());
    for named in quoted(&text) {
        if let Some((path, test)) = named.split_once(".rs::") {
            tests += 1;
            let source = fs::read_to_string(file(&format!("{path}.rs")));
            if !source.is_ok_and(|source| has_test(&source, test)) {
                missing.push(named);
            }
        } else if named.ends_with(".rs") && !file(named).is_file() {
            missing.push(named);
        }
    }
    assert!(missing.is_empty(), "{DOCUMENT} names {missing:#?}");
    assert!(tests >= 50, "{tests} tests are named");
}
