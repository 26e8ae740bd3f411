//! `TagResource`.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::KeyRecord;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::{conditions, update_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Puts tags on a key, replacing the values of those that are there.
#[derive(Debug)]
pub enum TagResource {}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const ACTION: &'static str = "kms:TagResource";
    const READ_ONLY: bool = false;
    type Input = input::TagResource;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        conditions::of_tags(&input.tags, key)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(
            Elements::new()
                .text("keyId", &input.key_id)
                .value("tags", elements(&input.tags)),
        )
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let tags = entry.record.tags.clone().with(pairs(&call.input().tags))?;
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

/// Tags by name, as the domain wants them.
pub(super) fn pairs(tags: &[input::Tag]) -> Vec<(String, String)> {
    tags.iter()
        .map(|tag| (tag.tag_key.clone(), tag.tag_value.clone()))
        .collect()
}

/// Tags as audit records show them.
pub(super) fn elements(tags: &[input::Tag]) -> Value<'_> {
    let element = |tag| {
        let input::Tag {
            tag_key, tag_value, ..
        }: &input::Tag = tag;
        Elements::new()
            .text("tagKey", tag_key)
            .text("tagValue", tag_value)
    };
    Value::Objects(tags.iter().map(element).collect())
}
