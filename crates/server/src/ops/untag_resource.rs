//! `UntagResource`.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::KeyRecord;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Takes tags off a key. Names that are not there are passed over.
#[derive(Debug)]
pub enum UntagResource {}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const ACTION: &'static str = "kms:UntagResource";
    const READ_ONLY: bool = false;
    type Input = input::UntagResource;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::TagKeys) => {
                Values::many(input.tag_keys.iter().map(String::as_str))
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let names = input
            .tag_keys
            .iter()
            .map(|name| name.as_str().into())
            .collect();
        Some(
            Elements::new()
                .text("keyId", &input.key_id)
                .value("tagKeys", Value::List(names)),
        )
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let tags = entry.record.tags.clone().without(&call.input().tag_keys)?;
        let change = update_key::put(
            entry,
            KeyRecord {
                tags,
                ..entry.record.clone()
            },
        );
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
