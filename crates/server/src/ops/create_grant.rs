//! `CreateGrant`.

mod request;

use std::sync::Arc;

use keystead_core::audit::{Elements, Value};
use keystead_core::change::{Change, Expected};
use keystead_core::grant::{GrantOperation, GrantRecord, GrantRequest};
use keystead_core::key::MaterialId;
use keystead_core::policy::{ConditionKey, Values};
use keystead_core::quota::Resource;
use keystead_crypto::sha256;
use keystead_wire::kms::{input, output};

use super::{check_grant_tokens, conditions, grant_entry, resource_quota};
use crate::authz::Authorized;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::grant_token;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Lets somebody use a key, without a change of its policy.
#[derive(Debug)]
pub enum CreateGrant {}

impl Operation for CreateGrant {
    const NAME: &'static str = "CreateGrant";
    const ACTION: &'static str = "kms:CreateGrant";
    const READ_ONLY: bool = false;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::CreateGrant;
    type Output = output::CreateGrant;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        request::check(input)
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        conditions::of_grant(input, key)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let operations = input.operations.iter().map(|o| o.as_str().into());
        let mut elements = Elements::new()
            .text("keyId", &input.key_id)
            .text_if("granteePrincipal", input.grantee_principal.as_deref())
            .text_if(
                "granteeServicePrincipal",
                input.grantee_service_principal.as_deref(),
            )
            .text_if("retiringPrincipal", input.retiring_principal.as_deref())
            .text_if(
                "retiringServicePrincipal",
                input.retiring_service_principal.as_deref(),
            )
            .value("operations", Value::List(operations.collect()));
        if let Some(constraints) = &input.constraints {
            elements = elements.value("constraints", grant_entry::constraint_elements(constraints));
        }
        Some(elements.text_if("name", input.name.as_deref()))
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let issuer = call.caller().member().identity().account();
        let wanted = request::grant(input, entry, issuer, tools)?;
        check_width(&call, &wanted, tools)?;
        let (grant, changes) = match existing(&wanted, tools) {
            Some(existing) => (existing, Vec::new()),
            None => made(wanted, entry, tools)?,
        };
        let response = Elements::new()
            .text("grantId", grant.id.clone())
            .text("keyId", entry.arn.to_string());
        let output = output::CreateGrant {
            grant_token: grant_token::issue(&grant, random(tools)?)?,
            grant_id: grant.id.clone(),
        };
        let performed = Performed::new(call, output).respond(response);
        Ok(changes.into_iter().fold(performed, Performed::change))
    }
}

/// Refuses a grant that permits more than those by which its maker may make it. A caller whom a
/// policy allows to make grants is bound by none.
fn check_width(
    call: &Authorized<'_, CreateGrant>,
    wanted: &GrantRecord,
    tools: &Tools<'_>,
) -> Result<(), Fault> {
    let Some(granted_by) = call.granted_by() else {
        return Ok(());
    };
    let principal = call.caller().member().principal();
    // A grant that names the caller less closely, such as by its account, would have needed more
    // to permit this than was asked for.
    let closeness = granted_by.grantee.names(&principal);
    let request = GrantRequest {
        principal: &principal,
        operation: GrantOperation::CreateGrant,
        encryption_context: None,
        source_arn: call.caller().source().arn.as_deref(),
    };
    let is_wide_enough = |parent: &GrantRecord| {
        parent.grantee.names(&principal) <= closeness && wanted.is_no_wider_than(parent)
    };
    let grants = tools.directory.grants(wanted.key);
    let is_within = grants.is_some_and(|grants| {
        let book = grants.read();
        book.permitting_and(&request, is_wide_enough).is_some()
    });
    if is_within {
        Ok(())
    } else {
        Err(call.deny_beyond_grant(CreateGrant::ACTION, call.target().entry()))
    }
}

/// The grant that an identical request has made before.
fn existing(wanted: &GrantRecord, tools: &Tools<'_>) -> Option<Arc<GrantRecord>> {
    let grants = tools.directory.grants(wanted.key)?;
    grants.read().find_identical(wanted).cloned()
}

/// A new grant, which is made only if the key is as it was when this was decided.
fn made(
    mut grant: GrantRecord,
    key: &KeyEntry,
    tools: &Tools<'_>,
) -> Result<(Arc<GrantRecord>, Vec<Change>), Fault> {
    let grants = tools.directory.grants(grant.key);
    let count = grants.map_or(0, |grants| grants.read().len());
    let pace = resource_quota::check(Resource::GrantsPerKey, count, key, tools)?;
    grant.id = new_id(&grant, tools)?;
    grant.created = tools.now;
    let unchanged_key = resource_quota::with_key(pace, key);
    let put = Change::PutGrant {
        record: Box::new(grant.clone()),
        expected: Expected::Absent,
    };
    Ok((Arc::new(grant), vec![unchanged_key, put]))
}

/// The id of a new grant. With a name it is made of all that makes requests identical, so that of
/// two such requests at the same time the second finds the grant of the first.
fn new_id(grant: &GrantRecord, tools: &Tools<'_>) -> Result<String, Fault> {
    let bits = match grant.name {
        None => random(tools)?,
        Some(_) => sha256(&serde_json::to_vec(grant)?),
    };
    Ok(MaterialId::from_bytes(bits).to_string())
}

fn random<const N: usize>(tools: &Tools<'_>) -> Result<[u8; N], Fault> {
    let mut bits = [0; N];
    tools.provider.fill_random(&mut bits)?;
    Ok(bits)
}
