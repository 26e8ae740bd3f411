//! The second reading: every line as JSON, compared with what is asked.

use std::fs;
use std::path::Path;

use keystead_core::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::Value;

use super::super::*;
use super::events::{CONTEXT_NAMES, event_id, request_id, text};

const START: u32 = 1_767_323_045;

/// What is asked: each part is a list of which one must hold.
#[derive(Debug, Clone)]
pub(super) struct Question {
    parts: Vec<Vec<Part>>,
    since: Option<u32>,
    until: Option<u32>,
}

/// Something about an event.
#[derive(Debug, Clone)]
enum Part {
    Is(Attribute, String),
    Context(String, String),
}

fn part() -> impl Strategy<Value = Part> {
    let fixed = prop_oneof![
        Just((Attribute::EventName, "Decrypt")),
        Just((Attribute::EventName, "CreateUser")),
        Just((Attribute::EventName, "Nothing")),
        Just((Attribute::ReadOnly, "false")),
        Just((Attribute::Username, "ada")),
        Just((Attribute::AccessKeyId, "AKIAbob")),
        Just((Attribute::AccessKeyId, "ASIA7")),
        Just((Attribute::EventSource, "iam.amazonaws.com")),
        Just((Attribute::ResourceType, "AWS::KMS::Key")),
        Just((Attribute::ResourceName, "new")),
        Just((
            Attribute::ResourceName,
            "arn:aws:kms:us-east-1:111122223333:key/k-3"
        )),
        Just((Attribute::Account, "111122223333")),
        Just((Attribute::Region, "eu-west-1")),
        Just((Attribute::Principal, "deployer")),
        Just((Attribute::Principal, "arn:aws:iam::444455556666:user/eve")),
        Just((Attribute::Key, "k-5")),
        Just((Attribute::Key, "alias/a-5")),
        Just((Attribute::Outcome, FAILED)),
        Just((Attribute::Outcome, DENIED)),
    ];
    let id = any::<u32>();
    prop_oneof![
        12 => fixed.prop_map(|(attribute, value)| Part::Is(attribute, value.to_owned())),
        1 => id.prop_map(|id| Part::Is(Attribute::EventId, event_id(id))),
        1 => id.prop_map(|id| Part::Is(Attribute::RequestId, request_id(id))),
        2 => (0..CONTEXT_NAMES.len(), any::<u8>()).prop_map(|(name, value)| {
            Part::Context(CONTEXT_NAMES[name].to_owned(), value.to_string())
        }),
    ]
}

pub(super) fn question() -> impl Strategy<Value = Question> {
    let time = || proptest::option::weighted(0.3, (START - 40)..(START + 900));
    let parts = vec(vec(part(), 1..3), 0..4);
    (parts, time(), time()).prop_map(|(parts, since, until)| Question {
        parts,
        since,
        until,
    })
}

impl Question {
    /// Everything is meant.
    pub(super) const fn all() -> Self {
        Self {
            parts: Vec::new(),
            since: None,
            until: None,
        }
    }

    pub(super) fn query(&self) -> Query {
        let term = |part: &Part| match part {
            Part::Is(attribute, value) => Term::new(*attribute, value),
            Part::Context(name, value) => Term::context(name, value),
        };
        let mut query = Query::default();
        for parts in &self.parts {
            query = query.with_any(parts.iter().map(term));
        }
        if let Some(since) = self.since {
            query = query.since(since);
        }
        if let Some(until) = self.until {
            query = query.until(until);
        }
        query
    }

    /// The lines that are meant, newest first.
    pub(super) fn answer<'a>(&self, lines: &'a [Line]) -> Vec<&'a str> {
        let mut found = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let in_time = self.since.is_none_or(|since| since <= line.time)
                && self.until.is_none_or(|until| line.time <= until);
            let holds = |parts: &Vec<Part>| parts.iter().any(|part| part.is_of(&line.record));
            if in_time && self.parts.iter().all(holds) {
                found.push((line.time, number, line.text.as_str()));
            }
        }
        found.sort_unstable();
        found.into_iter().rev().map(|(.., line)| line).collect()
    }
}

impl Part {
    fn is_of(&self, record: &Value) -> bool {
        let (attribute, wanted) = match self {
            Self::Is(attribute, wanted) => (*attribute, wanted.as_str()),
            Self::Context(name, value) => {
                let context = &record["requestParameters"]["encryptionContext"];
                return context[name].as_str() == Some(value);
            }
        };
        let is = |pointer: &str| text(record, pointer) == Some(wanted);
        let ends = |pointer: &str| {
            let text = text(record, pointer).unwrap_or_default();
            text.rsplit('/').next() == Some(wanted)
        };
        match attribute {
            Attribute::EventId => is("/eventID"),
            Attribute::RequestId => is("/requestID"),
            Attribute::EventName => is("/eventName"),
            Attribute::ReadOnly => record["readOnly"] == (wanted == "true"),
            Attribute::Username => ends("/userIdentity/arn"),
            Attribute::ResourceType => is("/resources/0/type"),
            Attribute::ResourceName => is("/resources/0/ARN") || is("/requestParameters/userName"),
            Attribute::EventSource => is("/eventSource"),
            Attribute::AccessKeyId => is("/userIdentity/accessKeyId"),
            Attribute::Account => is("/recipientAccountId"),
            Attribute::Region => is("/awsRegion"),
            Attribute::Principal => {
                let issuer = "/userIdentity/sessionContext/sessionIssuer";
                is("/userIdentity/arn")
                    || is(&format!("{issuer}/arn"))
                    || is(&format!("{issuer}/userName"))
            }
            Attribute::Key => ends("/resources/0/ARN") || is("/requestParameters/keyId"),
            Attribute::Category => is("/eventCategory"),
            Attribute::Context => false,
            Attribute::Outcome => match text(record, "/errorCode") {
                None => false,
                Some(code) => wanted == FAILED || (wanted == DENIED && code == "AccessDenied"),
            },
        }
    }
}

/// The times of the generated records are on two days.
fn second(time: &str) -> u32 {
    let candidates = (START - 100_000)..(START + 100_000);
    let shown = |second: u32| Timestamp::from_millis(i64::from(second) * 1000).to_string();
    let (mut low, mut high) = (candidates.start, candidates.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if shown(middle).as_str() < time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// A line that is a record.
pub(super) struct Line {
    text: String,
    record: Value,
    time: u32,
}

impl Line {
    fn of(text: &str) -> Option<Self> {
        let record: Value = serde_json::from_str(text).ok()?;
        let time = second(record["eventTime"].as_str()?);
        let text = text.to_owned();
        Some(Self { text, record, time })
    }
}

/// The records of the log, oldest first.
pub(super) fn lines(directory: &Path) -> Vec<Line> {
    let files = fs::read_dir(directory).unwrap();
    let mut segments: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    segments.sort();
    let texts = segments
        .iter()
        .map(|path| fs::read_to_string(path).unwrap());
    texts
        .collect::<String>()
        .lines()
        .filter_map(Line::of)
        .collect()
}
