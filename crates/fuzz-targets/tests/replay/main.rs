//! Every target on the inputs that are committed, and on mutations of them that are the same in each run.
//!
//! An input that fails is named, or the mutation's number is told: the same run fails again. `fuzz/` looks for more.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod mutation;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use keystead_fuzz_targets::{TARGETS, Target, named};

use mutation::Mutator;

/// The longest input that is committed, in bytes.
const LONGEST: usize = 16 * 1024;
/// How many bytes all inputs have at most.
const ALL: usize = 1024 * 1024;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The inputs of a target, by name.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz_folder().join("corpus").join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

fn holds(target: &Target, what: &str, bytes: &[u8]) {
    let checked = catch_unwind(AssertUnwindSafe(|| (target.check)(bytes)));
    assert!(
        checked.is_ok(),
        "{}: {what} fails: {:?}",
        target.name,
        bytes.escape_ascii().to_string()
    );
}

fn replay(name: &str) {
    let target = named(name).unwrap();
    let inputs = inputs(name);
    for (file, bytes) in &inputs {
        holds(target, file, bytes);
    }
    let all: Vec<_> = inputs.into_iter().map(|(_, bytes)| bytes).collect();
    let mut mutator = Mutator::new(name, &all);
    for number in 0..target.mutations {
        let bytes = mutator.next();
        holds(target, &format!("mutation {number}"), &bytes);
    }
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replays! {
    audit_index
    audit_log
    audit_trail
    calls
    ciphertexts
    decisions
    json_bodies
    key_material
    key_use
    names
    policies
    query_forms
    s3_requests
    sealed_values
    signatures
    strangers
    tokens
    web_identities
    xks_answers
    xks_requests
}

/// Each target has a test, a program and inputs, and nothing else has.
#[test]
fn the_lists_are_one() {
    let targets: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(targets.len(), TARGETS.len());
    assert_eq!(REPLAYED.iter().copied().collect::<BTreeSet<_>>(), targets);
    for (folder, suffix) in [("fuzz_targets", ".rs"), ("corpus", "")] {
        let entries = fs::read_dir(fuzz_folder().join(folder)).unwrap();
        let names: BTreeSet<_> = entries
            .map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(suffix).unwrap().to_owned()
            })
            .collect();
        let names: BTreeSet<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, targets, "{folder}");
    }
    let manifest = fs::read_to_string(fuzz_folder().join("Cargo.toml")).unwrap();
    for target in targets {
        assert!(
            manifest.contains(&format!("name = \"{target}\"")),
            "{target}"
        );
        let program = fuzz_folder().join(format!("fuzz_targets/{target}.rs"));
        let program = fs::read_to_string(program).unwrap();
        assert!(program.contains(&format!("\"{target}\"")), "{target}");
    }
}

/// What is committed stays small: cargo-fuzz finds more by itself.
#[test]
fn the_inputs_are_small() {
    let all: Vec<_> = TARGETS
        .iter()
        .flat_map(|target| inputs(target.name))
        .collect();
    assert!(all.iter().all(|(_, bytes)| bytes.len() <= LONGEST));
    let sum: usize = all.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(sum <= ALL, "{sum} bytes");
}
