//! Calls to a server whose disk may fail, and what must be so of those that were acknowledged.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use keystead_testkit::{Answer, Client, Server};
use serde_json::{Value, json};

/// How long a record may take to be logged at last.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many calls a round has.
pub(crate) const CALLS: usize = 7;
/// How many of them change something.
pub(crate) const CHANGES: usize = 4;
const PLAINTEXT: &str = "a2V5c3RlYWQ=";

/// What was called so far.
#[derive(Default)]
pub(crate) struct Load {
    rounds: usize,
    /// The first key, made while the disk was well.
    key: Option<String>,
    ciphertexts: Vec<String>,
    /// By request: whether it was acknowledged.
    answered: BTreeMap<String, bool>,
    /// Acknowledged: keys, aliases.
    keys: Vec<String>,
    aliases: Vec<String>,
    /// What the description may be.
    descriptions: Vec<String>,
}

impl Load {
    pub(crate) fn failed(&self) -> usize {
        self.answered.values().filter(|is_good| !**is_good).count()
    }

    pub(crate) fn key(&self) -> String {
        self.key.clone().unwrap()
    }

    fn call(&mut self, client: &Client, operation: &str, input: &Value) -> Option<Answer> {
        let answer = client.call(operation, input);
        let is_good = answer.status == 200;
        if !is_good {
            assert_eq!(
                (answer.status, answer.error().as_str()),
                (500, "KMSInternalException"),
                "{operation}"
            );
        }
        self.answered
            .insert(answer.request_id().to_owned(), is_good);
        is_good.then_some(answer)
    }

    /// A round of calls.
    pub(crate) fn run(&mut self, client: &Client) {
        self.rounds += 1;
        let made = self.call(client, "CreateKey", &json!({}));
        if let Some(made) = made {
            let id = made.json()["KeyMetadata"]["KeyId"]
                .as_str()
                .unwrap()
                .to_owned();
            self.key.get_or_insert(id.clone());
            self.keys.push(id);
        }
        let key = self.key();
        let alias = format!("alias/{}", self.rounds);
        if self
            .call(
                client,
                "CreateAlias",
                &json!({ "AliasName": alias, "TargetKeyId": key }),
            )
            .is_some()
        {
            self.aliases.push(alias);
        }
        let description = format!("round {}", self.rounds);
        let described = self.call(
            client,
            "UpdateKeyDescription",
            &json!({ "KeyId": key, "Description": description }),
        );
        if described.is_some() {
            self.descriptions.clear();
        }
        self.descriptions.push(description);
        let tag = json!({ "KeyId": key, "Tags": [{ "TagKey": "round", "TagValue": self.rounds.to_string() }] });
        let _ = self.call(client, "TagResource", &tag);
        let sealed = self.call(
            client,
            "Encrypt",
            &json!({ "KeyId": key, "Plaintext": PLAINTEXT }),
        );
        if let Some(sealed) = sealed {
            self.ciphertexts
                .push(sealed.json()["CiphertextBlob"].as_str().unwrap().to_owned());
        }
        let sealed = json!({ "CiphertextBlob": self.ciphertexts.last().unwrap() });
        if let Some(opened) = self.call(client, "Decrypt", &sealed) {
            assert_eq!(opened.json()["Plaintext"], PLAINTEXT);
        }
        let _ = self.call(client, "DescribeKey", &json!({ "KeyId": key }));
    }

    /// Everything that was acknowledged is there, with one record; and what is there has one.
    pub(crate) fn check(&self, server: &Server, client: &Client) {
        let started = Instant::now();
        let (records, listed) = loop {
            let (records, listed) = (server.audit_events(), listed(client));
            if made_keys(&records) == listed {
                break (records, listed);
            }
            // A record that the log did not take is tried again each second.
            assert!(
                started.elapsed() < PATIENCE,
                "the keys that are there are not those that have records"
            );
            thread::sleep(Duration::from_millis(50));
        };
        let ids: HashSet<&str> = records
            .iter()
            .map(|record| record["eventID"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), records.len(), "a record is there twice");
        let mut good: BTreeMap<&str, usize> = BTreeMap::new();
        for record in records
            .iter()
            .filter(|record| record.get("errorCode").is_none())
        {
            if let Some(request) = record["requestID"].as_str() {
                *good.entry(request).or_default() += 1;
            }
        }
        for (request, is_good) in &self.answered {
            let count = good.get(request.as_str()).copied().unwrap_or_default();
            assert!(
                if *is_good { count == 1 } else { count <= 1 },
                "{request}: {count} records"
            );
        }
        for key in &self.keys {
            assert!(listed.iter().any(|arn| arn.ends_with(key)), "{key} is lost");
        }
        let aliases = client.ok("ListAliases", &json!({ "Limit": 100 }));
        let aliases: HashSet<&str> = aliases["Aliases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|alias| alias["AliasName"].as_str().unwrap())
            .collect();
        for alias in &self.aliases {
            assert!(aliases.contains(alias.as_str()), "{alias} is lost");
        }
        let described = client.ok("DescribeKey", &json!({ "KeyId": self.key() }));
        let description = described["KeyMetadata"]["Description"].as_str().unwrap();
        let is_known = self.descriptions.iter().any(|known| known == description);
        assert!(
            is_known || description.len() > 1000,
            "{description} of {:?}",
            self.descriptions
        );
        for sealed in self.ciphertexts.iter().rev().take(10) {
            let opened = client.ok("Decrypt", &json!({ "CiphertextBlob": sealed }));
            assert_eq!(opened["Plaintext"], PLAINTEXT);
        }
    }
}

/// The ARNs of the keys that are there.
fn listed(client: &Client) -> HashSet<String> {
    let listed = client.ok("ListKeys", &json!({ "Limit": 1000 }));
    let keys = listed["Keys"].as_array().unwrap().iter();
    keys.map(|key| key["KeyArn"].as_str().unwrap().to_owned())
        .collect()
}

/// The ARNs of the keys that were made, by the log.
fn made_keys(records: &[Value]) -> HashSet<String> {
    records
        .iter()
        .filter(|record| record["eventName"] == "CreateKey" && record.get("errorCode").is_none())
        .map(|record| record["resources"][0]["ARN"].as_str().unwrap().to_owned())
        .collect()
}

/// The records in the trail's log files.
pub(crate) fn delivered(server: &Server) -> Vec<Value> {
    let folder = server.data_dir().join("audit/trail");
    files(&folder)
        .iter()
        .flat_map(|path| records(path))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .components()
            .any(|part| part.as_os_str() == "CloudTrail")
            && path.extension().is_some_and(|extension| extension == "gz")
        {
            found.push(path);
        }
    }
    found
}

fn records(path: &Path) -> Vec<Value> {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["Records"].as_array().unwrap().clone()
}
