//! Trails, and the keys that their digests are signed with. Every account has one trail, of all
//! Regions.

use keystead_core::arn::{AccountId, PARTITION, Region};
use keystead_core::time::Timestamp;
use keystead_wire::cloudtrail::{input, output};
use keystead_wire::json::{Blob, EpochSeconds};

use crate::audit::trail::{PublicKey, TRAIL, Trail, bucket, trail_arn};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::target::Named;

operations! { CloudTrail "cloudtrail" Json;
    /// Describes the trails that are named, or all.
    DescribeTrails: read, on account => describe => output::DescribeTrails;
    /// Describes a trail.
    GetTrail: read, on |input| Named::Trail(&input.name) => get => output::GetTrail;
    /// Tells whether and how a trail goes on.
    GetTrailStatus: read, on |input| Named::Trail(&input.name) => status => output::GetTrailStatus;
    /// Gives the public keys of the digests of a time in a Region.
    ListPublicKeys: read, on account => list_keys => output::ListPublicKeys;
    /// Lists the account's trails.
    ListTrails: read, on account => list => output::ListTrails;
}

/// What callers are told of a trail that has a problem: what it is may tell of other accounts.
const NOT_IN_ORDER: &str =
    "The trail is not delivered as it should be; the log of the server says why.";

type Done<T> = Result<Answer<T>, Fault>;

const fn account<I>(_input: &I) -> Named<'_> {
    Named::Account
}

fn describe(call: &Call<'_, input::DescribeTrails>) -> Done<output::DescribeTrails> {
    let input = call.input;
    let names = &input.trail_name_list;
    let asked = names.iter().map(|name| Asked::parse(name, call));
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    let trail = call.tools.trail.filter(|trail| {
        let is_here = trail.home() == call.tools.region;
        match asked.as_slice() {
            [] => is_here || input.include_shadow_trails != Some(false),
            asked => asked.iter().any(|asked| asked.is(trail, call.account)),
        }
    });
    let trail_list = trail.map(|trail| shown(trail, call.account));
    let trail_list = trail_list.into_iter().collect();
    Ok(output::DescribeTrails { trail_list }.into())
}

fn get(call: &Call<'_, input::GetTrail>) -> Done<output::GetTrail> {
    let trail = find(&call.input.name, call)?;
    let trail = shown(trail, call.account);
    Ok(output::GetTrail { trail }.into())
}

fn list(call: &Call<'_, input::ListTrails>) -> Done<output::ListTrails> {
    // All trails are on one page, so that no token is ever given out.
    if call.input.next_token.is_some() {
        return Err(invalid_token());
    }
    let info = |trail: &Trail| output::TrailInfo {
        trail_arn: trail.arn(call.account),
        name: TRAIL.to_owned(),
        home_region: trail.home().to_string(),
    };
    Ok(output::ListTrails {
        trails: call.tools.trail.map(info).into_iter().collect(),
        next_token: None,
    }
    .into())
}

fn status(call: &Call<'_, input::GetTrailStatus>) -> Done<output::GetTrailStatus> {
    let trail = find(&call.input.name, call)?;
    let status = trail.status(call.account);
    let error = trail.last_error().map(|_| NOT_IN_ORDER.to_owned());
    let text = |time: Option<Timestamp>| Some(time.map_or_else(String::new, |t| t.to_string()));
    Ok(output::GetTrailStatus {
        is_logging: true,
        latest_delivery_error: error.clone(),
        latest_notification_error: None,
        latest_delivery_time: status.delivered.map(seconds),
        latest_notification_time: None,
        start_logging_time: status.since.map(seconds),
        stop_logging_time: None,
        latest_cloud_watch_logs_delivery_error: None,
        latest_cloud_watch_logs_delivery_time: None,
        latest_digest_delivery_time: status.digested.map(seconds),
        latest_digest_delivery_error: error,
        latest_delivery_attempt_time: text(status.delivered),
        latest_notification_attempt_time: text(None),
        latest_notification_attempt_succeeded: text(None),
        latest_delivery_attempt_succeeded: text(status.delivered),
        time_logging_started: text(status.since),
        time_logging_stopped: text(None),
    }
    .into())
}

fn list_keys(call: &Call<'_, input::ListPublicKeys>) -> Done<output::ListPublicKeys> {
    let input = call.input;
    if input.next_token.is_some() {
        return Err(invalid_token());
    }
    let time = |given: Option<EpochSeconds>| given.map_or(call.tools.now, instant);
    let (start, end) = (time(input.start_time), time(input.end_time));
    if end < start {
        return Err(named(
            "InvalidTimeRangeException",
            "The specified time range is not valid: its start time is after its end time.",
        ));
    }
    let keys = call
        .tools
        .trail
        .map(|trail| trail.public_keys(call.tools.region));
    let keys = keys.unwrap_or_default();
    let of_the_time = keys.into_iter().enumerate().filter(|(index, key)| {
        // Before the first key there is none, and the last signs until there is another.
        let begins = *index == 0 || key.from <= end;
        begins && (key.is_current || start <= key.until)
    });
    Ok(output::ListPublicKeys {
        public_key_list: of_the_time.map(|(_, key)| shown_key(key)).collect(),
        next_token: None,
    }
    .into())
}

fn shown_key(key: PublicKey) -> output::PublicKey {
    output::PublicKey {
        value: Blob(key.der),
        validity_start_time: seconds(key.from),
        validity_end_time: seconds(key.until),
        fingerprint: key.fingerprint,
    }
}

fn shown(trail: &Trail, account: AccountId) -> output::Trail {
    output::Trail {
        name: TRAIL.to_owned(),
        s3_bucket_name: bucket(account),
        s3_key_prefix: None,
        sns_topic_name: None,
        sns_topic_arn: None,
        include_global_service_events: true,
        is_multi_region_trail: true,
        home_region: trail.home().to_string(),
        trail_arn: trail.arn(account),
        log_file_validation_enabled: true,
        cloud_watch_logs_log_group_arn: None,
        cloud_watch_logs_role_arn: None,
        kms_key_id: None,
        has_custom_event_selectors: false,
        has_insight_selectors: false,
        is_organization_trail: false,
        recursive_logging: None,
    }
}

/// The trail of a name, in the Region that is called, or of an ARN, in any.
fn find<'a, I>(name: &str, call: &Call<'a, I>) -> Result<&'a Trail, Fault> {
    let asked = Asked::parse(name, call)?;
    let trail = call.tools.trail;
    let trail = trail.filter(|trail| asked.is(trail, call.account));
    trail.ok_or_else(|| {
        let (arn, account) = (&asked.0, call.account);
        named(
            "TrailNotFoundException",
            &format!("Unknown trail: {arn} for the user: {account}"),
        )
    })
}

/// The ARN of a trail that is asked for.
struct Asked(String);

impl Asked {
    /// Reads a name or an ARN.
    fn parse<I>(text: &str, call: &Call<'_, I>) -> Result<Self, Fault> {
        if text.starts_with("arn:") {
            let is_one = is_trail_arn(text);
            return is_one.then(|| Self(text.to_owned())).ok_or_else(|| {
                named(
                    "CloudTrailARNInvalidException",
                    &format!("The ARN {text} is not the ARN of a trail."),
                )
            });
        }
        check_name(text)?;
        Ok(Self(trail_arn(call.tools.region, call.account, text)))
    }

    fn is(&self, trail: &Trail, account: AccountId) -> bool {
        self.0 == trail.arn(account)
    }
}

fn is_trail_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "cloudtrail", region, account, resource] = *parts.as_slice() else {
        return false;
    };
    let name = resource.strip_prefix("trail/");
    partition == PARTITION
        && region.parse::<Region>().is_ok()
        && account.parse::<AccountId>().is_ok()
        && name.is_some_and(|name| check_name(name).is_ok())
}

/// What a trail's name may be.
///
/// Source: `Name` of CreateTrail in the API reference; messages as observed.
fn check_name(name: &str) -> Result<(), Fault> {
    let length = name.chars().count();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric();
    let is_known = |letter: char| is_letter(letter) || matches!(letter, '.' | '_' | '-');
    let message = if length < 3 {
        format!(
            "Trail name too short. Minimum allowed length: 3 characters. Specified name length: {length} characters."
        )
    } else if length > 128 {
        format!(
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: {length} characters."
        )
    } else if !name.chars().all(is_known) {
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).".to_owned()
    } else if !name.starts_with(is_letter) {
        "Trail name must starts with a letter or number.".to_owned()
    } else if !name.ends_with(is_letter) {
        "Trail name must ends with a letter or number.".to_owned()
    } else {
        return Ok(());
    };
    Err(named("InvalidTrailNameException", &message))
}

fn invalid_token() -> Fault {
    named(
        "InvalidTokenException",
        "The token is not one that this service gave out.",
    )
}

fn named(code: &'static str, message: &str) -> Fault {
    Fault::Named {
        code,
        status: 400,
        message: message.to_owned(),
    }
}

fn seconds(time: Timestamp) -> EpochSeconds {
    EpochSeconds(time.as_millis())
}

const fn instant(given: EpochSeconds) -> Timestamp {
    Timestamp::from_millis(given.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_trails() {
        let long = "a".repeat(129);
        for (name, message) in [
            ("abc", None),
            ("a.b_c-9", None),
            ("", Some("Trail name too short.")),
            ("ab", Some("Trail name too short.")),
            (&long, Some("Trail name too long.")),
            (".abc", Some("Trail name must starts")),
            ("abc-", Some("Trail name must ends")),
            ("a b c", Some("Trail name or ARN can only contain")),
            ("a/../c", Some("Trail name or ARN can only contain")),
        ] {
            let refused = check_name(name).err().map(|fault| fault.to_string());
            let start = message.map(|message| format!("InvalidTrailNameException: {message}"));
            assert!(
                match (&refused, &start) {
                    (Some(refused), Some(start)) => refused.starts_with(start),
                    (refused, start) => refused == start,
                },
                "{name}: {refused:?}"
            );
        }
    }

    #[test]
    fn arns_of_trails() {
        let good = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/keystead";
        assert!(is_trail_arn(good));
        for (part, other) in [
            ("arn:aws:", "arn:aws-cn:"),
            ("cloudtrail", "kms"),
            ("eu-west-1", "nowhere"),
            ("111122223333", "1"),
            ("trail/", ""),
            ("keystead", "k"),
        ] {
            assert!(!is_trail_arn(&good.replacen(part, other, 1)), "{part}");
        }
    }
}
