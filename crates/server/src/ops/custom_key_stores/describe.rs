//! `DescribeCustomKeyStores`.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::audit::Elements;
use keystead_core::custom_key_store::{
    Backend, Connectivity, CustomKeyStoreId, CustomKeyStoreRecord,
};
use keystead_wire::kms::{input, output};

use super::store;
use crate::authz::Authorized;
use crate::directory::custom_key_stores::CustomKeyStoreEntry;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::convert;
use crate::ops::page::{self, PageLimits};
use crate::protocol::Json;
use crate::target::Account;

/// AWS does not say. No account has more than a page of them.
const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

/// Describes the custom key stores of the caller's account in the Region, in the order of their ids, or one of them.
#[derive(Debug)]
pub enum DescribeCustomKeyStores {}

impl Operation for DescribeCustomKeyStores {
    const NAME: &'static str = "DescribeCustomKeyStores";
    const ACTION: &'static str = "kms:DescribeCustomKeyStores";
    const READ_ONLY: bool = true;
    type Input = input::DescribeCustomKeyStores;
    type Output = output::DescribeCustomKeyStores;
    type Protocol = Json;
    type Target = Account;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if input.custom_key_store_id.is_some() && input.custom_key_store_name.is_some() {
            return Err(Fault::Validation {
                message: "You can specify CustomKeyStoreId or CustomKeyStoreName, but not both."
                    .into(),
            });
        }
        Ok(())
    }

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text_if("customKeyStoreId", input.custom_key_store_id.as_deref())
            .text_if("customKeyStoreName", input.custom_key_store_name.as_deref())
            .integer_if("limit", input.limit);
        Some(elements.text_if("marker", input.marker.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let account = call.caller().member().identity().account();
        let size = LIMITS.size(input.limit);
        let found = find(input, account, tools)?;
        let id = |entry: &Arc<CustomKeyStoreEntry>| entry.record.id.to_string();
        let (stores, next_marker) = page::cut(Self::NAME, found, size, id);
        let entries = stores.iter().map(|entry| shown(&entry.record));
        let output = output::DescribeCustomKeyStores {
            custom_key_stores: entries.collect::<Result<_, Fault>>()?,
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}

/// Those that are asked for.
fn find(
    input: &input::DescribeCustomKeyStores,
    account: AccountId,
    tools: &Tools<'_>,
) -> Result<Vec<Arc<CustomKeyStoreEntry>>, Fault> {
    let after: Option<CustomKeyStoreId> =
        page::after(DescribeCustomKeyStores::NAME, input.marker.as_deref())?;
    if let Some(id) = &input.custom_key_store_id {
        return Ok(vec![store::find(account, id, tools)?]);
    }
    let mut stores = tools.directory.custom_key_stores().after(account, after);
    if let Some(name) = &input.custom_key_store_name {
        stores.retain(|entry| entry.record.name == *name);
        if stores.is_empty() {
            return Err(store::not_found(name));
        }
    }
    Ok(stores)
}

fn shown(record: &CustomKeyStoreRecord) -> Result<output::CustomKeyStoresListEntry, Fault> {
    let token = match &record.backend {
        Backend::Token(token) => Some(token),
        Backend::Proxy(_) => None,
    };
    let error_code = record.connection.error_code();
    Ok(output::CustomKeyStoresListEntry {
        custom_key_store_id: record.id.to_string(),
        custom_key_store_name: record.name.clone(),
        cloud_hsm_cluster_id: token.map(|token| token.cluster_id.clone()),
        trust_anchor_certificate: token.map(|token| token.trust_anchor.clone()),
        connection_state: convert::named(record.connection.as_str())?,
        connection_error_code: error_code
            .map(|code| convert::named(code.as_str()))
            .transpose()?,
        creation_date: convert::instant(record.created),
        custom_key_store_type: convert::named(record.backend.store_type().as_str())?,
        xks_proxy_configuration: proxy(&record.backend)?,
    })
}

fn proxy(backend: &Backend) -> Result<Option<output::XksProxyConfigurationType>, Fault> {
    let Backend::Proxy(proxy) = backend else {
        return Ok(None);
    };
    let (name, owner) = match &proxy.connectivity {
        Connectivity::PublicEndpoint => (None, None),
        Connectivity::VpcEndpointService { name, owner } => (Some(name), Some(owner)),
    };
    Ok(Some(output::XksProxyConfigurationType {
        connectivity: convert::named(proxy.connectivity.as_str())?,
        access_key_id: proxy.access_key_id.clone(),
        uri_endpoint: proxy.uri_endpoint.clone(),
        uri_path: proxy.uri_path.clone(),
        vpc_endpoint_service_name: name.cloned(),
        vpc_endpoint_service_owner: owner.map(ToString::to_string),
    }))
}
