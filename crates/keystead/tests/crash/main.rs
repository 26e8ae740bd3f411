//! The kill test: `kill -9` at any moment loses nothing that was acknowledged.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{HashMap, HashSet};
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::{Client, Seeded, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

const KILLS: u64 = 20;
const CLIENTS: u64 = 4;
/// How many calls are acknowledged before a kill, at most.
const MOST_CALLS: u64 = 60;
/// How long after them the kill comes, at most: long enough to hit every step of a call.
const MOST_MICROSECONDS: u64 = 5000;

/// How many first starts are cut off, five times each.
const FIRST_STARTS: u64 = 15;
/// How long a first start is left alone, at most: about as long as it takes.
const MOST_STARTING_MICROSECONDS: u64 = 25_000;

/// What was acknowledged, over all starts.
#[derive(Default)]
struct Acknowledged {
    keys: Vec<String>,
    /// The key of each alias.
    aliases: HashMap<String, String>,
    /// Each ciphertext and its plaintext, both in base64.
    ciphertexts: Vec<(String, String)>,
    /// The id of every request that was answered.
    requests: Vec<String>,
}

#[test]
fn nothing_acknowledged_is_lost() {
    let mut seeded = Seeded::fresh();
    let acknowledged = Mutex::new(Acknowledged::default());
    let mut server = ServerOptions::new(BINARY).start();
    for round in 0..KILLS {
        load_and_kill(&mut server, round, &mut seeded, &acknowledged);
        server = server.restart();
        let acknowledged = acknowledged.lock().unwrap();
        check_records(&server, &acknowledged);
        check_resources(&server, &acknowledged);
        let sample = (0..10).map(|_| {
            let all = &acknowledged.ciphertexts;
            let index = seeded.below(all.len().max(1) as u64);
            all.get(usize::try_from(index).unwrap())
        });
        check_ciphertexts(&server, sample.flatten());
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(!acknowledged.keys.is_empty() && !acknowledged.aliases.is_empty());
    check_ciphertexts(&server, acknowledged.ciphertexts.iter());
}

/// A first start makes a root key, an account and an admin. Wherever it is cut off, the next start
/// completes it, and the credentials in the file are those that work.
#[test]
fn a_first_start_that_is_cut_off_can_be_repeated() {
    let mut seeded = Seeded::fresh();
    for _ in 0..FIRST_STARTS {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..5 {
            let mut first = Command::new(BINARY)
                .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
                .arg(folder.path().join("data"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_micros(
                seeded.below(MOST_STARTING_MICROSECONDS),
            ));
            first.kill().unwrap();
            first.wait().unwrap();
        }
        let server = ServerOptions::new(BINARY).start_in(folder);
        let made = server.client().call("CreateKey", &json!({}));
        assert_eq!(made.status, 200, "{}", made.text());
    }
}

/// Lets clients work until the server dies under their hands.
fn load_and_kill(
    server: &mut Server,
    round: u64,
    seeded: &mut Seeded,
    acknowledged: &Mutex<Acknowledged>,
) {
    let calls = 1 + seeded.below(MOST_CALLS);
    let pause = Duration::from_micros(seeded.below(MOST_MICROSECONDS));
    thread::scope(|scope| {
        let (answered, answers) = mpsc::channel();
        for number in 0..CLIENTS {
            let seeded = seeded.branch(round * CLIENTS + number);
            let client = server.client();
            let answered = answered.clone();
            scope.spawn(move || {
                let prefix = format!("{round}-{number}");
                Worker {
                    client,
                    seeded,
                    prefix,
                    acknowledged,
                    count: 0,
                }
                .work(&answered);
            });
        }
        drop(answered);
        let enough = answers.iter().take(usize::try_from(calls).unwrap()).count();
        assert_eq!(
            enough as u64,
            calls,
            "the server died by itself: {}",
            server.log()
        );
        thread::sleep(pause);
        server.kill();
    });
}

struct Worker<'a> {
    client: Client,
    seeded: Seeded,
    prefix: String,
    acknowledged: &'a Mutex<Acknowledged>,
    count: u64,
}

impl Worker<'_> {
    /// Calls until no answer comes.
    fn work(&mut self, answered: &mpsc::Sender<()>) {
        while self.call().is_some() {
            self.count += 1;
            let _ = answered.send(());
        }
    }

    fn call(&mut self) -> Option<()> {
        let key = {
            let keys = &self.acknowledged.lock().unwrap().keys;
            let index = self.seeded.below(keys.len().max(1) as u64);
            keys.get(usize::try_from(index).unwrap()).cloned()
        };
        match (self.seeded.below(4), key) {
            (0, _) | (_, None) => self.create_key(),
            (1, Some(key)) => self.create_alias(&key),
            (_, Some(key)) => self.encrypt(&key),
        }
    }

    fn answer(&self, operation: &str, input: &Value) -> Option<Value> {
        let answer = self.client.try_call(operation, input)?;
        let allowed = answer.status == 200 || answer.error() == "LimitExceededException";
        assert!(allowed, "{operation}: {}", answer.text());
        let mut acknowledged = self.acknowledged.lock().unwrap();
        acknowledged.requests.push(answer.request_id().to_owned());
        Some(if answer.status == 200 {
            answer.json()
        } else {
            json!("limit")
        })
    }

    fn create_key(&self) -> Option<()> {
        let made = self.answer("CreateKey", &json!({}))?;
        let id = made["KeyMetadata"]["KeyId"].as_str().unwrap();
        self.acknowledged.lock().unwrap().keys.push(id.to_owned());
        Some(())
    }

    fn create_alias(&self, key: &str) -> Option<()> {
        let name = format!("alias/{}-{}", self.prefix, self.count);
        let input = json!({"AliasName": name, "TargetKeyId": key});
        if self.answer("CreateAlias", &input)?.is_null() {
            let mut acknowledged = self.acknowledged.lock().unwrap();
            acknowledged.aliases.insert(name, key.to_owned());
        }
        Some(())
    }

    fn encrypt(&self, key: &str) -> Option<()> {
        let plaintext = STANDARD.encode(format!("{} {}", self.prefix, self.count));
        let made = self.answer("Encrypt", &json!({"KeyId": key, "Plaintext": plaintext}))?;
        let ciphertext = made["CiphertextBlob"].as_str().unwrap().to_owned();
        let mut acknowledged = self.acknowledged.lock().unwrap();
        acknowledged.ciphertexts.push((ciphertext, plaintext));
        Some(())
    }
}

/// Every answered call is in the audit log, once.
fn check_records(server: &Server, acknowledged: &Acknowledged) {
    let records = server.audit_events();
    let ids = |member: &str| -> HashSet<String> {
        let texts = records.iter().filter_map(|record| record[member].as_str());
        texts.map(str::to_owned).collect()
    };
    assert_eq!(ids("eventID").len(), records.len(), "no record twice");
    let requests = ids("requestID");
    assert_eq!(requests.len(), records.len(), "no call twice");
    for request in &acknowledged.requests {
        assert!(
            requests.contains(request),
            "the record of {request} is lost"
        );
    }
}

/// Every acknowledged key and alias is there; and whatever is there, acknowledged or not, has a
/// record of how it came about.
fn check_resources(server: &Server, acknowledged: &Acknowledged) {
    let client = server.client();
    let keys = list(&client, "ListKeys", "Keys");
    let key_ids: HashSet<&str> = keys
        .iter()
        .map(|key| key["KeyId"].as_str().unwrap())
        .collect();
    for key in &acknowledged.keys {
        assert!(key_ids.contains(key.as_str()), "{key} is lost");
    }
    let aliases = list(&client, "ListAliases", "Aliases");
    let targets: HashMap<&str, &str> = aliases
        .iter()
        .map(|alias| {
            (
                alias["AliasName"].as_str().unwrap(),
                alias["TargetKeyId"].as_str().unwrap(),
            )
        })
        .collect();
    for (alias, key) in &acknowledged.aliases {
        assert_eq!(
            targets.get(alias.as_str()),
            Some(&key.as_str()),
            "{alias} is lost"
        );
    }
    let records = server.audit_events();
    let made = |operation: &str| -> HashSet<&str> {
        let records = records
            .iter()
            .filter(|record| record["eventName"] == operation);
        let resources = records.flat_map(|record| record["resources"].as_array().unwrap());
        resources
            .map(|resource| resource["ARN"].as_str().unwrap())
            .collect()
    };
    let (keys_made, aliases_made) = (made("CreateKey"), made("CreateAlias"));
    for key in &keys {
        assert!(
            keys_made.contains(key["KeyArn"].as_str().unwrap()),
            "{key} has no record"
        );
    }
    for alias in &aliases {
        assert!(
            aliases_made.contains(alias["AliasArn"].as_str().unwrap()),
            "{alias} has no record"
        );
    }
}

fn list(client: &Client, operation: &str, list: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut input = json!({});
    loop {
        let page = client.ok(operation, &input);
        all.extend(page[list].as_array().unwrap().iter().cloned());
        match page.get("NextMarker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => return all,
        }
    }
}

fn check_ciphertexts<'a>(server: &Server, ciphertexts: impl Iterator<Item = &'a (String, String)>) {
    let client = server.client();
    for (ciphertext, plaintext) in ciphertexts {
        let opened = client.ok("Decrypt", &json!({"CiphertextBlob": ciphertext}));
        assert_eq!(opened["Plaintext"], *plaintext);
    }
}
