//! Trails, and the keys that their digests are signed with.

use crate::cloudtrail::shapes::{Boolean, Date, String_, TrailNameList};
use crate::json::{EpochSeconds, recorded_inputs};

recorded_inputs! {
    /// Describes the trails that are named, or all.
    DescribeTrails {
        "trailNameList" trail_name_list: Vec<String> = defaulted TrailNameList;
        "includeShadowTrails" include_shadow_trails: Option<bool> = optional Boolean;
    }

    /// Describes a trail.
    GetTrail {
        "Name" name: String = required String_;
    }

    /// Tells whether and how a trail goes on.
    GetTrailStatus {
        "Name" name: String = required String_;
    }

    /// Gives the public keys of the digests of a time.
    ListPublicKeys {
        "StartTime" start_time: Option<EpochSeconds> = optional Date;
        "EndTime" end_time: Option<EpochSeconds> = optional Date;
        "NextToken" next_token: Option<String> = optional String_;
    }

    /// Lists the account's trails.
    ListTrails {
        "NextToken" next_token: Option<String> = optional String_;
    }
}
