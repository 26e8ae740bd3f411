//! Custom key stores.

use crate::json::{inputs, structures};
use crate::kms::shapes::{
    AccountIdType, CloudHsmClusterIdType, CustomKeyStoreIdType, CustomKeyStoreNameType,
    KeyStorePasswordType, LimitType, MarkerType, TrustAnchorCertificateType,
    XksProxyAuthenticationAccessKeyIdType, XksProxyAuthenticationRawSecretAccessKeyType,
    XksProxyUriEndpointType, XksProxyUriPathType, XksProxyVpcEndpointServiceNameType,
};
use crate::kms::{CustomKeyStoreType, XksProxyConnectivityType};
use crate::model::Sensitive;

inputs! {
    /// Makes a custom key store, which is not connected yet. Which members go with which type is the operation's to
    /// check.
    CreateCustomKeyStore {
        "CustomKeyStoreName" custom_key_store_name: String = required CustomKeyStoreNameType;
        "CloudHsmClusterId" cloud_hsm_cluster_id: Option<String> = optional CloudHsmClusterIdType;
        "TrustAnchorCertificate" trust_anchor_certificate: Option<String> = optional TrustAnchorCertificateType;
        "KeyStorePassword" key_store_password: Option<Sensitive> = optional KeyStorePasswordType;
        "CustomKeyStoreType" custom_key_store_type: Option<CustomKeyStoreType> = optional CustomKeyStoreType;
        "XksProxyUriEndpoint" xks_proxy_uri_endpoint: Option<String> = optional XksProxyUriEndpointType;
        "XksProxyUriPath" xks_proxy_uri_path: Option<String> = optional XksProxyUriPathType;
        "XksProxyVpcEndpointServiceName" xks_proxy_vpc_endpoint_service_name: Option<String> = optional XksProxyVpcEndpointServiceNameType;
        "XksProxyVpcEndpointServiceOwner" xks_proxy_vpc_endpoint_service_owner: Option<String> = optional AccountIdType;
        "XksProxyAuthenticationCredential" xks_proxy_authentication_credential: Option<XksProxyAuthenticationCredentialType> = optional XksProxyAuthenticationCredentialType;
        "XksProxyConnectivity" xks_proxy_connectivity: Option<XksProxyConnectivityType> = optional XksProxyConnectivityType;
    }

    /// Describes the account's custom key stores, or one of them.
    DescribeCustomKeyStores {
        "CustomKeyStoreId" custom_key_store_id: Option<String> = optional CustomKeyStoreIdType;
        "CustomKeyStoreName" custom_key_store_name: Option<String> = optional CustomKeyStoreNameType;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }

    /// Changes a custom key store.
    UpdateCustomKeyStore {
        "CustomKeyStoreId" custom_key_store_id: String = required CustomKeyStoreIdType;
        "NewCustomKeyStoreName" new_custom_key_store_name: Option<String> = optional CustomKeyStoreNameType;
        "KeyStorePassword" key_store_password: Option<Sensitive> = optional KeyStorePasswordType;
        "CloudHsmClusterId" cloud_hsm_cluster_id: Option<String> = optional CloudHsmClusterIdType;
        "XksProxyUriEndpoint" xks_proxy_uri_endpoint: Option<String> = optional XksProxyUriEndpointType;
        "XksProxyUriPath" xks_proxy_uri_path: Option<String> = optional XksProxyUriPathType;
        "XksProxyVpcEndpointServiceName" xks_proxy_vpc_endpoint_service_name: Option<String> = optional XksProxyVpcEndpointServiceNameType;
        "XksProxyVpcEndpointServiceOwner" xks_proxy_vpc_endpoint_service_owner: Option<String> = optional AccountIdType;
        "XksProxyAuthenticationCredential" xks_proxy_authentication_credential: Option<XksProxyAuthenticationCredentialType> = optional XksProxyAuthenticationCredentialType;
        "XksProxyConnectivity" xks_proxy_connectivity: Option<XksProxyConnectivityType> = optional XksProxyConnectivityType;
    }

    /// Connects a custom key store.
    ConnectCustomKeyStore {
        "CustomKeyStoreId" custom_key_store_id: String = required CustomKeyStoreIdType;
    }

    /// Disconnects a custom key store.
    DisconnectCustomKeyStore {
        "CustomKeyStoreId" custom_key_store_id: String = required CustomKeyStoreIdType;
    }

    /// Removes a custom key store.
    DeleteCustomKeyStore {
        "CustomKeyStoreId" custom_key_store_id: String = required CustomKeyStoreIdType;
    }
}

structures! {
    /// What requests to a proxy are signed with.
    XksProxyAuthenticationCredentialType {
        "AccessKeyId" access_key_id: Sensitive = required XksProxyAuthenticationAccessKeyIdType;
        "RawSecretAccessKey" raw_secret_access_key: Sensitive = required XksProxyAuthenticationRawSecretAccessKeyType;
    }
}
