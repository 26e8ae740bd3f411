//! Services.

use crate::json::outputs;

outputs! {
    /// A page of services that have quotas.
    ListServices {
        "NextToken" next_token: Option<String> = present;
        "Services" services: Vec<ServiceInfo> = always;
    }

    /// A service that has quotas.
    ServiceInfo {
        "ServiceCode" service_code: String = always;
        "ServiceName" service_name: String = always;
    }
}
