//! Replies of the operations on custom key stores.

use crate::json::{EpochSeconds, outputs};
use crate::kms::{
    ConnectionErrorCodeType, ConnectionStateType, CustomKeyStoreType, XksProxyConnectivityType,
};

outputs! {
    /// The custom key store that was made.
    CreateCustomKeyStore {
        "CustomKeyStoreId" custom_key_store_id: String = always;
    }

    /// A page of custom key stores.
    DescribeCustomKeyStores {
        "CustomKeyStores" custom_key_stores: Vec<CustomKeyStoresListEntry> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// A custom key store in a list: of a token, or of a proxy.
    CustomKeyStoresListEntry {
        "CustomKeyStoreId" custom_key_store_id: String = always;
        "CustomKeyStoreName" custom_key_store_name: String = always;
        "CloudHsmClusterId" cloud_hsm_cluster_id: Option<String> = present;
        "TrustAnchorCertificate" trust_anchor_certificate: Option<String> = present;
        "ConnectionState" connection_state: ConnectionStateType = always;
        "ConnectionErrorCode" connection_error_code: Option<ConnectionErrorCodeType> = present;
        "CreationDate" creation_date: EpochSeconds = always;
        "CustomKeyStoreType" custom_key_store_type: CustomKeyStoreType = always;
        "XksProxyConfiguration" xks_proxy_configuration: Option<XksProxyConfigurationType> = present;
    }

    /// How a proxy is reached and who asks. The secret is never shown.
    XksProxyConfigurationType {
        "Connectivity" connectivity: XksProxyConnectivityType = always;
        "AccessKeyId" access_key_id: String = always;
        "UriEndpoint" uri_endpoint: String = always;
        "UriPath" uri_path: String = always;
        "VpcEndpointServiceName" vpc_endpoint_service_name: Option<String> = present;
        "VpcEndpointServiceOwner" vpc_endpoint_service_owner: Option<String> = present;
    }
}
