//! `CreateCustomKeyStore`.

use keystead_core::audit::Elements;
use keystead_core::change::Expected;
use keystead_core::custom_key_store::{
    Backend, ConnectionState, CustomKeyStoreId, CustomKeyStoreRecord, TokenBackend,
};
use keystead_core::key::Sealed;
use keystead_core::quota::Resource;
use keystead_wire::kms::{CustomKeyStoreType, input, output};

use super::store;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::identities::secrets::RandomOf;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::{new_material, resource_quota};
use crate::protocol::Json;
use crate::target::Account;

/// Makes a custom key store.
#[derive(Debug)]
pub enum CreateCustomKeyStore {}

impl Operation for CreateCustomKeyStore {
    const NAME: &'static str = "CreateCustomKeyStore";
    const ACTION: &'static str = "kms:CreateCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = input::CreateCustomKeyStore;
    type Output = output::CreateCustomKeyStore;
    type Protocol = Json;
    type Target = Account;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if store_type(input) == CustomKeyStoreType::ExternalKeyStore {
            return Err(Fault::Unsupported {
                message: "Custom key stores of type EXTERNAL_KEY_STORE are not supported.".into(),
            });
        }
        let missing = [
            ("CloudHsmClusterId", input.cloud_hsm_cluster_id.is_none()),
            (
                "TrustAnchorCertificate",
                input.trust_anchor_certificate.is_none(),
            ),
            ("KeyStorePassword", input.key_store_password.is_none()),
        ];
        let unfit = [
            (
                "XksProxyUriEndpoint",
                input.xks_proxy_uri_endpoint.is_some(),
            ),
            ("XksProxyUriPath", input.xks_proxy_uri_path.is_some()),
            (
                "XksProxyVpcEndpointServiceName",
                input.xks_proxy_vpc_endpoint_service_name.is_some(),
            ),
            (
                "XksProxyVpcEndpointServiceOwner",
                input.xks_proxy_vpc_endpoint_service_owner.is_some(),
            ),
            (
                "XksProxyAuthenticationCredential",
                input.xks_proxy_authentication_credential.is_some(),
            ),
            (
                "XksProxyConnectivity",
                input.xks_proxy_connectivity.is_some(),
            ),
        ];
        let first =
            |of: &[(&'static str, bool)]| of.iter().find(|(_, is)| *is).map(|(name, _)| *name);
        let message = match (first(&missing), first(&unfit)) {
            (Some(name), _) => {
                format!("{name} is required for custom key stores of type AWS_CLOUDHSM.")
            }
            (None, Some(name)) => {
                format!("{name} is not valid for custom key stores of type AWS_CLOUDHSM.")
            }
            (None, None) => return Ok(()),
        };
        Err(Fault::Validation { message })
    }

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("customKeyStoreName", &input.custom_key_store_name)
            .text("customKeyStoreType", store_type(input).as_str());
        Some(elements.text_if("clusterId", input.cloud_hsm_cluster_id.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let taken = tools
            .directory
            .custom_key_stores()
            .after(account, None)
            .len();
        resource_quota::check(Resource::CustomKeyStores, taken, &account, tools)?;
        let backend = TokenBackend {
            cluster_id: input.cloud_hsm_cluster_id.clone().unwrap_or_default(),
            trust_anchor: input.trust_anchor_certificate.clone().unwrap_or_default(),
            password: Sealed::new(Vec::new()),
        };
        if !tools.key_stores.tokens().knows(&backend.cluster_id) {
            return Err(store::no_such_cluster(&backend.cluster_id));
        }
        let tokens = tools.key_stores.tokens();
        if !tokens.trusts(&backend.cluster_id, &backend.trust_anchor) {
            let message = format!(
                "The trust anchor certificate is not that of CloudHSM cluster {}.",
                backend.cluster_id
            );
            return Err(store::fault("IncorrectTrustAnchorException", message));
        }
        let mut record = CustomKeyStoreRecord {
            id: CustomKeyStoreId::from_random(new_material::random_array(tools)?),
            account,
            name: input.custom_key_store_name.clone(),
            created: tools.now,
            connection: ConnectionState::Disconnected,
            backend: Backend::Token(backend),
        };
        let password = input.key_store_password.as_ref();
        // Exposed to be sealed.
        let password = password.map(|password| password.expose().as_bytes());
        let random = RandomOf(tools.provider);
        let sealed =
            tools
                .key_stores
                .seal(&random, tools.region, &record, password.unwrap_or_default())?;
        if let Backend::Token(token) = &mut record.backend {
            token.password = sealed;
        }
        let (id, note) = (record.id.to_string(), store::note(&record));
        let changes = store::put_unique(record, Expected::Absent, tools)?;
        let response = Elements::new().text("customKeyStoreId", id.clone());
        let output = output::CreateCustomKeyStore {
            custom_key_store_id: id,
        };
        Ok(Performed::new(call, output)
            .changes(changes)
            .respond(response)
            .note(note))
    }
}

fn store_type(input: &input::CreateCustomKeyStore) -> CustomKeyStoreType {
    input
        .custom_key_store_type
        .unwrap_or(CustomKeyStoreType::AwsCloudhsm)
}
