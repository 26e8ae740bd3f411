//! `ciphertext-v1.json`.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{assert_frozen, flipped, hex, read, unhex};
use keystead_core::key::KeySpec;

use crate::{
    Binding, CryptoError, OpenedKey, Provider, Purpose, Random, RootKey, SoftwareProvider,
    SymmetricKey, SystemRandom,
    ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm},
    testing::SeededRandom,
};

const FORMAT: &str = "ciphertext-v1";
const FROZEN: &str = include_str!("../../tests/vectors/ciphertext-v1.json");

type Context = BTreeMap<String, String>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Case {
    name: String,
    /// Key material, hexadecimal.
    material: String,
    context: Context,
    blob: String,
    /// What the blob decrypts to, or nothing when it must be refused.
    plaintext: Option<String>,
}

#[test]
fn every_case_has_its_result() {
    for case in read::<Case>(FORMAT, FROZEN) {
        let blob = unhex(&case.blob);
        let key = key(&unhex(&case.material), Arc::new(SystemRandom));
        let result = Blob::parse(&blob).and_then(|blob| key.decrypt(&blob, &aad(&case.context)));
        match case.plaintext {
            Some(plaintext) => {
                assert_eq!(hex(result.unwrap().expose()), plaintext, "{}", case.name);
            }
            None => assert!(
                matches!(result, Err(CryptoError::InvalidCiphertext)),
                "{}: {result:?}",
                case.name
            ),
        }
    }
}

#[test]
fn the_generator_makes_the_frozen_file() {
    let mut cases = valid();
    let base = cases[1].clone();
    cases.extend(altered(&base));
    cases.extend(reframed(&base));
    cases.extend(other_contexts(&base));
    let mut swapped = refused(&base, "another key's material");
    swapped.material.clone_from(&cases[0].material);
    cases.push(swapped);
    assert_frozen(FORMAT, FROZEN, cases);
}

type Input<'a> = (&'a str, KeyIdForm, &'a [(&'a str, &'a str)], Vec<u8>);

fn valid() -> Vec<Case> {
    let inputs: [Input<'_>; 5] = [
        ("no context, one byte", KeyIdForm::Uuid, &[], vec![0]),
        (
            "two pairs",
            KeyIdForm::Uuid,
            &[("department", "10103.0"), ("purpose", "test")],
            b"hello, world".to_vec(),
        ),
        (
            "a multi-Region key",
            KeyIdForm::MultiRegion,
            &[("a", "")],
            vec![0x5a; 32],
        ),
        (
            "keys beyond ASCII, ordered by their bytes",
            KeyIdForm::Uuid,
            &[("😀", "4"), ("～", "3"), ("é", "2")],
            b"x".to_vec(),
        ),
        ("no plaintext at all", KeyIdForm::Uuid, &[("", "")], vec![]),
    ];
    inputs
        .into_iter()
        .map(|(name, form, pairs, plaintext)| {
            let random = Arc::new(SeededRandom::new(name));
            let context: Context = pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect();
            let mut identity = BlobIdentity {
                form,
                key_id: [0; 16],
                material_id: [0; 32],
            };
            let mut material = [0; 32];
            for place in [
                &mut material[..],
                &mut identity.key_id,
                &mut identity.material_id,
            ] {
                random.fill(place).unwrap();
            }
            let blob = key(&material, random)
                .encrypt(&identity, &aad(&context), &plaintext)
                .unwrap();
            let (material, blob, plaintext) = (hex(&material), hex(&blob), Some(hex(&plaintext)));
            Case {
                name: name.to_owned(),
                material,
                context,
                blob,
                plaintext,
            }
        })
        .collect()
}

/// One altered byte at the beginning and the end of every field.
fn altered(base: &Case) -> Vec<Case> {
    let blob = unhex(&base.blob);
    let end = blob.len();
    let fields = [
        ("version", 0, 1),
        ("flags", 1, 2),
        ("key id", 2, 18),
        ("material id", 18, 50),
        ("salt", 50, 66),
        ("IV", 66, 78),
        ("ciphertext", 78, end - 16),
        ("tag", end - 16, end),
    ];
    let mut cases = Vec::new();
    for (field, start, end) in fields {
        for position in [start, end - 1] {
            let name = format!("altered {field}, byte {position}");
            cases.push(Case {
                blob: hex(&flipped(&blob, position)),
                ..refused(base, &name)
            });
        }
    }
    cases
}

/// Other lengths, versions and flags, and parts put together anew.
fn reframed(base: &Case) -> Vec<Case> {
    let blob = unhex(&base.blob);
    let with = |position: usize, value: u8| {
        let mut blob = blob.clone();
        blob[position] = value;
        blob
    };
    let zero_tag = [&blob[..blob.len() - 16], &[0; 16]].concat();
    let blobs = [
        ("empty", vec![]),
        ("cut before the last byte", blob[..blob.len() - 1].to_vec()),
        ("cut behind the header", blob[..78].to_vec()),
        ("cut to one byte less than the least", blob[..93].to_vec()),
        ("extended", [blob.as_slice(), &[0]].concat()),
        ("without its first byte", blob[1..].to_vec()),
        ("twice in a row", [blob.as_slice(), &blob].concat()),
        ("version 0", with(0, 0)),
        ("version 2", with(0, 2)),
        ("the multi-Region flag added", with(1, 1)),
        ("an unknown flag", with(1, 2)),
        ("all flags", with(1, 0xff)),
        ("a tag of zeros", zero_tag),
        (
            "salt and IV of zeros",
            [&blob[..50], &[0; 28], &blob[78..]].concat(),
        ),
    ];
    blobs
        .into_iter()
        .map(|(name, blob)| Case {
            blob: hex(&blob),
            ..refused(base, name)
        })
        .collect()
}

fn other_contexts(base: &Case) -> Vec<Case> {
    let contexts: [(&str, &[(&str, &str)]); 7] = [
        ("no context", &[]),
        ("a pair missing", &[("department", "10103.0")]),
        (
            "a pair too many",
            &[("department", "10103.0"), ("purpose", "test"), ("x", "")],
        ),
        (
            "another value",
            &[("department", "10103.0"), ("purpose", "tess")],
        ),
        (
            "another case",
            &[("department", "10103.0"), ("Purpose", "test")],
        ),
        (
            "values exchanged",
            &[("department", "test"), ("purpose", "10103.0")],
        ),
        (
            "a letter moved from key to value",
            &[("departmen", "t10103.0"), ("purpose", "test")],
        ),
    ];
    contexts
        .into_iter()
        .map(|(name, pairs)| {
            let context = pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect();
            Case {
                context,
                ..refused(base, &format!("context: {name}"))
            }
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

fn aad(context: &Context) -> ContextAad {
    ContextAad::new(
        context
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    )
}

/// A key with chosen material, by way of the root key.
fn key(material: &[u8], random: Arc<dyn Random>) -> Box<dyn SymmetricKey> {
    let binding = Binding {
        region: "",
        account: "",
        key_id: "",
        material_id: "",
        purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
    };
    let root = Arc::new(RootKey::generate(&SystemRandom).unwrap());
    let sealed = root.seal(&SystemRandom, &binding, material).unwrap();
    match SoftwareProvider::new(root, random).open(&sealed, &binding) {
        Ok(OpenedKey::Symmetric(key)) => key,
        _ => panic!("not a symmetric key"),
    }
}
