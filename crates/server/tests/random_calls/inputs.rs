//! Inputs, made of the model's shapes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::dice::Dice;
use crate::model::{Member, Model};
use crate::scene::{CONTEXT, Scene};

/// What takes long to make; most of the time, what is made at once is as good.
const SLOW: &[&str] = &["RSA_2048", "RSA_3072", "RSA_4096"];
const QUICK: &str = "ECC_NIST_P256";

pub(crate) struct Inputs<'a> {
    pub(crate) model: &'a Model,
    pub(crate) scene: &'a Scene,
}

impl Inputs<'_> {
    /// An input that the model permits, and that has a good chance.
    pub(crate) fn right(&self, operation: &str, dice: &mut Dice) -> Value {
        let known: Vec<_> = self
            .scene
            .right
            .iter()
            .filter(|(name, _)| *name == operation)
            .collect();
        if !known.is_empty() && !dice.one_in(3) {
            let mut input = dice.pick(&known).1.clone();
            if dice.one_in(4) {
                self.add_member(operation, &mut input, dice);
            }
            return input;
        }
        let mut input = Map::new();
        for member in self.members(operation) {
            if member.is_required || dice.one_in(4) {
                input.insert(member.name.to_owned(), self.value(member, dice));
            }
        }
        // Where all grants are.
        if input.contains_key("GrantId") && !dice.one_in(4) {
            input.insert("KeyId".into(), self.scene.enabled.clone().into());
        }
        Value::Object(input)
    }

    /// Has one thing of an input wrong.
    pub(crate) fn spoil(&self, operation: &str, input: &mut Value, dice: &mut Dice) {
        let members = self.members(operation);
        if members.is_empty() || dice.one_in(15) {
            input["Unknown"] = json!({ "Nested": [1, "x"] });
            return;
        }
        let member = *dice.pick(&members);
        if dice.one_in(6) {
            input.as_object_mut().unwrap().remove(member.name);
            return;
        }
        let shape = self.model.shape(member.shape);
        let bound = |name: &str| {
            shape[name]
                .as_u64()
                .map(|bound| usize::try_from(bound).unwrap())
        };
        let (min, max) = (bound("min").unwrap_or(0), bound("max").unwrap_or(9000));
        input[member.name] = match (shape["type"].as_str(), dice.below(8)) {
            (_, 0) => Value::Null,
            (_, 1) => self.of_another_type(dice),
            (Some("string"), 2) => "x".repeat(max + 1).into(),
            (Some("string"), 3) => "x".repeat(max).into(),
            (Some("string"), 4) => "x".repeat(min.saturating_sub(1)).into(),
            (Some("string"), 5) => dice.pick(&self.scene.names).clone().into(),
            (Some("string"), _) => {
                let length = dice.below(30);
                dice.text(length).into()
            }
            (Some("blob"), 2..4) => STANDARD.encode(dice.bytes(max + 1)).into(),
            (Some("blob"), 4) => STANDARD.encode(dice.bytes(max)).into(),
            (Some("blob"), 5) => "".into(),
            (Some("blob"), 6) => "not Base64!".into(),
            (Some("blob"), _) => self.altered(&input[member.name], dice),
            (Some("integer"), 2..4) => json!(max + 1),
            (Some("integer"), 4) => json!(-1),
            (Some("integer"), 5) => json!(u64::MAX),
            (Some("integer"), _) => json!(1.5),
            (Some("timestamp"), 2..4) => json!(-1e300),
            (Some("timestamp"), 4) => json!(i64::MAX),
            (Some("timestamp"), _) => json!("2026-01-01T00:00:00Z"),
            (Some("list"), 2..4) => json!([]),
            (Some("list"), _) => {
                let member = Member {
                    shape: self.model.element(member.shape),
                    ..member
                };
                let count = 1 + dice.below(130);
                (0..count).map(|_| self.value(member, dice)).collect()
            }
            (Some("map"), 2..4) => json!({ "": "" }),
            (Some("map"), 4) => json!({ "a": 1 }),
            (Some("map"), _) => {
                let entries = (0..dice.below(500))
                    .map(|number| (format!("k{number}"), "v".repeat(40).into()));
                Value::Object(entries.collect())
            }
            _ => json!({ "Nope": "x" }),
        };
    }

    fn members(&self, operation: &str) -> Vec<Member<'_>> {
        let structure = self.model.side(operation, "input");
        structure
            .and_then(|structure| self.model.members(structure))
            .unwrap_or_default()
    }

    fn add_member(&self, operation: &str, input: &mut Value, dice: &mut Dice) {
        let members = self.members(operation);
        if !members.is_empty() {
            let member = *dice.pick(&members);
            input[member.name] = self.value(member, dice);
        }
    }

    fn of_another_type(&self, dice: &mut Dice) -> Value {
        let values = [
            json!(7),
            json!(true),
            json!("text"),
            json!([]),
            json!({}),
            json!([{ "a": null }]),
            json!(1e308),
        ];
        dice.pick(&values).clone()
    }

    /// Bytes that were good but for one of them.
    fn altered(&self, blob: &Value, dice: &mut Dice) -> Value {
        let mut bytes = STANDARD
            .decode(blob.as_str().unwrap_or_default())
            .unwrap_or_default();
        if bytes.is_empty() {
            return "AAAA".into();
        }
        match dice.below(3) {
            0 => bytes.truncate(dice.below(bytes.len())),
            1 => bytes.extend(dice.bytes(3)),
            _ => {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
        }
        STANDARD.encode(bytes).into()
    }

    fn value(&self, member: Member<'_>, dice: &mut Dice) -> Value {
        if let Some(members) = self.model.members(member.shape) {
            let entries = members
                .into_iter()
                .map(|member| (member.name.to_owned(), self.value(member, dice)));
            return Value::Object(entries.collect());
        }
        let shape = self.model.shape(member.shape);
        if let Some(values) = shape["enum"].as_array() {
            let value = dice.pick(values);
            if SLOW.iter().all(|slow| value != slow) {
                return value.clone();
            }
            let has_quick = values.iter().any(|value| value == QUICK);
            let is_quick = has_quick && !dice.one_in(10);
            return if is_quick { QUICK } else { "RSA_2048" }.into();
        }
        match shape["type"].as_str().unwrap() {
            "string" => self.text(member, dice).into(),
            "blob" => {
                let max = shape["max"].as_u64().unwrap_or(64).min(64);
                let length = 1 + dice.below(usize::try_from(max).unwrap());
                STANDARD.encode(dice.bytes(length)).into()
            }
            "integer" => {
                let bound = |name: &str| {
                    shape[name]
                        .as_u64()
                        .map(|bound| usize::try_from(bound).unwrap())
                };
                let (min, max) = (bound("min").unwrap_or(1), bound("max").unwrap_or(100));
                json!(min + dice.below(max - min + 1))
            }
            "boolean" => json!(dice.one_in(2)),
            "timestamp" => json!(1_767_323_045 + dice.below(400 * 24 * 3600)),
            "list" => {
                let member = Member {
                    shape: self.model.element(member.shape),
                    ..member
                };
                (0..=dice.below(2))
                    .map(|_| self.value(member, dice))
                    .collect()
            }
            "map" => json!({ CONTEXT: "test" }),
            other => panic!("no inputs are {other}"),
        }
    }

    fn text(&self, member: Member<'_>, dice: &mut Dice) -> String {
        let scene = self.scene;
        let grants = scene.grants.borrow();
        let grant = dice.pick(&grants);
        match (member.shape, member.name) {
            ("KeyIdType", "TargetKeyId") => scene.enabled.clone(),
            ("KeyIdType", _) => {
                let good = [&scene.enabled, &scene.disabled, &scene.pending, &scene.external, &scene.signer];
                if dice.one_in(2) {
                    (*dice.pick(&good)).clone()
                } else {
                    dice.pick(&scene.names).clone()
                }
            }
            ("AliasNameType", _) => format!("alias/{}", dice.pick(&["a", "b", "c", "d", "aws/x"])),
            ("PolicyType", _) => dice
                .pick(&[
                    "{}",
                    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}"#,
                    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/nobody"},"Action":"kms:*","Resource":"*"}]}"#,
                ])
                .to_string(),
            ("PrincipalIdType", _) => format!("arn:aws:iam::111122223333:user/{}", dice.pick(&["ada", "bob", "nobody"])),
            ("GrantIdType", _) => grant.0.clone(),
            ("GrantTokenType", _) => grant.1.clone(),
            ("CustomKeyStoreIdType", _) => dice.pick(&scene.stores.borrow()).clone(),
            ("PolicyNameType", _) => "default".into(),
            ("TagKeyType", _) => format!("k{}", dice.below(60)),
            _ => {
                let length = 1 + dice.below(20);
                dice.text(length)
            }
        }
    }
}
