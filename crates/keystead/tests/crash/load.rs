//! Clients that work until the server dies under their hands, and remember what it acknowledged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::{Client, Seeded, Server};
use serde_json::{Value, json};

use crate::shim::{Clock, Journal};

const CLIENTS: usize = 4;

/// Something that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    /// A request was answered, under this id.
    Answered(String),
    /// A key is there.
    Key(String),
    /// An alias is there, and this is its key.
    Alias(String, String),
    /// A ciphertext and its plaintext, both in base64.
    Ciphertext(String, String),
}

/// What was acknowledged, and how long the journal was by then.
#[derive(Debug, Default, Clone)]
pub(crate) struct Acknowledged(Vec<(u64, Fact)>);

impl Acknowledged {
    /// What was acknowledged before the journal was this long.
    pub(crate) fn until(&self, length: u64) -> Self {
        let facts = self.0.iter().filter(|(at, _)| *at <= length);
        Self(facts.cloned().collect())
    }

    /// The same, of runs whose journals are gone.
    pub(crate) fn before_all(self) -> Self {
        Self(self.0.into_iter().map(|(_, fact)| (0, fact)).collect())
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(_, fact)| match fact {
            Fact::Answered(request) => Some(request.as_str()),
            _ => None,
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(_, fact)| match fact {
            Fact::Key(key) => Some(key.as_str()),
            _ => None,
        })
    }

    pub(crate) fn aliases(&self) -> HashMap<&str, &str> {
        let aliases = self.0.iter().filter_map(|(_, fact)| match fact {
            Fact::Alias(alias, key) => Some((alias.as_str(), key.as_str())),
            _ => None,
        });
        aliases.collect()
    }

    pub(crate) fn ciphertexts(&self) -> Vec<(&str, &str)> {
        let ciphertexts = self.0.iter().filter_map(|(_, fact)| match fact {
            Fact::Ciphertext(ciphertext, plaintext) => {
                Some((ciphertext.as_str(), plaintext.as_str()))
            }
            _ => None,
        });
        ciphertexts.collect()
    }
}

/// Who works, and what is known of it. Each answer that comes is counted.
pub(crate) struct Load<'a> {
    pub(crate) acknowledged: &'a Mutex<Acknowledged>,
    pub(crate) clock: &'a Clock,
    pub(crate) journal: Option<&'a Journal>,
    /// What names are made of, so that no two runs make the same.
    pub(crate) run: u64,
    /// How many calls each client has made.
    pub(crate) calls: [AtomicU64; CLIENTS],
    /// Set when the server is about to die.
    pub(crate) is_over: AtomicBool,
    /// Set when a client was answered what it should not be.
    pub(crate) has_failed: AtomicBool,
}

impl<'a> Load<'a> {
    pub(crate) fn new(acknowledged: &'a Mutex<Acknowledged>, clock: &'a Clock, run: u64) -> Self {
        Self {
            acknowledged,
            clock,
            journal: None,
            run,
            calls: Default::default(),
            is_over: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
        }
    }

    /// Lets clients work while `meanwhile` waits for what it wants to see, and until the server dies, which
    /// `meanwhile` brings about. It is given the answers as they come, without their content.
    pub(crate) fn run(
        &self,
        server: &mut Server,
        seeded: &Seeded,
        meanwhile: impl FnOnce(&mut Server, &mpsc::Receiver<()>),
    ) {
        thread::scope(|scope| {
            let (answered, answers) = mpsc::channel();
            for number in 0..CLIENTS {
                let worker = Worker {
                    client: server.client(),
                    seeded: seeded.branch(self.run * 100 + number as u64),
                    load: self,
                    number,
                };
                let answered = answered.clone();
                scope.spawn(move || worker.work(&answered));
            }
            drop(answered);
            meanwhile(server, &answers);
        });
    }

    fn fact(&self, fact: Fact) {
        // Whatever the answer rests on is in the journal.
        let at = self.journal.map_or(0, Journal::length);
        self.acknowledged.lock().unwrap().0.push((at, fact));
    }
}

struct Worker<'a> {
    client: Client,
    seeded: Seeded,
    load: &'a Load<'a>,
    number: usize,
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.load.has_failed.store(true, Ordering::SeqCst);
        }
    }
}

impl Worker<'_> {
    /// Calls until no answer comes.
    fn work(mut self, answered: &mpsc::Sender<()>) {
        while self.call().is_some() {
            self.load.calls[self.number].fetch_add(1, Ordering::SeqCst);
            let _ = answered.send(());
        }
    }

    fn call(&mut self) -> Option<()> {
        self.client.skew_seconds = self.load.clock.ahead_seconds();
        let key = {
            let acknowledged = self.load.acknowledged.lock().unwrap();
            let keys: Vec<&str> = acknowledged.keys().collect();
            let index = self.seeded.below(keys.len().max(1) as u64);
            let key = keys.get(usize::try_from(index).unwrap());
            key.map(ToString::to_string)
        };
        match (self.seeded.below(8), key) {
            (0, _) | (_, None) => self.create_key(),
            (1 | 2, Some(key)) => self.create_alias(&key),
            (_, Some(key)) => self.encrypt(&key),
        }
    }

    fn answer(&self, operation: &str, input: &Value) -> Option<Value> {
        let answer = self.client.try_call(operation, input)?;
        // A server that is about to die may say so.
        let is_over = self.load.is_over.load(Ordering::SeqCst);
        let allowed = answer.status == 200 || answer.error() == "LimitExceededException";
        assert!(allowed || is_over, "{operation}: {}", answer.text());
        self.load
            .fact(Fact::Answered(answer.request_id().to_owned()));
        Some(if answer.status == 200 {
            if answer.text().is_empty() {
                Value::Null
            } else {
                answer.json()
            }
        } else {
            json!("refused")
        })
    }

    fn create_key(&self) -> Option<()> {
        let made = self.answer("CreateKey", &json!({}))?;
        if let Some(id) = made["KeyMetadata"]["KeyId"].as_str() {
            self.load.fact(Fact::Key(id.to_owned()));
        }
        Some(())
    }

    /// A name for something, which nothing else has.
    fn name(&self) -> String {
        let count = self.load.calls[self.number].load(Ordering::SeqCst);
        format!("{}-{}-{count}", self.load.run, self.number)
    }

    fn create_alias(&self, key: &str) -> Option<()> {
        let name = format!("alias/{}", self.name());
        let input = json!({"AliasName": name, "TargetKeyId": key});
        if self.answer("CreateAlias", &input)?.is_null() {
            self.load.fact(Fact::Alias(name, key.to_owned()));
        }
        Some(())
    }

    fn encrypt(&self, key: &str) -> Option<()> {
        let plaintext = STANDARD.encode(self.name());
        let made = self.answer("Encrypt", &json!({"KeyId": key, "Plaintext": plaintext}))?;
        if let Some(ciphertext) = made["CiphertextBlob"].as_str() {
            self.load
                .fact(Fact::Ciphertext(ciphertext.to_owned(), plaintext));
        }
        Some(())
    }
}
