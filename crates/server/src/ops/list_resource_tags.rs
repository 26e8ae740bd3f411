//! `ListResourceTags`.

use keystead_core::audit::Elements;
use keystead_wire::kms::{input, output};

use super::page::{self, PageLimits};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 50,
};

/// Lists a key's tags, in the order of their names.
#[derive(Debug)]
pub enum ListResourceTags {}

impl Operation for ListResourceTags {
    const NAME: &'static str = "ListResourceTags";
    const ACTION: &'static str = "kms:ListResourceTags";
    const READ_ONLY: bool = true;
    type Input = input::ListResourceTags;
    type Output = output::ListResourceTags;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .integer_if("limit", input.limit);
        Some(elements.text_if("marker", input.marker.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let size = LIMITS.size(input.limit);
        let after: Option<String> = page::after(Self::NAME, input.marker.as_deref())?;
        let tags = &call.target().entry().record.tags;
        let found: Vec<_> = tags.after(after.as_deref()).take(size + 1).collect();
        let (tags, next_marker) =
            page::cut(Self::NAME, found, size, |(name, _)| (*name).to_owned());
        let entry = |(name, value): (&str, &str)| output::Tag {
            tag_key: name.to_owned(),
            tag_value: value.to_owned(),
        };
        let output = output::ListResourceTags {
            tags: tags.into_iter().map(entry).collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}
