//! Looking events up: those of management, of the caller's account in the Region, of the last 90 days.

mod cursor;

use keystead_core::time::Timestamp;
use keystead_wire::cloudtrail::{LookupAttributeKey, input, output};
use keystead_wire::json::EpochSeconds;
use serde_json::Value;

use self::cursor::Cursor;
use crate::audit::index::{Attribute, Facts, Found, MANAGEMENT, Query, Seconds, Term, second_of};
use crate::fault::{Fault, Internal};
use crate::ops::management::{Answer, Call, operations};
use crate::ops::page::{self, PageLimits};
use crate::target::Named;

operations! { CloudTrail "cloudtrail" Json;
    /// Lists the events of the caller's account in the Region, the newest first.
    LookupEvents: search, on account => lookup => output::LookupEvents;
}

/// How far back events are found. Source: LookupEvents in the API reference.
const DAYS: u32 = 90;
/// Source: `MaxResults` there.
const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 50,
};
const LIST: &str = "LookupEvents";

/// Why CloudTrail refuses a lookup. The messages are after the API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    SeveralAttributes,
    TimeRange,
    Token,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::SeveralAttributes => (
                "InvalidLookupAttributesException",
                "You can specify only one lookup attribute.",
            ),
            Refusal::TimeRange => (
                "InvalidTimeRangeException",
                "The start time must not be after the end time.",
            ),
            Refusal::Token => (
                "InvalidNextTokenException",
                "The token is not valid, or was previously used in a request with different parameters.",
            ),
        };
        Self::Named {
            code,
            status: 400,
            message: message.to_owned(),
        }
    }
}

const fn account(_input: &input::LookupEvents) -> Named<'_> {
    Named::Account
}

fn lookup(call: &Call<'_, input::LookupEvents>) -> Result<Answer<output::LookupEvents>, Fault> {
    let input = call.input;
    let query = asked(call)?;
    let token = page::after(LIST, input.next_token.as_deref()).map_err(|_| Refusal::Token)?;
    let before = match token {
        Some(cursor) => Some(Cursor::of(&query, cursor).ok_or(Refusal::Token)?),
        None => None,
    };
    let size = LIMITS.size(input.max_results);
    // No trail has insights, nor has a server that keeps no log any events.
    let history = call
        .tools
        .history
        .filter(|_| input.event_category.is_none());
    let mut found = Vec::new();
    if let Some(history) = history {
        let since = second_of(call.tools.now.minus_days(DAYS));
        let recent = query.clone().since_at_least(since);
        let search = history.search(recent, before).map_err(Internal::from)?;
        for event in search.take(size + 1) {
            found.push(event.map_err(Internal::from)?);
        }
    }
    let cursor = |found: &Found| Cursor::new(&query, found.position).to_string();
    let (page, next_token) = page::cut(LIST, found, size, cursor);
    let events = page.iter().filter_map(shown).collect();
    Ok(output::LookupEvents { events, next_token }.into())
}

/// What the caller asks for, but that only the last days count.
fn asked(call: &Call<'_, input::LookupEvents>) -> Result<Query, Fault> {
    let input = call.input;
    let mut query = Query::default();
    match input.lookup_attributes.as_slice() {
        [] => {}
        [only] => {
            let attribute = attribute(only.attribute_key);
            query = query.with(Term::new(attribute, &*only.attribute_value));
        }
        _ => return Err(Refusal::SeveralAttributes.into()),
    }
    let (start, end) = (input.start_time, input.end_time);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(Refusal::TimeRange.into());
    }
    if let Some(start) = start {
        query = query.since(first_second(start));
    }
    if let Some(EpochSeconds(end)) = end {
        query = query.until(second_of(Timestamp::from_millis(end)));
    }
    Ok(query
        .with(Term::new(Attribute::Category, MANAGEMENT))
        .with(Term::new(Attribute::Account, call.account.as_str()))
        .with(Term::new(Attribute::Region, call.tools.region.as_str())))
}

/// The first second that does not begin before an instant.
fn first_second(EpochSeconds(millis): EpochSeconds) -> Seconds {
    second_of(Timestamp::from_millis(millis.saturating_add(999)))
}

const fn attribute(key: LookupAttributeKey) -> Attribute {
    match key {
        LookupAttributeKey::EventId => Attribute::EventId,
        LookupAttributeKey::EventName => Attribute::EventName,
        LookupAttributeKey::ReadOnly => Attribute::ReadOnly,
        LookupAttributeKey::Username => Attribute::Username,
        LookupAttributeKey::ResourceType => Attribute::ResourceType,
        LookupAttributeKey::ResourceName => Attribute::ResourceName,
        LookupAttributeKey::EventSource => Attribute::EventSource,
        LookupAttributeKey::AccessKeyId => Attribute::AccessKeyId,
    }
}

/// The event as it is answered. Whatever was found is a record.
fn shown(found: &Found) -> Option<output::Event> {
    let facts = Facts::of(&found.line)?;
    let resource = |(kind, name): (&str, &str)| output::Resource {
        resource_type: kind.to_owned(),
        resource_name: name.to_owned(),
    };
    Some(output::Event {
        event_id: facts.event_id.to_string(),
        event_name: facts.event_name.to_string(),
        read_only: facts.read_only.to_string(),
        access_key_id: facts.access_key_id().map(str::to_owned),
        event_time: EpochSeconds(i64::from(found.position.seconds) * 1000),
        event_source: facts.event_source.to_string(),
        username: facts.username().map(str::to_owned),
        resources: facts.resources().map(resource).collect(),
        cloud_trail_event: told(&found.line)?,
    })
}

/// The record without what CloudTrail does not tell: how the call was decided, which names policies
/// of the organization and resources of others, and is for whoever runs the server.
fn told(line: &[u8]) -> Option<String> {
    let mut record: serde_json::Map<String, Value> = serde_json::from_slice(line).ok()?;
    if let Some(Value::Object(additional)) = record.get_mut("additionalEventData") {
        additional.remove("authorization");
        additional.remove("unknownPrincipal");
        if additional.is_empty() {
            record.remove("additionalEventData");
        }
    }
    serde_json::to_string(&record).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_within_a_second_leaves_that_second_out() {
        for (millis, expected) in [
            (5000, 5),
            (5001, 6),
            (5999, 6),
            (-1, 0),
            (i64::MAX, u32::MAX),
        ] {
            assert_eq!(first_second(EpochSeconds(millis)), expected, "{millis}");
        }
    }
}
