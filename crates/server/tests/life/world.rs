//! Two nodes and the model of what they hold, step by step.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use keystead_server::clock::Clock as _;
use keystead_server::jobs;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

use crate::action::{Action, Import, Token, Which};
use crate::model::{Answer, DAY, INCORRECT, Key, Role, State};
use crate::wrapping::{Parameters, with};

/// The most keys at once.
const MOST: usize = 6;
/// How long a token goes.
const TOKEN_DAYS: i64 = 1;

struct Held {
    id: String,
    /// `None` when it is no more.
    model: Option<Key>,
    /// The ids of its materials, as they became known, by serial number.
    names: HashMap<usize, String>,
    /// What was given out for it, and until when.
    parameters: Vec<(Parameters, i64)>,
}

struct Ciphertext {
    key: usize,
    serial: usize,
    blob: Value,
    plaintext: String,
}

pub(crate) struct World {
    /// The node whose turn it is.
    node: TestNode,
    /// The one that follows.
    other: TestNode,
    folder: PathBuf,
    keys: Vec<Held>,
    ciphertexts: Vec<Ciphertext>,
    /// How often each service event must be in the audit log.
    told: BTreeMap<&'static str, usize>,
}

impl World {
    pub(crate) async fn new(folder: &Path) -> Self {
        let [node, other] = NodeOptions::new().admin("ada").start_two(folder).await;
        let mut world = Self {
            node,
            other,
            folder: folder.to_owned(),
            keys: Vec::new(),
            ciphertexts: Vec::new(),
            told: BTreeMap::new(),
        };
        world.create(false).await;
        world.create(true).await;
        world.check().await;
        world
    }

    pub(crate) async fn act(mut self, action: &Action) -> Self {
        std::mem::swap(&mut self.node, &mut self.other);
        self.node.catch_up().await;
        match action {
            Action::Minutes(minutes) => self.node.clock.advance_seconds(minutes * 60),
            Action::Days(days) => self.node.clock.advance_days(*days),
            Action::RunJobs => self.run_jobs().await,
            Action::Restart => self = self.restart().await,
            Action::Create { external } if self.keys.len() < MOST => self.create(*external).await,
            Action::Create { .. } => {}
            Action::Decrypt(number) => self.decrypt(*number).await,
            _ => {
                self.expire();
                self.act_on_key(action).await;
                return self;
            }
        }
        self.expire();
        self.check().await;
        self
    }

    pub(crate) async fn end(mut self) {
        self.run_jobs().await;
        self.check().await;
        let told = self.told;
        for node in [self.node, self.other] {
            node.node.stop().await.unwrap();
        }
        let logs = ["audit", "audit-2"].map(|log| self.folder.join(log));
        let logs = logs.map(|log| std::fs::read_to_string(log.join("segment-00000001.jsonl")));
        let mut found: BTreeMap<&str, usize> = told.keys().map(|name| (*name, 0)).collect();
        for line in logs.map(Result::unwrap).concat().lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let name = event["eventName"].as_str().unwrap();
            if event["eventType"] == "AwsServiceEvent"
                && let Some(count) = found.get_mut(name)
            {
                *count += 1;
            }
        }
        assert_eq!(found, told);
    }

    fn now(&self) -> i64 {
        self.node.clock.now().as_millis()
    }

    fn expire(&mut self) {
        let now = self.now();
        let keys = self.keys.iter_mut().filter_map(|key| key.model.as_mut());
        keys.for_each(|key| key.expire(now));
    }

    async fn create(&mut self, external: bool) {
        let origin = if external { "EXTERNAL" } else { "AWS_KMS" };
        let input = json!({ "Origin": origin });
        let made = self.node.ok("ada", "CreateKey", &input).await;
        self.keys.push(Held {
            id: made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned(),
            model: Some(Key::new(external)),
            names: HashMap::new(),
            parameters: Vec::new(),
        });
    }

    async fn run_jobs(&mut self) {
        self.expire();
        let now = self.now();
        for key in &mut self.keys {
            let Some(model) = &mut key.model else {
                continue;
            };
            let before = model.materials.len();
            if !model.run_jobs(now) {
                key.model = None;
                *self.told.entry("DeleteKey").or_default() += 1;
            } else if model.materials.len() > before {
                *self.told.entry("RotateKey").or_default() += 1;
            }
        }
        let [one, other] = [&self.node, &self.other].map(|node| node.node.corridor());
        tokio::join!(jobs::run_once(one), jobs::run_once(other));
        self.node.catch_up().await;
    }

    async fn restart(self) -> Self {
        let now = self.node.clock.now();
        for node in [self.node, self.other] {
            node.node.stop().await.unwrap();
        }
        let options = NodeOptions::new().admin("ada").at(now);
        let [node, other] = options.start_two(&self.folder).await;
        Self {
            node,
            other,
            ..self
        }
    }

    async fn act_on_key(&mut self, action: &Action) {
        let now = self.now();
        let (Action::Enable(number)
        | Action::Disable(number)
        | Action::Schedule(number)
        | Action::Cancel(number)
        | Action::EnableRotation(number, _)
        | Action::DisableRotation(number)
        | Action::Rotate(number)
        | Action::Import(number, _)
        | Action::DeleteMaterial(number, _)
        | Action::Encrypt(number)) = *action
        else {
            panic!("not of one key: {action:?}");
        };
        let number = number % self.keys.len();
        if self.keys[number].model.is_none() {
            let input = json!({ "KeyId": self.keys[number].id });
            let (code, _) = self.node.err("ada", "DescribeKey", &input).await;
            assert_eq!(code, "NotFoundException");
            return;
        }
        match action {
            Action::Import(_, import) => self.import(number, import).await,
            Action::DeleteMaterial(_, which) => self.delete(number, *which).await,
            Action::Encrypt(_) => self.encrypt(number).await,
            _ => {
                let model = self.keys[number].model.as_mut().unwrap();
                let (operation, more, expected) = match action {
                    Action::Enable(_) => ("EnableKey", json!({}), model.switch(true)),
                    Action::Disable(_) => ("DisableKey", json!({}), model.switch(false)),
                    Action::Schedule(_) => (
                        "ScheduleKeyDeletion",
                        json!({ "PendingWindowInDays": 7 }),
                        model.schedule(now + 7 * DAY),
                    ),
                    Action::Cancel(_) => ("CancelKeyDeletion", json!({}), model.cancel()),
                    Action::EnableRotation(_, days) => (
                        "EnableKeyRotation",
                        json!({ "RotationPeriodInDays": days }),
                        model.set_rotation(Some(*days), now),
                    ),
                    Action::DisableRotation(_) => (
                        "DisableKeyRotation",
                        json!({}),
                        model.set_rotation(None, now),
                    ),
                    _ => ("RotateKeyOnDemand", json!({}), model.rotate(now)),
                };
                if operation == "RotateKeyOnDemand" && expected.is_ok() {
                    *self.told.entry("RotateKey").or_default() += 1;
                }
                self.call(number, operation, &more, expected).await;
            }
        }
        self.check_key(number).await;
    }

    async fn call(&self, number: usize, operation: &str, more: &Value, expected: Answer) -> Value {
        let input = with(json!({ "KeyId": self.keys[number].id }), more);
        let answer = self.node.call("ada", operation, &input).await;
        let text = answer.text();
        let found = if answer.status == 200 {
            Ok(())
        } else {
            Err(answer.error())
        };
        assert_eq!(
            found,
            expected.map_err(str::to_owned),
            "{operation} {input} {text}"
        );
        if text.is_empty() {
            Value::Null
        } else {
            answer.json()
        }
    }

    async fn import(&mut self, number: usize, import: &Import) {
        let now = self.now();
        let model = self.keys[number].model.as_ref().unwrap();
        let allowed = model.check_import();
        let (parameters, until) = if allowed.is_ok() {
            self.parameters(number, import.token).await
        } else {
            let token = Value::from("AAAA");
            (
                Parameters {
                    token,
                    public_key: Vec::new(),
                    algorithm: "",
                },
                now,
            )
        };
        // The fourth is of no use.
        let bytes = vec![import.material; if import.material == 3 { 31 } else { 32 }];
        let mut input = if allowed.is_ok() {
            parameters.import(&self.keys[number].id, &bytes)
        } else {
            json!({ "EncryptedKeyMaterial": "AAAA", "ImportToken": parameters.token,
                    "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" })
        };
        let expires = import.days.map(|days| now + i64::from(days) * DAY);
        if let Some(expires) = expires {
            let seconds = json!({ "ExpirationModel": null, "ValidTo": seconds(expires) });
            input = with(input, &seconds);
        }
        if let Some(is_new) = import.is_new {
            let kind = if is_new {
                "NEW_KEY_MATERIAL"
            } else {
                "EXISTING_KEY_MATERIAL"
            };
            input = with(input, &json!({ "ImportType": kind }));
        }
        let model = self.keys[number].model.as_mut().unwrap();
        let expected = allowed.and_then(|()| match import.token {
            Token::Foreign | Token::Altered => Err("InvalidImportTokenException"),
            Token::Old if until <= now => Err("ExpiredImportTokenException"),
            Token::Garbled => Err("InvalidCiphertextException"),
            Token::Good | Token::Old if import.material == 3 => Err(INCORRECT),
            Token::Good | Token::Old => model.import(import.material, import.is_new, expires),
        });
        match import.token {
            Token::Altered => input = with(input, &json!({ "ImportToken": "AAAA" })),
            Token::Garbled => input = with(input, &json!({ "EncryptedKeyMaterial": "AAAA" })),
            Token::Good | Token::Old | Token::Foreign => {}
        }
        input.as_object_mut().unwrap().remove("KeyId");
        self.call(number, "ImportKeyMaterial", &input, expected)
            .await;
    }

    /// Parameters as they are wanted, and until when they go.
    async fn parameters(&mut self, number: usize, token: Token) -> (Parameters, i64) {
        let now = self.now();
        let others = |(place, _): &(usize, &Held)| *place != number;
        let foreign = self.keys.iter().enumerate().filter(others);
        let foreign = foreign
            .filter_map(|(_, key)| key.parameters.last())
            .next_back();
        if let (Token::Foreign, Some((parameters, until))) = (token, foreign)
            && *until > now
        {
            return (parameters.clone(), *until);
        }
        let known = &self.keys[number].parameters;
        let usable = match token {
            Token::Old => known.first(),
            _ => known.last().filter(|(_, until)| *until > now),
        };
        if let Some(usable) = usable
            && token != Token::Foreign
        {
            return usable.clone();
        }
        let owner = if token == Token::Foreign {
            let input = json!({ "Origin": "EXTERNAL" });
            let made = self.node.ok("ada", "CreateKey", &input).await;
            made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
        } else {
            self.keys[number].id.clone()
        };
        let parameters = Parameters::get(&self.node, &owner, "RSAES_OAEP_SHA_256").await;
        let given = (parameters, now + TOKEN_DAYS * DAY);
        if token != Token::Foreign {
            self.keys[number].parameters.push(given.clone());
        }
        given
    }

    async fn delete(&mut self, number: usize, which: Which) {
        let key = &mut self.keys[number];
        let model = key.model.as_mut().unwrap();
        let count = model.materials.len();
        let (serial, name) = match which {
            Which::Known(place) if count > 0 => {
                let serial = model.materials[place % count].serial;
                (Some(serial), Some(key.names[&serial].clone()))
            }
            Which::Unknown => (None, Some("0".repeat(64))),
            Which::Known(_) | Which::Unsaid => (model.current().map(|m| m.serial), None),
        };
        let mut expected = model.delete(serial);
        if expected.is_ok() && matches!(which, Which::Unknown) {
            expected = Err("NotFoundException");
        }
        let named = serial.map(|serial| key.names[&serial].clone());
        let more = json!({ "KeyMaterialId": name });
        let operation = "DeleteImportedKeyMaterial";
        let answer = self.call(number, operation, &more, expected).await;
        if expected.is_ok() {
            assert_eq!(answer["KeyMaterialId"].as_str(), named.as_deref());
        }
    }

    async fn encrypt(&mut self, number: usize) {
        let plaintext = format!("{:08}", self.ciphertexts.len());
        let model = self.keys[number].model.as_ref().unwrap();
        let expected = model.usable();
        let serial = model.current().map(|m| m.serial);
        let more = json!({ "Plaintext": plaintext });
        let answer = self.call(number, "Encrypt", &more, expected).await;
        if expected.is_ok() {
            self.ciphertexts.push(Ciphertext {
                key: number,
                serial: serial.unwrap(),
                blob: answer["CiphertextBlob"].clone(),
                plaintext,
            });
        }
    }

    async fn decrypt(&mut self, number: usize) {
        self.expire();
        let count = self.ciphertexts.len();
        if let Some(ciphertext) = self.ciphertexts.get(number % count.max(1)) {
            self.check_ciphertext(ciphertext).await;
        }
    }

    async fn check_ciphertext(&self, ciphertext: &Ciphertext) {
        let key = &self.keys[ciphertext.key];
        let input = json!({ "CiphertextBlob": ciphertext.blob });
        let Some(model) = &key.model else {
            let (code, _) = self.node.err("ada", "Decrypt", &input).await;
            assert_eq!(code, "AccessDeniedException");
            return;
        };
        let expected = model.usable();
        let answer = self.call(ciphertext.key, "Decrypt", &input, expected).await;
        if expected.is_ok() {
            assert_eq!(answer["Plaintext"], ciphertext.plaintext);
            assert_eq!(answer["KeyMaterialId"], key.names[&ciphertext.serial]);
        }
    }

    async fn check(&mut self) {
        for number in 0..self.keys.len() {
            self.check_key(number).await;
        }
        for ciphertext in self.ciphertexts.iter().rev().take(10) {
            self.check_ciphertext(ciphertext).await;
        }
    }

    async fn check_key(&mut self, number: usize) {
        let input = json!({ "KeyId": self.keys[number].id });
        let Some(model) = self.keys[number].model.clone() else {
            let (code, _) = self.node.err("ada", "DescribeKey", &input).await;
            assert_eq!(code, "NotFoundException");
            return;
        };
        let more = json!({ "IncludeKeyMaterial": "ALL_KEY_MATERIAL" });
        let listed = self.call(number, "ListKeyRotations", &more, Ok(())).await;
        let listed = listed["Rotations"].as_array().unwrap();
        let key = &mut self.keys[number];
        assert_eq!(listed.len(), model.materials.len(), "{model:?}");
        for (entry, material) in listed.iter().zip(&model.materials) {
            let found = entry["KeyMaterialId"].as_str().unwrap();
            let name = key.names.entry(material.serial);
            let name = name.or_insert_with(|| found.to_owned());
            let is_current = model.current().is_some_and(|m| m.serial == material.serial);
            assert_eq!(
                *entry,
                shown(&key.id, name, material, is_current, model.external)
            );
        }
        let mut names: Vec<&String> = key.names.values().collect();
        names.sort();
        names.dedup();
        // The same bytes have the same id, whenever they come.
        assert!(model.external || names.len() == key.names.len());
        let names = self.keys[number].names.clone();
        self.check_metadata(number, &model, &names).await;
        self.check_rotation(number, &model).await;
    }

    async fn check_metadata(&self, number: usize, model: &Key, names: &HashMap<usize, String>) {
        let described = self.call(number, "DescribeKey", &json!({}), Ok(())).await;
        let metadata = &described["KeyMetadata"];
        let (state, date) = match model.state {
            State::Enabled => ("Enabled", None),
            State::Disabled => ("Disabled", None),
            State::PendingImport => ("PendingImport", None),
            State::PendingDeletion(date) => ("PendingDeletion", Some(date)),
        };
        assert_eq!(metadata["KeyState"], state, "{model:?}");
        assert_eq!(metadata["Enabled"], model.state == State::Enabled);
        let date = date.map_or(Value::Null, seconds);
        assert_eq!(metadata["DeletionDate"], date);
        let current = model.current().map(|m| names[&m.serial].as_str());
        assert_eq!(metadata["CurrentKeyMaterialId"].as_str(), current);
        let permanent = model.materials.iter().filter(|m| m.role != Role::Waiting);
        let expires = permanent.filter_map(|m| m.expires).min();
        let imported = model.external && model.is_complete();
        let expiration_model = imported.then_some(match expires {
            Some(_) => "KEY_MATERIAL_EXPIRES",
            None => "KEY_MATERIAL_DOES_NOT_EXPIRE",
        });
        assert_eq!(metadata["ExpirationModel"].as_str(), expiration_model);
    }

    async fn check_rotation(&self, number: usize, model: &Key) {
        let expected = match (model.external, model.state) {
            (true, State::PendingImport) => Err(crate::model::UNSUPPORTED),
            _ => Ok(()),
        };
        let status = self
            .call(number, "GetKeyRotationStatus", &json!({}), expected)
            .await;
        if expected.is_err() {
            return;
        }
        let is_doomed = matches!(model.state, State::PendingDeletion(_));
        let rotation = model.rotation.filter(|_| !is_doomed);
        assert_eq!(status["KeyRotationEnabled"], rotation.is_some());
        let period = rotation.map(|(period, _)| period / DAY);
        assert_eq!(status["RotationPeriodInDays"].as_i64(), period);
        let next = rotation.map_or(Value::Null, |(_, next)| seconds(next));
        assert_eq!(status["NextRotationDate"], next);
    }
}

fn seconds(millis: i64) -> Value {
    assert_eq!(millis % 1000, 0);
    Value::from(millis / 1000)
}

/// An entry of the list of materials.
fn shown(
    key: &str,
    name: &str,
    material: &crate::model::Material,
    is_current: bool,
    external: bool,
) -> Value {
    let (state, rotated) = match material.role {
        Role::Waiting => ("PENDING_ROTATION", None),
        role => {
            let state = if is_current { "CURRENT" } else { "NON_CURRENT" };
            let rotated = match role {
                Role::Automatic(at) => Some((at, "AUTOMATIC")),
                Role::OnDemand(at) => Some((at, "ON_DEMAND")),
                Role::First | Role::Waiting => None,
            };
            (state, rotated)
        }
    };
    let mut entry = json!({ "KeyId": key, "KeyMaterialId": name, "KeyMaterialState": state });
    if let Some((at, by)) = rotated {
        entry = with(
            entry,
            &json!({ "RotationDate": seconds(at), "RotationType": by }),
        );
    }
    if !external {
        return entry;
    }
    if !material.is_there {
        return with(entry, &json!({ "ImportState": "PENDING_IMPORT" }));
    }
    let more = match material.expires {
        Some(at) => json!({ "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": seconds(at) }),
        None => json!({ "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" }),
    };
    with(with(entry, &json!({ "ImportState": "IMPORTED" })), &more)
}
