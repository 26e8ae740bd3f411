//! Generated records.

use std::fs;
use std::path::Path;

use keystead_core::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::{Value, json};

const NAMES: [&str; 4] = ["Decrypt", "Encrypt", "CreateUser", "DeleteKey"];
const USERS: [&str; 3] = ["ada", "bob", "eve"];
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
/// Some look like members of a record.
pub(super) const CONTEXT_NAMES: [&str; 3] = ["c\"0", "eventID", "\"eventTime\":\""];
const START: i64 = 1_767_323_045;

/// What is different between records.
#[derive(Debug, Clone)]
pub(super) struct Event {
    id: u32,
    /// Seconds after the one before; often none.
    later: i64,
    /// How many seconds its call took, so that it comes after others that began later.
    took: i64,
    name: usize,
    user: usize,
    is_role: bool,
    account: usize,
    region: usize,
    key: u8,
    alias: bool,
    context: Option<(u8, u8)>,
    error: Option<&'static str>,
    is_record: bool,
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let later = (
        // So seldom that a log is of less time than a search takes clocks to be set back.
        prop_oneof![12 => Just(0), 1 => 0_i64..3],
        prop_oneof![9 => Just(0), 1 => 0_i64..40],
    );
    let who = (
        0..USERS.len(),
        any::<bool>(),
        0..ACCOUNTS.len(),
        0..REGIONS.len(),
    );
    let what = (0..NAMES.len(), 0_u8..12, any::<bool>());
    let context = proptest::option::of((0_u8..3, any::<u8>()));
    let error = prop_oneof![
        6 => Just(None),
        1 => Just(Some("AccessDenied")),
        1 => Just(Some("NotFoundException")),
    ];
    let rest = (
        context,
        error,
        prop_oneof![30 => Just(true), 1 => Just(false)],
    );
    (any::<u32>(), later, who, what, rest).prop_map(
        |(id, (later, took), (user, is_role, account, region), (name, key, alias), rest)| Event {
            id,
            later,
            took,
            name,
            user,
            is_role,
            account,
            region,
            key,
            alias,
            context: rest.0,
            error: rest.1,
            is_record: rest.2,
        },
    )
}

pub(super) fn event_id(id: u32) -> String {
    format!("{id:08x}-0000-4000-8000-000000000000")
}

/// Some have the form that ours have.
pub(super) fn request_id(id: u32) -> String {
    match id % 8 {
        0 => format!("r-{id}"),
        _ => format!("{id:08x}-1111-4000-8000-000000000000"),
    }
}

impl Event {
    /// An event like others, a second after the one before.
    pub(super) const fn plain() -> Self {
        Self {
            id: 1,
            later: 1,
            took: 0,
            name: 0,
            user: 0,
            is_role: false,
            account: 0,
            region: 0,
            key: 0,
            alias: false,
            context: None,
            error: None,
            is_record: true,
        }
    }

    /// Has it and all after it come so many seconds later.
    pub(super) const fn set_clock(&mut self, seconds: i64) {
        self.later = seconds;
    }

    fn line(&self, seconds: i64) -> String {
        if !self.is_record {
            return "an operator's own line".to_owned();
        }
        let (account, region) = (ACCOUNTS[self.account], REGIONS[self.region]);
        let (user, name) = (USERS[self.user], NAMES[self.name]);
        let identity = if self.is_role {
            json!({"type": "AssumedRole", "accessKeyId": format!("ASIA{}", self.id % 100),
                "arn": format!("arn:aws:sts::{account}:assumed-role/deployer/{user}"),
                "sessionContext": {"sessionIssuer": {"userName": "deployer",
                    "arn": format!("arn:aws:iam::{account}:role/deployer")}}})
        } else {
            json!({"type": "IAMUser", "accessKeyId": format!("AKIA{user}"), "userName": user,
                "arn": format!("arn:aws:iam::{account}:user/{user}")})
        };
        let arn = format!("arn:aws:kms:{region}:{account}:key/k-{}", self.key);
        let is_iam = name == "CreateUser";
        let mut parameters = if is_iam {
            json!({"userName": "new"})
        } else {
            let alias = format!("alias/a-{}", self.key);
            json!({"keyId": if self.alias { &alias } else { &arn }})
        };
        if let Some((name, value)) = self.context {
            let name = CONTEXT_NAMES[usize::from(name)];
            parameters["encryptionContext"] = json!({name: value.to_string()});
        }
        let time = Timestamp::from_millis(seconds * 1000);
        let source = if is_iam {
            "iam.amazonaws.com"
        } else {
            "kms.amazonaws.com"
        };
        let error = self.error.map(|code| format!(r#","errorCode":"{code}""#));
        let resources = json!([{"type": "AWS::KMS::Key", "ARN": arn}]);
        let resources = (!is_iam).then(|| format!(r#","resources":{resources}"#));
        let [error, resources] = [error, resources].map(Option::unwrap_or_default);
        let (request_id, event_id, is_reading) =
            (request_id(self.id), event_id(self.id), name != "DeleteKey");
        // In the order in which they are written.
        format!(
            r#"{{"userIdentity":{identity},"eventTime":"{time}","eventSource":"{source}","eventName":"{name}","awsRegion":"{region}"{error},"requestParameters":{parameters},"requestID":"{request_id}","eventID":"{event_id}","readOnly":{is_reading}{resources},"recipientAccountId":"{account}"}}"#
        )
    }
}

/// The lines of events that follow each other.
pub(super) fn lines(events: &[Event]) -> impl Iterator<Item = String> {
    let lines = events.iter().scan(START, |seconds, event| {
        *seconds += event.later;
        Some(event.line(*seconds - event.took))
    });
    lines.collect::<Vec<_>>().into_iter()
}

/// A log as an earlier process left it.
#[derive(Debug, Clone)]
pub(super) struct Log {
    events: Vec<Event>,
    /// How often the events are in the log, so that segments have several blocks.
    copies: usize,
    /// How many lines a segment has.
    segment_lines: usize,
}

pub(super) fn log() -> impl Strategy<Value = Log> {
    let events = vec(event(), 0..120);
    (events, 1_usize..10, 1_usize..1100).prop_map(|(events, copies, segment_lines)| Log {
        events,
        copies,
        segment_lines,
    })
}

impl Log {
    /// Lays the segments down.
    pub(super) fn write(&self, directory: &Path) {
        let copies = (0_u32..).take(self.copies).flat_map(|copy| {
            let again = move |event: &Event| Event {
                id: event.id.wrapping_add(copy),
                ..event.clone()
            };
            self.events.iter().map(again)
        });
        let lines: Vec<_> = lines(&copies.collect::<Vec<_>>()).collect();
        for (number, lines) in (1..).zip(lines.chunks(self.segment_lines)) {
            let path = directory.join(format!("segment-{number:08}.jsonl"));
            fs::write(path, lines.join("\n") + "\n").unwrap();
        }
    }
}

/// A value of the record, as a text.
pub(super) fn text<'a>(record: &'a Value, pointer: &str) -> Option<&'a str> {
    record.pointer(pointer)?.as_str()
}
