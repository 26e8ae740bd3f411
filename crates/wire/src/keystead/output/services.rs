//! Services that call for themselves or on behalf of users.

use crate::json::{EpochSeconds, recorded_outputs};
use crate::keystead::StatusType;
use crate::model::Sensitive;

recorded_outputs! {
    /// The service.
    PutService {
        "Service" service: Service = always;
    }

    /// A page of services.
    ListServices {
        "Services" services: Vec<Service> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A service, and the account in which its own keys are.
    Service {
        "ServiceName" service_name: String = always;
        "CreateDate" create_date: EpochSeconds = always;
        "KeyAccountId" key_account_id: Option<String> = present;
    }

    /// The access key that was made, whose secret is not told again.
    CreateServiceAccessKey {
        "AccessKey" access_key: AccessKey = always;
    }

    /// A service's access keys.
    ListServiceAccessKeys {
        "AccessKeyMetadata" access_key_metadata: Vec<AccessKeyMetadata> = always;
    }

    /// An access key with its secret.
    AccessKey {
        "ServiceName" service_name: String = always;
        "AccessKeyId" access_key_id: String = always;
        "Status" status: StatusType = always;
        "SecretAccessKey" secret_access_key: Sensitive = always;
        "CreateDate" create_date: EpochSeconds = always;
    }

    /// An access key without its secret.
    AccessKeyMetadata {
        "ServiceName" service_name: String = always;
        "AccessKeyId" access_key_id: String = always;
        "Status" status: StatusType = always;
        "CreateDate" create_date: EpochSeconds = always;
    }
}
