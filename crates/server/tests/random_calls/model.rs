//! The published model of KMS, as the extract of it in `wire` has it, and the errors of each operation, as the
//! committed table of operations has them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const EXTRACT: &str = include_str!("../../../wire/tests/model/kms-2014-11-01.json");
const GRANTS: &str = include_str!("../../../wire/tests/model/kms-grants.json");
const TABLE: &str = include_str!("../../../keystead/tests/operations_table.txt");

/// What is in the lists, which the extract does not say.
const ELEMENTS: &[(&str, &str)] = &[
    ("AliasList", "AliasListEntry"),
    ("CustomKeyStoresList", "CustomKeyStoresListEntry"),
    ("DryRunModifierList", "DryRunModifierType"),
    ("EncryptionAlgorithmSpecList", "EncryptionAlgorithmSpec"),
    ("GrantList", "GrantListEntry"),
    ("GrantOperationList", "GrantOperation"),
    ("GrantTokenList", "GrantTokenType"),
    ("KeyAgreementAlgorithmSpecList", "KeyAgreementAlgorithmSpec"),
    ("KeyList", "KeyListEntry"),
    ("MacAlgorithmSpecList", "MacAlgorithmSpec"),
    ("MultiRegionKeyList", "MultiRegionKey"),
    ("PolicyNameList", "PolicyNameType"),
    ("RotationsList", "RotationsListEntry"),
    ("SigningAlgorithmSpecList", "SigningAlgorithmSpec"),
    ("TagKeyList", "TagKeyType"),
    ("TagList", "Tag"),
];

pub(crate) struct Model {
    extract: Value,
    errors: BTreeMap<String, BTreeSet<String>>,
}

/// A member of a structure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) shape: &'a str,
    pub(crate) is_required: bool,
}

impl Model {
    pub(crate) fn read() -> Self {
        let parse = |text| serde_json::from_str::<Value>(text).unwrap();
        let mut extract = parse(EXTRACT);
        let later = parse(GRANTS);
        for section in ["structures", "shapes"] {
            for (name, value) in later[section].as_object().unwrap() {
                extract[section][name] = value.clone();
            }
        }
        Self {
            extract,
            errors: errors(TABLE),
        }
    }

    /// The structure of an operation's `input` or `output`, if it has one.
    pub(crate) fn side(&self, operation: &str, side: &str) -> Option<&str> {
        self.extract["operations"][operation][side].as_str()
    }

    /// The members of a structure; `None` of a shape that is none.
    pub(crate) fn members(&self, structure: &str) -> Option<Vec<Member<'_>>> {
        let members = self.extract["structures"][structure].as_array()?;
        let members = members.iter().map(|member| Member {
            name: member["name"].as_str().unwrap(),
            shape: member["shape"].as_str().unwrap(),
            is_required: member["required"] == true,
        });
        Some(members.collect())
    }

    pub(crate) fn shape(&self, name: &str) -> &Value {
        &self.extract["shapes"][name]
    }

    /// The shape of what is in a list.
    pub(crate) fn element(&self, list: &str) -> &'static str {
        let row = ELEMENTS.iter().find(|(known, _)| *known == list);
        row.unwrap_or_else(|| panic!("nothing is known to be in a {list}"))
            .1
    }

    /// Whether an operation can refuse with an error of its own.
    pub(crate) fn can_refuse(&self, operation: &str, error: &str) -> bool {
        self.errors[operation].contains(error)
    }
}

/// The errors that each operation was seen to answer: what stands behind `ok`, and not behind `never`.
fn errors(table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    let mut is_seen = false;
    for line in table.lines() {
        let mut words = line.split_whitespace();
        if !line.starts_with(' ') {
            let name = words.next().map(str::to_owned);
            current = name.filter(|_| line.split_whitespace().nth(1) == Some("ok"));
        }
        let Some(operation) = &current else {
            continue;
        };
        for word in words {
            match word {
                "ok" => is_seen = true,
                "never" => is_seen = false,
                _ if is_seen => {
                    let errors = all.entry(operation.clone()).or_default();
                    errors.insert(format!("{word}Exception"));
                }
                _ => {}
            }
        }
    }
    all
}
