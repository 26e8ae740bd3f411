//! A node, its stores, and the model of what they hold, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use keystead_core::time::Timestamp;
use keystead_server::clock::Clock as _;
use keystead_testkit::faulty_store::{Faults, FaultyStore};
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Credentials, NodeOptions, TestNode};
use serde_json::{Value, json};

use crate::action::Action;
use crate::ledgers::{self, Ledgers, requests};
use crate::model::{Ciphertext, Grant, Key, Outcome, Possible, State};

/// The most keys at once.
const MOST: usize = 4;
const ALIASES: usize = 3;
const PLAINTEXTS: [&str; 2] = ["aGVsbG8=", "a2V5c3RlYWQ="];
/// How much longer a slow store takes.
const DELAY: Duration = Duration::from_millis(15);
const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:ListKeys","Resource":"*"}}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

/// What is known when no node runs.
pub(crate) struct World {
    folder: PathBuf,
    now: Option<Timestamp>,
    keys: Vec<Key>,
    /// By their numbers, the numbers of the keys that they stand for.
    aliases: Vec<Possible<Option<usize>>>,
    is_forbidden: Possible<bool>,
    ciphertexts: Vec<Ciphertext>,
    /// What was answered, by requests' ids.
    answered: BTreeMap<String, (String, Outcome)>,
    ledgers: Ledgers,
    count: usize,
}

impl World {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            now: None,
            keys: Vec::new(),
            aliases: vec![Possible::only(None); ALIASES],
            is_forbidden: Possible::only(false),
            ciphertexts: Vec::new(),
            answered: BTreeMap::new(),
            ledgers: Ledgers::default(),
            count: 0,
        }
    }

    pub(crate) async fn start(self) -> Running {
        let mut options = NodeOptions::new().admin("ada").user("bob", Some(ALLOW));
        if let Some(now) = self.now {
            options = options.at(now);
        }
        let (node, stores) = options.start_faulty(&self.folder).await;
        let mut running = Running {
            node,
            stores,
            world: self,
        };
        running.look().await;
        running
    }
}

/// A world with a node in it.
pub(crate) struct Running {
    node: TestNode,
    stores: [Arc<FaultyStore>; 2],
    world: World,
}

impl Running {
    pub(crate) async fn act(&mut self, action: &Action) {
        match *action {
            Action::Create => self.create().await,
            Action::PutAlias(alias, key) => self.put_alias(alias % ALIASES, key).await,
            Action::DeleteAlias(alias) => self.delete_alias(alias % ALIASES).await,
            Action::Forbid(forbid) => self.forbid(forbid).await,
            Action::Decrypt(number) => self.decrypt(number).await,
            Action::Strike(store, fault, n) => self.stores[store].set(Faults {
                commits: Some((fault, n)),
                ..Faults::default()
            }),
            Action::CutOff(store, end) => {
                self.stores[store].set(Faults {
                    reads_fail: true,
                    ..Faults::default()
                });
                self.stores[store].end_watches(end);
            }
            Action::End(store, end) => self.stores[store].end_watches(end),
            Action::Slow(store) => self.stores[store].set(Faults {
                delay: DELAY,
                ..Faults::default()
            }),
            Action::Heal => self.look().await,
            Action::Crash => panic!("the end of a life"),
            _ => self.act_on_key(action).await,
        }
    }

    /// The process is gone: no store is closed, and nothing is waited for.
    pub(crate) async fn leave(self) -> World {
        let mut world = self.world;
        world.now = Some(self.node.clock.now());
        world.ledgers.add(Ledgers::of(&self.stores.each_ref()));
        self.node.node.rest();
        world
    }

    /// Looks at everything for the last time, and at the audit log.
    pub(crate) async fn end(mut self) {
        self.look().await;
        self.world.ledgers.add(Ledgers::of(&self.stores.each_ref()));
        self.node.node.stop().await.unwrap();
        let world = self.world;
        let records = ledgers::records(&world.folder);
        world.ledgers.check(&records);
        for (request, (operation, outcome)) in &world.answered {
            let told = requests(&records, request);
            let calls: Vec<_> = told
                .iter()
                .filter(|record| record["eventType"] == "AwsApiCall")
                .collect();
            let good = calls
                .iter()
                .filter(|record| record["errorCode"].is_null())
                .count();
            let bad = calls.len() - good;
            match outcome {
                Outcome::Done => assert_eq!((good, bad), (1, 0), "{operation}: {told:?}"),
                Outcome::Refused | Outcome::Throttled => {
                    assert_eq!((good, bad), (0, 1), "{operation}: {told:?}");
                }
                // The change may have been made all the same, which the ledgers know.
                Outcome::Failed => assert!(bad == 1 && good <= 1, "{operation}: {told:?}"),
            }
        }
        let rotated = |key: &Key| {
            let of_key = |record: &&Value| {
                record["eventName"] == "RotateKey"
                    && record["resources"][0]["ARN"]
                        .as_str()
                        .unwrap()
                        .ends_with(&key.id)
            };
            records.iter().filter(of_key).count()
        };
        let is_pending = |key: &&Key| key.state.could_be(|state| *state == State::PendingDeletion);
        for key in world.keys.iter().filter(|key| !is_pending(key)) {
            let rotated = rotated(key);
            assert!(!key.rotations.could_be(|seen| *seen != rotated), "{key:?}");
        }
    }

    async fn call(&mut self, operation: &str, input: &Value) -> (Outcome, Answer) {
        let answer = self.node.call("ada", operation, input).await;
        let outcome = self.note(operation, &answer);
        (outcome, answer)
    }

    fn note(&mut self, operation: &str, answer: &Answer) -> Outcome {
        let outcome = match answer.status {
            200 => Outcome::Done,
            400 if answer.text().contains("Throttling") => Outcome::Throttled,
            400..=499 => Outcome::Refused,
            500 => Outcome::Failed,
            other => panic!("{operation}: {other} {}", answer.text()),
        };
        let request = answer.request_id().to_owned();
        self.world
            .answered
            .insert(request, (operation.to_owned(), outcome));
        outcome
    }

    async fn create(&mut self) {
        if self.world.keys.len() >= MOST {
            return;
        }
        self.world.count += 1;
        let name = format!("key {}", self.world.count);
        let tags = json!([{ "TagKey": "t", "TagValue": name }]);
        let (outcome, made) = self
            .call("CreateKey", &json!({ "Description": name, "Tags": tags }))
            .await;
        match outcome {
            Outcome::Done => {
                let made = made.json();
                let id = made["KeyMetadata"]["KeyId"].as_str().unwrap();
                self.world.keys.push(Key::new(id, &name));
            }
            // If it is there, it is found when all there is is looked at.
            Outcome::Failed | Outcome::Throttled => {}
            Outcome::Refused => panic!("{}", made.text()),
        }
    }

    async fn put_alias(&mut self, alias: usize, key: usize) {
        let Some(key) = key.checked_rem(self.world.keys.len()) else {
            return;
        };
        let named = json!({ "AliasName": format!("alias/{alias}"), "TargetKeyId": self.world.keys[key].id });
        let (outcome, _) = self.call("CreateAlias", &named).await;
        let pending = (0..self.world.keys.len()).any(|key| self.pending(key));
        self.world.aliases[alias].step(outcome, |is| {
            match is {
                None => Some(Some(key)),
                Some(_) => None,
            }
            .filter(|_| !pending || outcome != Outcome::Refused)
        });
        let (outcome, _) = self.call("UpdateAlias", &named).await;
        self.world.aliases[alias].step(outcome, |is| {
            is.map(|_| Some(key))
                .filter(|_| !pending || outcome != Outcome::Refused)
        });
    }

    async fn delete_alias(&mut self, alias: usize) {
        let name = json!({ "AliasName": format!("alias/{alias}") });
        let (outcome, _) = self.call("DeleteAlias", &name).await;
        self.world.aliases[alias].step(outcome, |is| is.map(|_| None));
    }

    /// Whether a key may be about to be deleted, so that it may refuse whatever changes it.
    fn pending(&self, key: usize) -> bool {
        self.world.keys[key]
            .state
            .could_be(|state| *state == State::PendingDeletion)
    }

    async fn forbid(&mut self, forbid: bool) {
        let ada = Credentials::of("ada");
        let user = ("UserName", "bob");
        let name = ("PolicyName", "no");
        let (operation, parameters) = if forbid {
            ("PutUserPolicy", vec![user, name, ("PolicyDocument", DENY)])
        } else {
            ("DeleteUserPolicy", vec![user, name])
        };
        let answer = self
            .node
            .query(QueryService::IAM, &ada, operation, &parameters)
            .await;
        let outcome = self.note(operation, &answer);
        self.world
            .is_forbidden
            .step(outcome, |is| (forbid || *is).then_some(forbid));
        let was_well = self.was_well();
        let listed = self.node.call("bob", "ListKeys", &json!({})).await;
        let seen = self.note("ListKeys", &listed);
        match seen {
            // What was taken away is taken away once that is acknowledged.
            Outcome::Done => assert!(self.world.is_forbidden.could_be(|is| !is)),
            Outcome::Refused => assert!(
                self.world.is_forbidden.could_be(|is| *is),
                "{}",
                listed.text()
            ),
            Outcome::Failed => assert!(!was_well),
            Outcome::Throttled => panic!("nothing is changed"),
        }
    }

    async fn act_on_key(&mut self, action: &Action) {
        let (Action::Describe(number, _)
        | Action::Tag(number, _)
        | Action::Untag(number)
        | Action::Enable(number)
        | Action::Disable(number)
        | Action::Schedule(number)
        | Action::Cancel(number)
        | Action::Rotate(number)
        | Action::Grant(number)
        | Action::Revoke(number)
        | Action::Encrypt(number)) = *action
        else {
            panic!("not of a key: {action:?}");
        };
        let Some(key) = number.checked_rem(self.world.keys.len()) else {
            return;
        };
        match action {
            Action::Enable(_) => {
                let change = |state: State| state.switched(State::Enabled);
                self.switch(key, "EnableKey", change).await;
            }
            Action::Disable(_) => {
                let change = |state: State| state.switched(State::Disabled);
                self.switch(key, "DisableKey", change).await;
            }
            Action::Schedule(_) => {
                let change = |state: State| state.switched(State::PendingDeletion);
                self.switch(key, "ScheduleKeyDeletion", change).await;
            }
            Action::Cancel(_) => {
                self.switch(key, "CancelKeyDeletion", State::cancelled)
                    .await;
            }
            Action::Grant(_) => self.grant(key).await,
            Action::Revoke(_) => self.revoke(key).await,
            Action::Encrypt(_) => self.encrypt(key).await,
            _ => self.alter(key, action).await,
        }
    }

    /// Changes what a key has besides its state.
    async fn alter(&mut self, key: usize, action: &Action) {
        let id = self.world.keys[key].id.clone();
        let (operation, input) = match action {
            Action::Describe(_, text) => (
                "UpdateKeyDescription",
                json!({ "KeyId": id, "Description": text.to_string() }),
            ),
            Action::Tag(_, text) => {
                let tags = json!([{ "TagKey": "t", "TagValue": text.to_string() }]);
                ("TagResource", json!({ "KeyId": id, "Tags": tags }))
            }
            Action::Untag(_) => ("UntagResource", json!({ "KeyId": id, "TagKeys": ["t"] })),
            Action::Rotate(_) => ("RotateKeyOnDemand", json!({ "KeyId": id })),
            _ => panic!("not of a key: {action:?}"),
        };
        let (outcome, answer) = self.call(operation, &input).await;
        // A key that is to be deleted refuses what others take, and one rotates only when enabled, and not for ever.
        let outcome = match outcome {
            Outcome::Refused if self.pending(key) || operation == "RotateKeyOnDemand" => {
                Outcome::Throttled
            }
            Outcome::Refused => panic!("{}", answer.text()),
            outcome => outcome,
        };
        let key = &mut self.world.keys[key];
        match action {
            Action::Describe(_, text) => key.description.step(outcome, |_| Some(text.to_string())),
            Action::Tag(_, text) => key.tag.step(outcome, |_| Some(Some(text.to_string()))),
            Action::Untag(_) => key.tag.step(outcome, |_| Some(None)),
            _ => key.rotations.step(outcome, |count| Some(count + 1)),
        }
    }

    async fn switch(
        &mut self,
        key: usize,
        operation: &str,
        change: impl Fn(State) -> Option<State>,
    ) {
        let mut input = json!({ "KeyId": self.world.keys[key].id });
        if operation == "ScheduleKeyDeletion" {
            input["PendingWindowInDays"] = 7.into();
        }
        let (outcome, _) = self.call(operation, &input).await;
        self.world.keys[key]
            .state
            .step(outcome, |state| change(*state));
    }

    async fn grant(&mut self, key: usize) {
        self.world.count += 1;
        let name = format!("grant-{}", self.world.count);
        let input = json!({
            "KeyId": self.world.keys[key].id, "Name": name, "Operations": ["Decrypt"],
            "GranteePrincipal": "arn:aws:iam::111122223333:user/bob",
        });
        let (outcome, made) = self.call("CreateGrant", &input).await;
        let is_there = match outcome {
            Outcome::Done => Possible::only(true),
            Outcome::Failed => {
                let mut unsure = Possible::only(false);
                unsure.step(Outcome::Failed, |_| Some(true));
                unsure
            }
            Outcome::Refused | Outcome::Throttled => return,
        };
        let id = made.json()["GrantId"].as_str().map(str::to_owned);
        self.world.keys[key]
            .grants
            .push(Grant { name, id, is_there });
    }

    async fn revoke(&mut self, key: usize) {
        let grants = &self.world.keys[key].grants;
        let Some((number, id)) = grants
            .iter()
            .enumerate()
            .find_map(|(number, grant)| Some((number, grant.id.clone()?)))
        else {
            return;
        };
        let input = json!({ "KeyId": self.world.keys[key].id, "GrantId": id });
        let (outcome, _) = self.call("RevokeGrant", &input).await;
        let outcome = if outcome == Outcome::Refused && self.pending(key) {
            Outcome::Throttled
        } else {
            outcome
        };
        self.world.keys[key].grants[number]
            .is_there
            .step(outcome, |is| is.then_some(false));
    }

    /// Whether the node could serve just now.
    fn was_well(&self) -> bool {
        self.node.node.corridor().check_ready().is_ok()
    }

    async fn encrypt(&mut self, key: usize) {
        let was_well = self.was_well();
        let plaintext = PLAINTEXTS[self.world.ciphertexts.len() % PLAINTEXTS.len()];
        let input = json!({ "KeyId": self.world.keys[key].id, "Plaintext": plaintext });
        let (outcome, answer) = self.call("Encrypt", &input).await;
        let state = &self.world.keys[key].state;
        match outcome {
            Outcome::Done => {
                assert!(
                    was_well || self.was_well(),
                    "served by a directory that can't follow"
                );
                assert!(state.could_be(|state| *state == State::Enabled));
                let blob = answer.json()["CiphertextBlob"].as_str().unwrap().to_owned();
                self.world.ciphertexts.push(Ciphertext {
                    key,
                    blob,
                    plaintext,
                });
            }
            Outcome::Refused => assert!(
                state.could_be(|state| *state != State::Enabled),
                "{}",
                answer.text()
            ),
            // It needs nothing of the store.
            Outcome::Failed => assert!(!was_well, "{}", answer.text()),
            Outcome::Throttled => panic!("nothing is changed"),
        }
    }

    async fn decrypt(&mut self, number: usize) {
        let Some(number) = number.checked_rem(self.world.ciphertexts.len()) else {
            return;
        };
        let was_well = self.was_well();
        let sealed = self.world.ciphertexts[number].clone();
        let (outcome, answer) = self
            .call("Decrypt", &json!({ "CiphertextBlob": sealed.blob }))
            .await;
        let state = &self.world.keys[sealed.key].state;
        match outcome {
            Outcome::Done => assert_eq!(answer.json()["Plaintext"], sealed.plaintext),
            Outcome::Refused => assert!(
                state.could_be(|state| *state != State::Enabled),
                "{}",
                answer.text()
            ),
            Outcome::Failed => assert!(!was_well, "{}", answer.text()),
            Outcome::Throttled => panic!("nothing is changed"),
        }
    }

    /// Ends all faults, and compares all that there is with all that there may be.
    async fn look(&mut self) {
        self.stores
            .iter()
            .for_each(|store| store.set(Faults::default()));
        crate::heal(&self.node).await;
        self.node.catch_up().await;
        self.look_at_keys().await;
        for number in 0..self.world.keys.len() {
            self.look_at(number).await;
        }
        let aliases = self.node.ok("ada", "ListAliases", &json!({})).await;
        let aliases: BTreeMap<&str, &str> = aliases["Aliases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|alias| {
                (
                    alias["AliasName"].as_str().unwrap(),
                    alias["TargetKeyId"].as_str().unwrap(),
                )
            })
            .collect();
        let World {
            keys,
            aliases: known,
            ..
        } = &mut self.world;
        for (number, alias) in known.iter_mut().enumerate() {
            let target = aliases.get(format!("alias/{number}").as_str());
            alias.is_seen(
                target.map(|target| keys.iter().position(|key| key.id == *target).unwrap()),
            );
        }
        let listed = self.node.call("bob", "ListKeys", &json!({})).await;
        self.world.is_forbidden.is_seen(listed.status != 200);
        for sealed in &self.world.ciphertexts {
            let state = &self.world.keys[sealed.key].state;
            if state.could_be(|state| *state == State::Enabled) {
                let input = json!({ "CiphertextBlob": sealed.blob });
                assert_eq!(
                    self.node.ok("ada", "Decrypt", &input).await["Plaintext"],
                    sealed.plaintext
                );
            }
        }
    }

    /// Every key that was made is there; and of one whose making failed, everything is there that it was to have.
    async fn look_at_keys(&mut self) {
        let listed = self.node.ok("ada", "ListKeys", &json!({})).await;
        let listed: BTreeSet<&str> = listed["Keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["KeyId"].as_str().unwrap())
            .collect();
        for key in &self.world.keys {
            assert!(listed.contains(key.id.as_str()), "{key:?} is lost");
        }
        for id in listed {
            if self.world.keys.iter().all(|key| key.id != id) {
                let described = self
                    .node
                    .ok("ada", "DescribeKey", &json!({ "KeyId": id }))
                    .await;
                let name = described["KeyMetadata"]["Description"].as_str().unwrap();
                self.world.keys.push(Key::new(id, name));
            }
        }
    }

    async fn look_at(&mut self, number: usize) {
        let key = &mut self.world.keys[number];
        let name = json!({ "KeyId": key.id });
        let described = self.node.ok("ada", "DescribeKey", &name).await;
        let metadata = &described["KeyMetadata"];
        key.state
            .is_seen(State::of(metadata["KeyState"].as_str().unwrap()));
        key.description
            .is_seen(metadata["Description"].as_str().unwrap().to_owned());
        let tags = self.node.ok("ada", "ListResourceTags", &name).await;
        key.tag
            .is_seen(tags["Tags"][0]["TagValue"].as_str().map(str::to_owned));
        if key.state.could_be(|state| *state != State::PendingDeletion) {
            let rotations = self.node.ok("ada", "ListKeyRotations", &name).await;
            key.rotations
                .is_seen(rotations["Rotations"].as_array().unwrap().len());
            let grants = self.node.ok("ada", "ListGrants", &name).await;
            let grants = grants["Grants"].as_array().unwrap();
            let found = |name: &str| grants.iter().find(|grant| grant["Name"] == name);
            for grant in grants {
                let is_known = key
                    .grants
                    .iter()
                    .any(|known| grant["Name"] == known.name.as_str());
                assert!(is_known, "{grant} is of nobody");
            }
            for grant in &mut key.grants {
                let found = found(&grant.name);
                grant.is_there.is_seen(found.is_some());
                grant.id = found.map(|found| found["GrantId"].as_str().unwrap().to_owned());
            }
            key.grants.retain(|grant| grant.id.is_some());
        }
    }
}
