//! `GetPublicKey`.

use keystead_core::audit::Elements;
use keystead_wire::json::Blob;
use keystead_wire::kms::{input, output};

use super::key_use::material_fault;
use super::metadata::Algorithms;
use super::{check_grant_tokens, convert};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Gives the public half of a key, for use outside.
#[derive(Debug)]
pub enum GetPublicKey {}

impl Operation for GetPublicKey {
    const NAME: &'static str = "GetPublicKey";
    const ACTION: &'static str = "kms:GetPublicKey";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::GetPublicKey;
    type Output = output::GetPublicKey;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let key = entry.private(tools.provider);
        let key = key.map_err(|error| material_fault(entry, error))?;
        let record = &entry.record;
        let algorithms = Algorithms::of(record);
        let output = output::GetPublicKey {
            key_id: entry.arn.to_string(),
            public_key: Blob(key.public_key().to_vec()),
            customer_master_key_spec: record.spec.as_str().parse().ok(),
            key_spec: convert::named(record.spec.as_str())?,
            key_usage: convert::named(record.usage.as_str())?,
            encryption_algorithms: convert::all_named(algorithms.encryption),
            signing_algorithms: convert::all_named(algorithms.signing),
            key_agreement_algorithms: convert::all_named(algorithms.agreement),
        };
        Ok(Performed::new(call, output))
    }
}
