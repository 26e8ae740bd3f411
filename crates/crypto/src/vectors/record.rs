//! `seal-record-v1.json`.

use serde::{Deserialize, Serialize};

use super::{assert_frozen, hex, read};
use crate::{
    RootKey,
    seal::{Argon2Cost, KeyFile, Passphrase, Seal, SealError, SealRecord},
    testing::SeededRandom,
};

const FORMAT: &str = "seal-record-v1";
const FROZEN: &str = include_str!("../../tests/vectors/seal-record-v1.json");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Case {
    name: String,
    secret: Secret,
    record: SealRecord,
    /// The root key, hexadecimal, or nothing when the secret is the wrong one.
    root: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Secret {
    KeyFile(String),
    Passphrase(String),
}

impl Secret {
    fn seal(&self) -> Box<dyn Seal> {
        match self {
            Self::KeyFile(text) => Box::new(KeyFile::parse(text.as_bytes()).unwrap()),
            Self::Passphrase(text) => {
                let cost = Argon2Cost {
                    memory_kib: 256,
                    iterations: 2,
                    parallelism: 2,
                };
                Box::new(Passphrase::new(text.clone().into_bytes().into(), cost))
            }
        }
    }
}

#[test]
fn every_case_has_its_result() {
    for case in read::<Case>(FORMAT, FROZEN) {
        let result = case.secret.seal().unwrap_root(&case.record);
        match case.root {
            Some(root) => assert_eq!(hex(result.unwrap().expose()), root, "{}", case.name),
            None => assert!(
                matches!(
                    result,
                    Err(SealError::WrongKeyFile { .. } | SealError::WrongPassphrase)
                ),
                "{}: {result:?}",
                case.name
            ),
        }
    }
}

#[test]
fn the_generator_makes_the_frozen_file() {
    let text = |seed| {
        let file = KeyFile::generate(&SeededRandom::new(seed)).unwrap();
        Secret::KeyFile(String::from_utf8(file.to_text().expose().to_vec()).unwrap())
    };
    let passphrase = |text: &str| Secret::Passphrase(text.to_owned());
    let cases = [
        ("a key file", text("file"), text("another file")),
        (
            "a passphrase",
            passphrase("correct horse battery staple"),
            passphrase("correct horse battery stapler"),
        ),
        (
            "a passphrase beyond ASCII",
            passphrase("ünïcödé and a space "),
            passphrase("ünïcödé and a space"),
        ),
    ];
    let generated = cases.into_iter().flat_map(|(name, right, wrong)| {
        let random = SeededRandom::new(name);
        let root = RootKey::generate(&random).unwrap();
        let record = right.seal().wrap(&root, &random).unwrap();
        let good = Case {
            name: name.to_owned(),
            secret: right,
            record,
            root: Some(hex(root.expose())),
        };
        let bad = Case {
            name: format!("{name}, but a wrong one"),
            secret: wrong,
            root: None,
            ..good.clone()
        };
        [good, bad]
    });
    assert_frozen(FORMAT, FROZEN, generated.collect());
}
