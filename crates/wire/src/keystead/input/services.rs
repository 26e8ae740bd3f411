//! Services that call for themselves or on behalf of users.

use crate::keystead::inputs;
use crate::keystead::shapes::{
    AccessKeyIdType, MarkerType, MaxItemsType, ServiceNamePrefixType, ServiceNameType,
};

inputs! {
    /// Registers a service, or leaves it as it is.
    PutService {
        "ServiceName" service_name: String = required ServiceNameType;
    }

    /// Removes a service that has no access keys.
    DeleteService {
        "ServiceName" service_name: String = required ServiceNameType;
    }

    /// Lists the services that the caller's account has registered.
    ListServices {
        "NamePrefix" name_prefix: Option<String> = optional ServiceNamePrefixType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Makes an access key of a service.
    CreateServiceAccessKey {
        "ServiceName" service_name: String = required ServiceNameType;
    }

    /// Lists the access keys of a service.
    ListServiceAccessKeys {
        "ServiceName" service_name: String = required ServiceNameType;
    }

    /// Destroys an access key of a service.
    DeleteServiceAccessKey {
        "ServiceName" service_name: String = required ServiceNameType;
        "AccessKeyId" access_key_id: String = required AccessKeyIdType;
    }
}
