//! What the audit log must tell of the calls that were made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use keystead_testkit::Answer;
use serde_json::Value;

use crate::answers;
use crate::model::Model;
use crate::requests::Call;
use crate::scene::Scene;

/// Texts that are shorter may be in a record by chance.
const SHORT: usize = 12;

/// The calls that were made, by their requests' ids.
#[derive(Default)]
pub(crate) struct Told(BTreeMap<String, Expected>);

struct Expected {
    operation: String,
    /// `None` of one that succeeded.
    error: Option<String>,
    secrets: Vec<String>,
    /// Whether there is a record: of calls by somebody, of some operation.
    is_recorded: bool,
}

impl Told {
    pub(crate) fn note(&mut self, model: &Model, scene: &Scene, call: &Call, answer: &Answer) {
        let mut secrets = Vec::new();
        if let Some(input) = &call.input
            && let Some(shape) = model.side(call.operation, "input")
        {
            gather(model, shape, input, &mut secrets);
        }
        if answer.status == 200
            && let Some(shape) = model.side(call.operation, "output")
        {
            gather(model, shape, &answer.json(), &mut secrets);
        }
        secrets.retain(|secret| secret.len() >= SHORT && !scene.is_public(secret));
        let expected = Expected {
            operation: call.operation.to_owned(),
            error: (answer.status != 200).then(|| answers::error(answer)),
            secrets,
            is_recorded: call.is_recorded && !answers::is_of_nobody(call, answer),
        };
        self.0.insert(answer.request_id().to_owned(), expected);
    }

    /// Compares them with the log of a node that was stopped.
    pub(crate) fn check(&self, folder: &Path) {
        let log = fs::read_to_string(folder.join("audit/segment-00000001.jsonl")).unwrap();
        let mut found: BTreeMap<String, Vec<(&str, Value)>> = BTreeMap::new();
        for line in log.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            if let Some(request) = record["requestID"].as_str()
                && record["eventType"] == "AwsApiCall"
                && record["recipientAccountId"] == record["userIdentity"]["accountId"]
            {
                found
                    .entry(request.to_owned())
                    .or_default()
                    .push((line, record));
            }
        }
        for (request, expected) in &self.0 {
            let records = found.get(request).map(Vec::as_slice).unwrap_or_default();
            let count = usize::from(expected.is_recorded);
            assert_eq!(
                records.len(),
                count,
                "{request}, {} {:?}: {records:?}",
                expected.operation,
                expected.error
            );
            for (line, record) in records {
                assert_eq!(record["eventName"], expected.operation.as_str(), "{line}");
                let error = record["errorCode"].as_str();
                assert_eq!(error.is_some(), expected.error.is_some(), "{line}");
                for secret in &expected.secrets {
                    assert!(!line.contains(secret.as_str()), "{secret} is in {line}");
                }
            }
        }
    }
}

/// The texts in a value whose shapes are sensitive.
fn gather(model: &Model, shape: &str, value: &Value, secrets: &mut Vec<String>) {
    if let (Some(members), Some(object)) = (model.members(shape), value.as_object()) {
        for member in members {
            if let Some(value) = object.get(member.name) {
                gather(model, member.shape, value, secrets);
            }
        }
    } else if model.shape(shape)["sensitive"] == true
        && let Some(text) = value.as_str()
    {
        secrets.push(text.to_owned());
    }
}
