//! The declarations of a model against the extract of the published one in `tests/model`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Member, OutputMember, Rule};

/// Texts that are sensitive though the model does not say so: credentials, and what is told to one caller only.
const ALSO_SENSITIVE: &[&str] = &[
    "tokenType",
    "tokenCodeType",
    "encodedMessageType",
    "contextAssertionType",
];

/// The shape whose texts IAM percent-encodes in replies.
const DOCUMENT: &str = "policyDocumentType";

/// An extract of a published model.
pub(crate) struct Model(Value);

impl Model {
    pub(crate) fn new(extract: &str) -> Self {
        Self(serde_json::from_str(extract).unwrap())
    }

    /// Every shape and enum declared has the rules of the model's.
    pub(crate) fn check_rules(&self, tables: &[&[(&str, &[Rule])]]) {
        for (name, rules) in tables.iter().copied().flatten() {
            let shape = &self.0["shapes"][self.spelled(name)];
            let declared: Vec<String> = rules.iter().map(Rule::to_string).collect();
            assert_eq!(declared, rules_of(shape), "{name}");
        }
    }

    /// The inputs declared are those of all operations of the extract, member by member.
    pub(crate) fn check_inputs(&self, inputs: &[(&str, &[Member])]) {
        let operations = self.0["operations"].as_object().unwrap();
        let expected: BTreeSet<&str> = operations.keys().map(String::as_str).collect();
        let declared: BTreeSet<&str> = inputs.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(declared, expected);
        for (operation, members) in inputs {
            match operations[*operation]["input"].as_str() {
                Some(structure) => self.check_members(structure, members),
                None => assert!(members.is_empty(), "{operation}"),
            }
        }
    }

    /// A structure inside an input has the model's members.
    pub(crate) fn check_members(&self, structure: &str, declared: &[Member]) {
        let members = self.members(structure);
        assert_eq!(declared.len(), members.len(), "{structure}");
        for (declared, member) in declared.iter().zip(members) {
            let at = format!("{structure}.{}", declared.name);
            let shape = member["shape"].as_str().unwrap();
            assert_eq!(declared.name, member["name"], "{at}");
            // What is named as a type of Rust's has a mark behind its name here.
            let declared_shape = declared.shape.trim_end_matches('_');
            assert_eq!(declared_shape, capitalized(shape), "{at}");
            assert_eq!(declared.required, member["required"], "{at}");
            assert_eq!(bare(declared.kind), self.kind(shape, false), "{at}");
        }
    }

    /// An output, or a structure inside one, has the model's members, and always those that the model requires.
    pub(crate) fn check_output(&self, name: &str, declared: &[OutputMember]) {
        let structure = match self.0["operations"][name]["output"].as_str() {
            Some(structure) => structure.to_owned(),
            None => name.to_owned(),
        };
        let members = self.members(&structure);
        assert_eq!(declared.len(), members.len(), "{structure}");
        for declared in declared {
            let at = format!("{structure}.{}", declared.name);
            let member = members
                .iter()
                .find(|member| member["name"] == declared.name)
                .unwrap_or_else(|| panic!("the model has no {at}"));
            let shape = member["shape"].as_str().unwrap();
            assert!(declared.always || member["required"] == false, "{at}");
            assert_eq!(bare(declared.kind), self.kind(shape, true), "{at}");
        }
    }

    /// The operations of the extract that answer something.
    pub(crate) fn answering(&self) -> BTreeSet<&str> {
        self.0["operations"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, sides)| sides["output"].is_string())
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn members(&self, structure: &str) -> &Vec<Value> {
        self.0["structures"][structure]
            .as_array()
            .unwrap_or_else(|| panic!("the model has no {structure}"))
    }

    /// The type that values of a shape have here.
    fn kind(&self, name: &str, in_output: bool) -> String {
        let shape = &self.0["shapes"][name];
        let inside = |part: &str| self.kind(shape[part].as_str().unwrap(), in_output);
        // The services that speak JSON write instants as numbers.
        let speaks_json = ["DescribeOrganization", "LookupEvents"];
        let epoch = speaks_json.map(|name| self.0["operations"][name].is_object()) != [false; 2];
        match shape["type"].as_str() {
            None => capitalized(name),
            Some("integer") => "i64".into(),
            Some("blob") => "Blob".into(),
            Some("double") => "f64".into(),
            Some("boolean") => "bool".into(),
            Some("timestamp") if epoch => "EpochSeconds".into(),
            Some("timestamp") => "Iso8601".into(),
            Some("list") => format!("Vec<{}>", inside("member")),
            Some("map") => format!("BTreeMap<String, {}>", inside("value")),
            Some("string") if shape["enum"].is_array() => capitalized(name),
            Some("string") if in_output && name == DOCUMENT => "Document".into(),
            Some("string") if shape["sensitive"] == true || ALSO_SENSITIVE.contains(&name) => {
                "Sensitive".into()
            }
            Some("string") => "String".into(),
            Some(other) => panic!("no values are {other}"),
        }
    }

    /// A shape's name as the model spells it.
    fn spelled(&self, name: &str) -> String {
        let name = name.trim_end_matches('_');
        let small = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        [name.to_owned(), small]
            .into_iter()
            .find(|spelled| self.0["shapes"][spelled].is_object())
            .unwrap_or_else(|| panic!("the model has no {name}"))
    }
}

/// The rules that a shape of the model has, in words.
fn rules_of(shape: &Value) -> Vec<String> {
    let measure = if shape["type"] == "integer" {
        "value"
    } else {
        "length"
    };
    let bounds = [("max", "less"), ("min", "greater")]
        .into_iter()
        .filter_map(|(limit, word)| Some((shape[limit].as_i64()?, word)))
        .map(|(bound, word)| format!("Member must have {measure} {word} than or equal to {bound}"));
    let values = shape["enum"].as_array().map(|values| {
        let values: Vec<&str> = values.iter().map(|value| value.as_str().unwrap()).collect();
        format!(
            "Member must satisfy enum value set: [{}]",
            values.join(", ")
        )
    });
    let pattern = shape["pattern"]
        .as_str()
        .map(|pattern| format!("Member must satisfy regular expression pattern: {pattern}"));
    bounds.chain(values).chain(pattern).collect()
}

fn capitalized(name: &str) -> String {
    format!("{}{}", name[..1].to_uppercase(), &name[1..])
}

/// A type without the `Option` around it.
fn bare(kind: &str) -> &str {
    kind.strip_prefix("Option<")
        .and_then(|kind| kind.strip_suffix('>'))
        .unwrap_or(kind)
}

/// Lists structures with their members: `members_of!(input: CreateUser, GetUser)`.
macro_rules! members_of {
    ($side:ident: $($name:ident),* $(,)?) => {
        &[$((stringify!($name), $side::$name::MEMBERS)),*]
    };
}
pub(crate) use members_of;
