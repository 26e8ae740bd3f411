//! How much of a session's token policies and tags take.
//!
//! AWS packs them and rejects what takes more than all the room; how it packs and how much room
//! there is is not published. Here they are counted as they stand in the token.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::sessions::SessionPolicies;

/// The room, in bytes: enough for a session policy of the greatest length and a dozen tags, and
/// small enough that a token fits a header.
const ROOM: usize = 3_072;

/// How much of the room policies and tags take, in percent; `None` if there are none.
///
/// # Errors
/// `PackedPolicyTooLarge`.
pub(super) fn check(
    policies: Option<&SessionPolicies>,
    tags: &BTreeMap<String, String>,
) -> Result<Option<i64>, Fault> {
    let inline = policies.and_then(|policies| policies.inline.as_ref());
    let managed = policies.into_iter().flat_map(|policies| &policies.managed);
    let texts = inline.into_iter().chain(managed);
    let of_policies: usize = texts.map(String::len).sum();
    let of_tags: usize = tags
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    let percent = ((of_policies + of_tags) * 100).div_ceil(ROOM);
    if percent > 100 {
        let what = if of_policies > of_tags {
            "policy"
        } else {
            "session tags"
        };
        return Err(Fault::Named {
            code: "PackedPolicyTooLarge",
            status: 400,
            message: format!("Packed size of {what} consumes {percent}% of allotted space."),
        });
    }
    Ok((percent > 0).then(|| i64::try_from(percent).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(length: usize) -> Option<SessionPolicies> {
        SessionPolicies::of(Some("x".repeat(length)), Vec::new())
    }

    #[test]
    fn percents() {
        let none = BTreeMap::new();
        let tags = BTreeMap::from([("a".repeat(100), "b".repeat(200))]);
        for (policies, tags, expected) in [
            (None, &none, Some(None)),
            (policies(1), &none, Some(Some(1))),
            (policies(ROOM), &none, Some(Some(100))),
            (policies(ROOM + 1), &none, None),
            (None, &tags, Some(Some(10))),
            (policies(ROOM - 299), &tags, None),
        ] {
            assert_eq!(check(policies.as_ref(), tags).ok(), expected);
        }
    }

    #[test]
    fn the_message_says_what_is_too_large() {
        let tags = BTreeMap::from([("a".repeat(128), "b".repeat(4_000))]);
        let Err(Fault::Named { code, message, .. }) = check(None, &tags) else {
            panic!("it fits")
        };
        assert_eq!(code, "PackedPolicyTooLarge");
        assert_eq!(
            message,
            "Packed size of session tags consumes 135% of allotted space."
        );
    }
}
