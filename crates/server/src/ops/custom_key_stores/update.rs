//! `UpdateCustomKeyStore`.

use keystead_core::audit::Elements;
use keystead_core::change::Expected;
use keystead_core::custom_key_store::{Backend, CustomKeyStoreRecord, Part, TokenBackend};
use keystead_core::key::Sealed;
use keystead_wire::json::EmptyOutput;
use keystead_wire::kms::input;

use super::store;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::identities::secrets::RandomOf;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::Account;

/// Changes a custom key store: its name, the password that a token's user has got, or which token has its keys.
#[derive(Debug)]
pub enum UpdateCustomKeyStore {}

impl Operation for UpdateCustomKeyStore {
    const NAME: &'static str = "UpdateCustomKeyStore";
    const ACTION: &'static str = "kms:UpdateCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = input::UpdateCustomKeyStore;
    type Output = EmptyOutput;
    type Protocol = Json;
    type Target = Account;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if parts(input).iter().any(|(_, is_given)| *is_given) {
            return Ok(());
        }
        Err(Fault::Validation {
            message: "You must specify at least one property of the custom key store to update."
                .into(),
        })
    }

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("customKeyStoreId", &input.custom_key_store_id)
            .text_if(
                "newCustomKeyStoreName",
                input.new_custom_key_store_name.as_deref(),
            );
        Some(elements.text_if("clusterId", input.cloud_hsm_cluster_id.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let entry = store::find(account, &input.custom_key_store_id, tools)?;
        let mut record = entry.record.clone();
        for (part, _) in parts(input).iter().filter(|(_, is_given)| *is_given) {
            check_part(*part, &record)?;
        }
        if let Some(name) = &input.new_custom_key_store_name {
            record.name.clone_from(name);
        }
        let password = match &input.key_store_password {
            Some(password) => {
                let random = RandomOf(tools.provider);
                // Exposed to be sealed.
                let password = password.expose().as_bytes();
                Some(
                    tools
                        .key_stores
                        .seal(&random, tools.region, &record, password)?,
                )
            }
            None => None,
        };
        if let Backend::Token(token) = &mut record.backend {
            change_token(
                token,
                input.cloud_hsm_cluster_id.as_deref(),
                password,
                tools,
            )?;
        }
        let note = store::note(&record);
        let changes = store::put_unique(record, Expected::Revision(entry.revision), tools)?;
        Ok(Performed::new(call, EmptyOutput)
            .changes(changes)
            .note(note))
    }
}

/// What is to be changed.
const fn parts(input: &input::UpdateCustomKeyStore) -> [(Part, bool); 7] {
    let is_connectivity_given = input.xks_proxy_connectivity.is_some()
        || input.xks_proxy_vpc_endpoint_service_name.is_some()
        || input.xks_proxy_vpc_endpoint_service_owner.is_some();
    [
        (Part::Name, input.new_custom_key_store_name.is_some()),
        (Part::Password, input.key_store_password.is_some()),
        (Part::Cluster, input.cloud_hsm_cluster_id.is_some()),
        (
            Part::Credential,
            input.xks_proxy_authentication_credential.is_some(),
        ),
        (Part::UriPath, input.xks_proxy_uri_path.is_some()),
        (Part::UriEndpoint, input.xks_proxy_uri_endpoint.is_some()),
        (Part::Connectivity, is_connectivity_given),
    ]
}

/// A store has only the parts of its type, and its connection may not allow a change.
fn check_part(part: Part, record: &CustomKeyStoreRecord) -> Result<(), Fault> {
    let store_type = record.backend.store_type();
    let fits = part.store_type().is_none_or(|only| only == store_type);
    if !fits {
        return Err(Fault::Validation {
            message: format!(
                "A custom key store of type {store_type} has no such property to update."
            ),
        });
    }
    let checked = part.check(record.connection);
    checked.map_err(|error| store::wrong_state(record, error))
}

fn change_token(
    token: &mut TokenBackend,
    cluster_id: Option<&str>,
    password: Option<Sealed>,
    tools: &Tools<'_>,
) -> Result<(), Fault> {
    if let Some(cluster_id) = cluster_id {
        let tokens = tools.key_stores.tokens();
        if !tokens.knows(cluster_id) {
            return Err(store::no_such_cluster(cluster_id));
        }
        if !tokens.trusts(cluster_id, &token.trust_anchor) {
            let message =
                format!("CloudHSM cluster {cluster_id} has another trust anchor certificate.");
            return Err(store::fault("CloudHsmClusterNotRelatedException", message));
        }
        cluster_id.clone_into(&mut token.cluster_id);
    }
    if let Some(password) = password {
        token.password = password;
    }
    Ok(())
}
