//! Trails, and the keys that their digests are signed with.

use crate::json::{Blob, EpochSeconds, outputs};

outputs! {
    /// The trails that were asked for.
    DescribeTrails {
        "trailList" trail_list: Vec<Trail> = always;
    }

    /// The trail.
    GetTrail {
        "Trail" trail: Trail = always;
    }

    /// A page of trails.
    ListTrails {
        "Trails" trails: Vec<TrailInfo> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A page of public keys.
    ListPublicKeys {
        "PublicKeyList" public_key_list: Vec<PublicKey> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// Whether a trail goes on, when it began to, and when it last delivered. The members with `Attempt` and
    /// `TimeLogging` are the older texts of the same.
    GetTrailStatus {
        "IsLogging" is_logging: bool = always;
        "LatestDeliveryError" latest_delivery_error: Option<String> = present;
        "LatestNotificationError" latest_notification_error: Option<String> = present;
        "LatestDeliveryTime" latest_delivery_time: Option<EpochSeconds> = present;
        "LatestNotificationTime" latest_notification_time: Option<EpochSeconds> = present;
        "StartLoggingTime" start_logging_time: Option<EpochSeconds> = present;
        "StopLoggingTime" stop_logging_time: Option<EpochSeconds> = present;
        "LatestCloudWatchLogsDeliveryError" latest_cloud_watch_logs_delivery_error: Option<String> = present;
        "LatestCloudWatchLogsDeliveryTime" latest_cloud_watch_logs_delivery_time: Option<EpochSeconds> = present;
        "LatestDigestDeliveryTime" latest_digest_delivery_time: Option<EpochSeconds> = present;
        "LatestDigestDeliveryError" latest_digest_delivery_error: Option<String> = present;
        "LatestDeliveryAttemptTime" latest_delivery_attempt_time: Option<String> = present;
        "LatestNotificationAttemptTime" latest_notification_attempt_time: Option<String> = present;
        "LatestNotificationAttemptSucceeded" latest_notification_attempt_succeeded: Option<String> = present;
        "LatestDeliveryAttemptSucceeded" latest_delivery_attempt_succeeded: Option<String> = present;
        "TimeLoggingStarted" time_logging_started: Option<String> = present;
        "TimeLoggingStopped" time_logging_stopped: Option<String> = present;
    }

    /// A trail: where its files go, and what is in them.
    Trail {
        "Name" name: String = always;
        "S3BucketName" s3_bucket_name: String = always;
        "S3KeyPrefix" s3_key_prefix: Option<String> = present;
        "SnsTopicName" sns_topic_name: Option<String> = present;
        "SnsTopicARN" sns_topic_arn: Option<String> = present;
        "IncludeGlobalServiceEvents" include_global_service_events: bool = always;
        "IsMultiRegionTrail" is_multi_region_trail: bool = always;
        "HomeRegion" home_region: String = always;
        "TrailARN" trail_arn: String = always;
        "LogFileValidationEnabled" log_file_validation_enabled: bool = always;
        "CloudWatchLogsLogGroupArn" cloud_watch_logs_log_group_arn: Option<String> = present;
        "CloudWatchLogsRoleArn" cloud_watch_logs_role_arn: Option<String> = present;
        "KmsKeyId" kms_key_id: Option<String> = present;
        "HasCustomEventSelectors" has_custom_event_selectors: bool = always;
        "HasInsightSelectors" has_insight_selectors: bool = always;
        "IsOrganizationTrail" is_organization_trail: bool = always;
        "RecursiveLogging" recursive_logging: Option<bool> = present;
    }

    /// The name of a trail.
    TrailInfo {
        "TrailARN" trail_arn: String = always;
        "Name" name: String = always;
        "HomeRegion" home_region: String = always;
    }

    /// A public key: its DER (`RSAPublicKey` of PKCS #1), the time in which digests were signed with it, and the
    /// fingerprint by which digests name it.
    PublicKey {
        "Value" value: Blob = always;
        "ValidityStartTime" validity_start_time: EpochSeconds = always;
        "ValidityEndTime" validity_end_time: EpochSeconds = always;
        "Fingerprint" fingerprint: String = always;
    }
}
