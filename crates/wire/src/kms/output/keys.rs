//! Replies about one key.

use super::KeyMetadata;
use crate::json::{EpochSeconds, outputs};
use crate::kms::{KeyLastUsageTrackingOperation, KeyState};

outputs! {
    /// The key that was made.
    CreateKey {
        "KeyMetadata" key_metadata: KeyMetadata = always;
    }

    /// The key that was asked for.
    DescribeKey {
        "KeyMetadata" key_metadata: KeyMetadata = always;
    }

    /// When the key will be deleted.
    ScheduleKeyDeletion {
        "KeyId" key_id: String = always;
        "DeletionDate" deletion_date: Option<EpochSeconds> = present;
        "KeyState" key_state: KeyState = always;
        "PendingWindowInDays" pending_window_in_days: Option<i64> = present;
    }

    /// The key that will not be deleted.
    CancelKeyDeletion {
        "KeyId" key_id: String = always;
    }

    /// The key's policy.
    GetKeyPolicy {
        "Policy" policy: String = always;
        "PolicyName" policy_name: String = always;
    }

    /// What the key was last used for, and since when it is known.
    GetKeyLastUsage {
        "KeyId" key_id: String = always;
        "KeyLastUsage" key_last_usage: KeyLastUsageData = always;
        "TrackingStartDate" tracking_start_date: EpochSeconds = always;
        "KeyCreationDate" key_creation_date: EpochSeconds = always;
    }

    /// The last successful use of a key; nothing of one that was not used since uses are known.
    #[derive(Default)]
    KeyLastUsageData {
        "Operation" operation: Option<KeyLastUsageTrackingOperation> = present;
        "Timestamp" timestamp: Option<EpochSeconds> = present;
        "CloudTrailEventId" cloud_trail_event_id: Option<String> = present;
        "KmsRequestId" kms_request_id: Option<String> = present;
    }
}
