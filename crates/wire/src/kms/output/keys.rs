//! Replies about one key.

use super::KeyMetadata;
use crate::json::{EpochSeconds, outputs};
use crate::kms::KeyState;

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
}
