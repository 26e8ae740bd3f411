//! What the operations on custom key stores share: finding one, changing it, and AWS's answers.
//!
//! Source: KMS API reference, the errors of these operations. Only the errors' names are documented; their messages
//! are those of the API model, in short.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::custom_key_store::{Backend, ConnectionStateError, CustomKeyStoreRecord, Taken};
use keystead_crypto::SecretBytes;

use crate::causes::Causes;
use crate::directory::custom_key_stores::CustomKeyStoreEntry;
use crate::fault::Fault;
use crate::operation::Tools;

/// The account's custom key store of this id.
///
/// # Errors
/// `CustomKeyStoreNotFoundException`, for a text that is no id too.
pub(super) fn find(
    account: AccountId,
    id: &str,
    tools: &Tools<'_>,
) -> Result<Arc<CustomKeyStoreEntry>, Fault> {
    let found = id.parse().ok();
    let found = found.and_then(|id| tools.directory.custom_key_stores().get(account, id));
    found.ok_or_else(|| not_found(id))
}

/// There is no store of this id or name.
pub(super) fn not_found(given: &str) -> Fault {
    fault(
        "CustomKeyStoreNotFoundException",
        format!("Custom key store '{given}' is not found."),
    )
}

/// The connection is in another state than the operation needs.
pub(super) fn wrong_state(entry: &CustomKeyStoreRecord, error: ConnectionStateError) -> Fault {
    let (id, state) = (entry.id, error.state.as_str());
    fault(
        "CustomKeyStoreInvalidStateException",
        format!("Custom key store {id} is {state}, which is not valid for this operation."),
    )
}

/// What KMS does not find among the tokens.
pub(super) fn no_such_cluster(cluster_id: &str) -> Fault {
    fault(
        "CloudHsmClusterNotFoundException",
        format!("CloudHSM cluster {cluster_id} is not found: the configuration has no such token."),
    )
}

/// An error of the API model's, with status 400 as all of these have.
pub(super) fn fault(code: &'static str, message: String) -> Fault {
    Fault::Named {
        code,
        status: 400,
        message,
    }
}

/// The changes that make a new store, or an old one as it is to be, if it has nothing in common with another one that it
/// can't have.
///
/// # Errors
/// AWS's answer to what is taken.
pub(super) fn put_unique(
    record: CustomKeyStoreRecord,
    expected: Expected,
    tools: &Tools<'_>,
) -> Result<Vec<Change>, Fault> {
    let (stores, tally) = tools.directory.custom_key_stores().all();
    for other in stores {
        record.check_beside(&other.record).map_err(taken)?;
    }
    Ok(vec![
        Change::PutCustomKeyStoreTally { expected: tally },
        put(record, expected),
    ])
}

/// The change of a store alone.
pub(super) fn put(record: CustomKeyStoreRecord, expected: Expected) -> Change {
    Change::PutCustomKeyStore {
        record: Box::new(record),
        expected,
    }
}

fn taken(taken: Taken) -> Fault {
    let code = match taken {
        Taken::Name => "CustomKeyStoreNameInUseException",
        Taken::Cluster => "CloudHsmClusterInUseException",
        Taken::Uri => "XksProxyUriInUseException",
        Taken::UriEndpoint => "XksProxyUriEndpointInUseException",
        Taken::VpcEndpointService => "XksProxyVpcEndpointServiceInUseException",
    };
    fault(code, taken.to_string())
}

/// What audit records say of a store besides.
pub(super) fn note(record: &CustomKeyStoreRecord) -> Elements<'static> {
    let elements = Elements::new().text("customKeyStoreName", record.name.clone());
    match &record.backend {
        Backend::Token(token) => elements.text("clusterId", token.cluster_id.clone()),
        Backend::Proxy(_) => elements,
    }
}

/// So many random bytes of the token behind the account's custom key store of this id, which must be connected. It waits
/// for the token.
///
/// # Errors
/// AWS's answer to a store that is not there, is not connected, has no token, or has one that does not answer.
pub(in crate::ops) fn random(
    account: AccountId,
    id: &str,
    length: usize,
    tools: &Tools<'_>,
) -> Result<SecretBytes, Fault> {
    let entry = find(account, id, tools)?;
    let record = &entry.record;
    if matches!(record.backend, Backend::Proxy(_)) {
        return Err(Fault::Unsupported {
            message: "GenerateRandom is not supported for external key stores.".into(),
        });
    }
    let connected = record.connection.require_connected();
    connected.map_err(|error| wrong_state(record, error))?;
    // After a start it takes a moment until this node is logged in, and longer if the token is not there.
    let token = tools.key_stores.token(record);
    let token = token.ok_or_else(|| out_of_reach(record))?;
    SecretBytes::try_filled(length, |out| token.fill_random(out)).map_err(|error| {
        tracing::warn!(store = %record.id, error = %Causes(&error), "the token of a custom key store failed");
        out_of_reach(record)
    })
}

/// A token that does not answer. The model has no `KMSInvalidStateException` here, as it has where keys are used.
fn out_of_reach(record: &CustomKeyStoreRecord) -> Fault {
    let id = record.id;
    fault(
        "CustomKeyStoreInvalidStateException",
        format!(
            "KMS cannot communicate with your CloudHSM cluster, the token of custom key store {id}."
        ),
    )
}
