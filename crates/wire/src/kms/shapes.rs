//! The shapes of inputs: one line each, with the limits of the published model.

use super::input::Tag;
use super::pattern;
use super::{DryRunModifierType, GrantOperation};
use crate::json::shapes;

shapes! {
    AccountIdType: string(12, 12, "[0-9]{12}" => pattern::account_id);
    AliasNameType: string(1, 256, "^[a-zA-Z0-9:/_-]+$" => pattern::name);
    AttestationDocumentType: blob(1, 262_144);
    BackingKeyIdType: string(64, 64, "^[a-f0-9]+$" => pattern::lower_hexadecimal);
    BooleanType: boolean();
    CiphertextType: blob(1, 6144);
    CloudHsmClusterIdType: string(19, 24, "cluster-[2-7a-zA-Z]{11,16}" => pattern::cluster_id);
    CustomKeyStoreIdType: string(1, 64);
    CustomKeyStoreNameType: string(1, 256);
    DateType: instant();
    DescriptionType: string(0, 8192);
    DryRunModifierList: scalars(DryRunModifierType);
    EncryptionContextType: strings_by_name();
    GrantConstraintSourceArnType: string(20, 512, "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$" => pattern::source_arn);
    GrantIdType: string(1, 128);
    GrantNameType: string(1, 256, "^[a-zA-Z0-9:/_-]+$" => pattern::name);
    GrantOperationList: scalars(GrantOperation);
    GrantTokenList: scalars(GrantTokenType, 0, 10);
    GrantTokenType: string(1, 8192);
    KeyIdType: string(1, 2048);
    KeyMaterialDescriptionType: string(0, 256, r"^[a-zA-Z0-9:/_\s.-]+$" => pattern::description);
    KeyStorePasswordType: sensitive(7, 32);
    LimitType: integer(1, 1000);
    MarkerType: string(1, 1024, r"[\u0020-\u00FF]*" => pattern::latin);
    NullableBooleanType: boolean();
    NumberOfBytesType: integer(1, 1024);
    PendingWindowInDaysType: integer(1, 365);
    PlaintextType: secret(1, 4096);
    PolicyNameType: string(1, 128, r"[\w]+" => pattern::word);
    PolicyType: string(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+" => pattern::policy);
    PrincipalIdType: string(1, 256, r"^[\w+=,.@:/-]+$" => pattern::principal);
    PublicKeyType: blob(1, 8192);
    RegionType: string(1, 32, r"^([a-z]+-){2,3}\d+$" => pattern::region);
    RotationPeriodInDaysType: integer(90, 2560);
    ServicePrincipalType: string(1, 128, r"^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$" => pattern::service_principal);
    TagKeyList: scalars(TagKeyType);
    TagKeyType: string(1, 128);
    TagList: structures(Tag);
    TagValueType: string(0, 256);
    TrustAnchorCertificateType: string(1, 5000);
    XksKeyIdType: string(1, 128, "^[a-zA-Z0-9-_.]+$" => pattern::xks_key_id);
    XksProxyAuthenticationAccessKeyIdType: sensitive(20, 30, "^[A-Z2-7]+$" => pattern::xks_access_key_id);
    XksProxyAuthenticationRawSecretAccessKeyType: sensitive(43, 64, r"^[a-zA-Z0-9\/+=]+$" => pattern::xks_secret);
    XksProxyUriEndpointType: string(10, 128, "^https://[a-zA-Z0-9.-]+$" => pattern::xks_endpoint);
    XksProxyUriPathType: string(10, 128, r"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$" => pattern::xks_path);
    XksProxyVpcEndpointServiceNameType: string(20, 64, r"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$" => pattern::vpc_endpoint_service);
}
