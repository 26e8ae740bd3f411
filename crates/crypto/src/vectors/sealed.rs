//! `sealed-v1.json`.

use serde::{Deserialize, Serialize};

use super::{assert_frozen, flipped, hex, read, unhex};
use keystead_core::key::KeySpec;

use crate::{Binding, Purpose, Random, RootKey, SealedKey, SecretArray, testing::SeededRandom};

const FORMAT: &str = "sealed-v1";
const FROZEN: &str = include_str!("../../tests/vectors/sealed-v1.json");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Case {
    name: String,
    /// The root key, hexadecimal.
    root: String,
    place: Place,
    sealed: String,
    /// What the value opens to, or nothing when it must be refused.
    plaintext: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    region: String,
    account: String,
    key_id: String,
    material_id: String,
    purpose: String,
}

impl Place {
    fn new([region, account, key_id, material_id, purpose]: [&str; 5]) -> Self {
        Self {
            region: region.into(),
            account: account.into(),
            key_id: key_id.into(),
            material_id: material_id.into(),
            purpose: purpose.into(),
        }
    }

    fn binding(&self) -> Binding<'_> {
        let purpose = match self.purpose.as_str() {
            "symmetric-256 material" => Purpose::KeyMaterial(KeySpec::SymmetricDefault),
            "access key secret" => Purpose::AccessKeySecret,
            other => match other.split_once(' ').unwrap() {
                (spec, "material") => Purpose::KeyMaterial(spec.parse().unwrap()),
                (spec, "wrapping key") => Purpose::WrappingKey(spec.parse().unwrap()),
                _ => panic!("{other}"),
            },
        };
        let Self {
            region,
            account,
            key_id,
            material_id,
            ..
        } = self;
        Binding {
            region,
            account,
            key_id,
            material_id,
            purpose,
        }
    }
}

#[test]
fn every_case_has_its_result() {
    for case in read::<Case>(FORMAT, FROZEN) {
        let root = RootKey::new(SecretArray::copied_from(&unhex(&case.root)).unwrap()).unwrap();
        let result = root.open(
            &SealedKey::from_bytes(unhex(&case.sealed)),
            &case.place.binding(),
        );
        match case.plaintext {
            Some(plaintext) => {
                assert_eq!(hex(result.unwrap().expose()), plaintext, "{}", case.name);
            }
            None => assert!(result.is_err(), "{}", case.name),
        }
    }
}

#[test]
fn the_generator_makes_the_frozen_file() {
    let mut cases = valid();
    let base = cases[0].clone();
    cases.extend(altered(&base));
    cases.extend(elsewhere(&base));
    let mut swapped = refused(&base, "another root key");
    swapped.root.clone_from(&cases[1].root);
    cases.push(swapped);
    cases.extend(kinds());
    assert_frozen(FORMAT, FROZEN, cases);
}

fn valid() -> Vec<Case> {
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let material_id = "5a".repeat(32);
    let places = [
        (
            "key material",
            [
                "us-east-1",
                "111122223333",
                id,
                &material_id,
                "symmetric-256 material",
            ],
            32,
        ),
        (
            "a global secret",
            [
                "",
                "111122223333",
                "AKIAIOSFODNN7EXAMPLE",
                "",
                "access key secret",
            ],
            40,
        ),
        ("nothing, nowhere", ["", "", "", "", "access key secret"], 0),
    ];
    places
        .into_iter()
        .map(|(name, place, length)| case(name, place, length))
        .collect()
}

/// A value of every kind of key, and of a wrapping key, and that none opens as another's.
fn kinds() -> Vec<Case> {
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let case = |purpose: &str| case(purpose, ["us-east-1", "111122223333", id, "", purpose], 8);
    let specs = KeySpec::ALL
        .iter()
        .filter(|spec| !spec.is_symmetric_encryption());
    let mut cases: Vec<_> = specs
        .map(|spec| case(&format!("{spec} material")))
        .collect();
    cases.extend(["RSA_2048", "SM2"].map(|spec| case(&format!("{spec} wrapping key"))));
    let mistaken = [
        ("RSA_2048 material", "RSA_3072 material"),
        ("RSA_2048 material", "RSA_2048 wrapping key"),
        ("SM2 material", "ECC_NIST_P256 material"),
    ];
    cases.extend(mistaken.map(|(right, wrong)| {
        let base = case(right);
        let place = Place {
            purpose: wrong.to_owned(),
            ..base.place.clone()
        };
        Case {
            place,
            ..refused(&base, &format!("{right} as {wrong}"))
        }
    }));
    cases
}

fn case(name: &str, place: [&str; 5], length: usize) -> Case {
    let random = SeededRandom::new(name);
    let root = RootKey::generate(&random).unwrap();
    let mut plaintext = vec![0; length];
    random.fill(&mut plaintext).unwrap();
    let place = Place::new(place);
    let sealed = root.seal(&random, &place.binding(), &plaintext).unwrap();
    let (root, sealed) = (hex(root.expose()), hex(sealed.as_bytes()));
    Case {
        name: name.to_owned(),
        root,
        place,
        sealed,
        plaintext: Some(hex(&plaintext)),
    }
}

fn altered(base: &Case) -> Vec<Case> {
    let sealed = unhex(&base.sealed);
    let end = sealed.len();
    let mut cases: Vec<Case> = [
        ("version", 0),
        ("fingerprint", 1),
        ("fingerprint", 16),
        ("salt", 17),
        ("salt", 32),
        ("IV", 33),
        ("IV", 44),
        ("ciphertext", 45),
        ("ciphertext", end - 17),
        ("tag", end - 16),
        ("tag", end - 1),
    ]
    .into_iter()
    .map(|(field, position)| {
        let name = format!("altered {field}, byte {position}");
        Case {
            sealed: hex(&flipped(&sealed, position)),
            ..refused(base, &name)
        }
    })
    .collect();
    for length in [0, 1, 45, 60, end - 1] {
        cases.push(Case {
            sealed: hex(&sealed[..length]),
            ..refused(base, &format!("cut to {length} bytes"))
        });
    }
    cases.push(Case {
        sealed: format!("{}00", base.sealed),
        ..refused(base, "extended")
    });
    cases
}

fn elsewhere(base: &Case) -> Vec<Case> {
    let place = &base.place;
    let places = [
        (
            "another region",
            Place {
                region: "us-east-2".into(),
                ..place.clone()
            },
        ),
        (
            "another account",
            Place {
                account: "444455556666".into(),
                ..place.clone()
            },
        ),
        (
            "another key",
            Place {
                key_id: "1234abcd-12ab-34cd-56ef-1234567890ac".into(),
                ..place.clone()
            },
        ),
        (
            "another material",
            Place {
                material_id: "5b".repeat(32),
                ..place.clone()
            },
        ),
        (
            "another purpose",
            Place {
                purpose: "access key secret".into(),
                ..place.clone()
            },
        ),
        (
            "a letter moved between fields",
            Place {
                region: "us-east-".into(),
                account: format!("1{}", place.account),
                ..place.clone()
            },
        ),
    ];
    places
        .into_iter()
        .map(|(name, place)| Case {
            place,
            ..refused(base, name)
        })
        .collect()
}

fn refused(base: &Case, name: &str) -> Case {
    Case {
        name: name.to_owned(),
        plaintext: None,
        ..base.clone()
    }
}
