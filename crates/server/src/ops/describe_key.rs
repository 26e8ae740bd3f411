//! `DescribeKey`.

use keystead_core::audit::Elements;
use keystead_wire::kms::{input, output};

use super::{check_grant_tokens, metadata};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Shows what is known of a key.
#[derive(Debug)]
pub enum DescribeKey {}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    const ACTION: &'static str = "kms:DescribeKey";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::DescribeKey;
    type Output = output::DescribeKey;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        check_grant_tokens(&call.input().grant_tokens, tools)?;
        let entry = call.target().entry();
        let output = output::DescribeKey {
            key_metadata: metadata::of(&entry.record.as_of(tools.now), &entry.arn)?,
        };
        Ok(Performed::new(call, output))
    }
}
