//! Custom key stores.

use super::{INSTANT, check_output, text};
use crate::json::Structure as _;
use crate::kms::{
    ConnectionErrorCodeType, ConnectionStateType, CustomKeyStoreType, XksProxyConnectivityType,
    input, output,
};

#[test]
fn custom_key_store_outputs_have_the_models_members() {
    check_output(
        "CreateCustomKeyStoreResponse",
        &output::CreateCustomKeyStore {
            custom_key_store_id: text(),
        },
    );
    check_output(
        "DescribeCustomKeyStoresResponse",
        &output::DescribeCustomKeyStores {
            custom_key_stores: vec![],
            next_marker: Some(text()),
            truncated: true,
        },
    );
    let proxy = || output::XksProxyConfigurationType {
        connectivity: XksProxyConnectivityType::VpcEndpointService,
        access_key_id: text(),
        uri_endpoint: text(),
        uri_path: text(),
        vpc_endpoint_service_name: Some(text()),
        vpc_endpoint_service_owner: Some(text()),
    };
    check_output("XksProxyConfigurationType", &proxy());
    check_output(
        "CustomKeyStoresListEntry",
        &output::CustomKeyStoresListEntry {
            custom_key_store_id: text(),
            custom_key_store_name: text(),
            cloud_hsm_cluster_id: Some(text()),
            trust_anchor_certificate: Some(text()),
            connection_state: ConnectionStateType::Failed,
            connection_error_code: Some(ConnectionErrorCodeType::InternalError),
            creation_date: INSTANT,
            custom_key_store_type: CustomKeyStoreType::AwsCloudhsm,
            xks_proxy_configuration: Some(proxy()),
        },
    );
}

#[test]
fn a_proxys_credential_has_the_models_members_and_shows_none() {
    let model = super::model();
    let members = model["structures"]["XksProxyAuthenticationCredentialType"]
        .as_array()
        .unwrap();
    let declared = input::XksProxyAuthenticationCredentialType::MEMBERS;
    assert_eq!(declared.len(), members.len());
    for (declared, member) in declared.iter().zip(members) {
        assert_eq!(declared.name, member["name"]);
        assert_eq!(declared.shape, member["shape"]);
        assert!(declared.required);
        assert!(declared.kind.contains("Sensitive"));
    }
}
