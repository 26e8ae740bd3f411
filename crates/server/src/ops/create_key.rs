//! `CreateKey`.

mod request;

use keystead_core::arn::{PARTITION, key_arn};
use keystead_core::audit::{Elements, Value};
use keystead_core::change::{Change, Expected};
use keystead_core::identity::IdentityKind;
use keystead_core::key::{KeyManager, KeyRecord, Origin};
use keystead_core::key_id::KeyId;
use keystead_core::key_state::KeyState;
use keystead_core::policy::{
    ConditionKey, KnownKey, PrincipalIds, Values, default_key_policy, owned_key_policy,
};
use keystead_core::quota::Resource;
use keystead_core::tag::Tags;
use keystead_wire::kms::{input, output};

use super::{conditions, metadata, new_material, policy_check, resource_quota, tag_resource};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{AuditResource, NewKey};

/// Makes a key.
#[derive(Debug)]
pub enum CreateKey {}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const ACTION: &'static str = "kms:CreateKey";
    const READ_ONLY: bool = false;
    type Input = input::CreateKey;
    type Output = output::CreateKey;
    type Protocol = Json;
    type Target = NewKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        request::check(input)
    }

    fn target(input: &Self::Input) -> bool {
        !input.tags.is_empty()
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        let ConditionKey::Known(known) = key else {
            return conditions::of_tags(&input.tags, key);
        };
        match known {
            KnownKey::KeySpec | KnownKey::CustomerMasterKeySpec => {
                Values::one(request::spec(input).as_str())
            }
            KnownKey::KeyUsage | KnownKey::CustomerMasterKeyUsage => {
                Values::one(request::usage(input).as_str())
            }
            KnownKey::KeyOrigin => Values::one(request::origin(input).as_str()),
            KnownKey::MultiRegion => Values::truth(input.multi_region == Some(true)),
            KnownKey::BypassPolicyLockoutSafetyCheck => {
                Values::truth(input.bypass_policy_lockout_safety_check)
            }
            _ => conditions::of_tags(&input.tags, key),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let mut elements = Elements::new()
            .text_if("policy", input.policy.as_deref())
            .text("description", &input.description)
            .text("keyUsage", request::usage(input).as_str())
            .text("customerMasterKeySpec", request::spec(input).as_str())
            .text("keySpec", request::spec(input).as_str())
            .text("origin", request::origin(input).as_str())
            .value(
                "multiRegion",
                Value::Boolean(input.multi_region == Some(true)),
            )
            .value(
                "bypassPolicyLockoutSafetyCheck",
                Value::Boolean(input.bypass_policy_lockout_safety_check),
            );
        if !input.tags.is_empty() {
            elements = elements.value("tags", tag_resource::elements(&input.tags));
        }
        Some(elements)
    }

    fn blocks(input: &Self::Input) -> bool {
        request::blocks(input)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let tally = tools.directory.key_tally(account);
        let taken = tools.directory.own_key_count(account);
        let pace = resource_quota::check(Resource::Keys, taken, &account, tools)?;
        let (manager, policy) = owner_of(&call);
        let id = KeyId::from_random(new_material::random_array(tools)?);
        let arn = key_arn(tools.region, account, id);
        let origin = request::stored_origin(input)?;
        let mut record = KeyRecord {
            id,
            account,
            created: tools.now,
            description: input.description.clone(),
            spec: request::stored_spec(input)?,
            usage: request::stored_usage(input)?,
            origin,
            manager,
            state: match origin {
                Origin::AwsKms => KeyState::Enabled,
                Origin::External => KeyState::PendingImport,
            },
            policy,
            policy_principals: PrincipalIds::new(),
            tags: Tags::default().with(tag_resource::pairs(&input.tags))?,
            materials: Vec::new(),
            rotation: None,
        };
        if let Some(policy) = &input.policy {
            let bypass = input.bypass_policy_lockout_safety_check;
            record.policy_principals = policy_check::accept(policy, &record, bypass, &call, tools)?;
            record.policy.clone_from(policy);
        }
        if origin == Origin::AwsKms {
            record.materials.push(new_material::make(&record, tools)?);
        }
        let output = output::CreateKey {
            key_metadata: metadata::of(&record, &arn)?,
        };
        let response = metadata::elements(&record, &arn);
        let change = Change::PutKey {
            record: Box::new(record),
            expected: Expected::Absent,
        };
        let made = AuditResource {
            account,
            arn: arn.into(),
        };
        Ok(Performed::new(call, output)
            .change(resource_quota::beside_keys(pace, account, tally))
            .change(change)
            .respond(response)
            .made(made))
    }
}

/// Who manages a key that a caller makes, and its policy unless the caller brings one. A service on
/// its own makes AWS owned keys.
fn owner_of(call: &Authorized<'_, CreateKey>) -> (KeyManager, String) {
    let identity = call.caller().member().identity();
    match identity.kind() {
        IdentityKind::Service { name, .. } => (KeyManager::Aws, owned_key_policy(name)),
        _ => {
            let policy = default_key_policy(PARTITION, identity.account_id());
            (KeyManager::Customer, policy)
        }
    }
}
