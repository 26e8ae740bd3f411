//! What connections and their calls may take: the table `[limits]` of the file.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use keystead_server::http::Limits;
use serde::Deserialize;

/// The settings. What is not given is as [`Limits::default`] has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsTable {
    connections: Option<NonZeroUsize>,
    connections_per_address: Option<NonZeroUsize>,
    bytes_in_flight: Option<NonZeroUsize>,
    unsigned_bytes_in_flight: Option<NonZeroUsize>,
    waiting_calls: Option<NonZeroUsize>,
    waiting_calls_per_principal: Option<NonZeroUsize>,
    idle_seconds: Option<NonZeroU32>,
    crowded_seconds: Option<NonZeroU32>,
    body_seconds: Option<NonZeroU32>,
    turn_seconds: Option<NonZeroU32>,
    stop_seconds: Option<NonZeroU32>,
}

impl LimitsTable {
    pub(super) fn limits(&self) -> Limits {
        let usual = Limits::default();
        let count = |given: Option<NonZeroUsize>, usual| given.map_or(usual, NonZeroUsize::get);
        let time = |given: Option<NonZeroU32>, usual| {
            let seconds = |given: NonZeroU32| Duration::from_secs(given.get().into());
            given.map_or(usual, seconds)
        };
        Limits {
            connections: count(self.connections, usual.connections),
            connections_of_address: self.connections_per_address.map(NonZeroUsize::get),
            body_bytes_in_flight: count(self.bytes_in_flight, usual.body_bytes_in_flight),
            unsigned_bytes_in_flight: count(
                self.unsigned_bytes_in_flight,
                usual.unsigned_bytes_in_flight,
            ),
            waiting_calls: count(self.waiting_calls, usual.waiting_calls),
            waiting_calls_of_principal: count(
                self.waiting_calls_per_principal,
                usual.waiting_calls_of_principal,
            ),
            head_timeout: time(self.idle_seconds, usual.head_timeout),
            crowded_timeout: time(self.crowded_seconds, usual.crowded_timeout),
            body_timeout: time(self.body_seconds, usual.body_timeout),
            turn_timeout: time(self.turn_seconds, usual.turn_timeout),
            drain_timeout: time(self.stop_seconds, usual.drain_timeout),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Option<Limits> {
        toml::from_str::<LimitsTable>(file)
            .ok()
            .map(|table| table.limits())
    }

    #[test]
    fn what_is_not_given_is_as_usual() {
        let (given, usual) = (read("idle_seconds = 7").unwrap(), Limits::default());
        assert_eq!(given.head_timeout, Duration::from_secs(7));
        assert_eq!(given.connections, usual.connections);
        assert_eq!(given.connections_of_address, None);
        assert_eq!(
            read("connections_per_address = 9")
                .unwrap()
                .connections_of_address,
            Some(9)
        );
    }

    #[test]
    fn nothing_is_limited_to_nothing() {
        for file in [
            "connections = 0",
            "turn_seconds = 0",
            "body_seconds = -1",
            "idle_seconds = 1.5",
            "conections = 1",
        ] {
            assert!(read(file).is_none(), "{file}");
        }
    }
}
