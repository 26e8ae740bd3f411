//! What a destination's failures lead to: a word in the log, and a pause that grows.

use std::sync::Arc;
use std::time::Duration;

use keystead_crypto::Provider;

use super::ShipError;
use super::progress::Destination;
use crate::causes::Causes;

/// The first pause, and the longest.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(60);

/// How a destination is waited for. It is never given up.
pub(super) struct Patience {
    pub(super) destination: Arc<Destination>,
    pub(super) provider: Arc<dyn Provider>,
    /// How often it failed since it last worked.
    pub(super) failures: u32,
    /// The failure that was told of last.
    pub(super) said: Option<String>,
}

impl Patience {
    /// Notes a failure, says so if it is another than the last time, and waits before the next try.
    pub(super) async fn after(&mut self, error: &ShipError) {
        self.say(error);
        self.destination.failed();
        let pause = pause(self.failures, self.chance());
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(pause).await;
    }

    fn say(&mut self, error: &ShipError) {
        let (kind, name) = (self.destination.kind(), self.destination.name());
        let error = Causes(error).to_string();
        if self.said.as_ref() == Some(&error) {
            tracing::debug!(kind, name, error, "the audit log still can't be shipped");
        } else {
            tracing::error!(
                kind,
                name,
                error,
                "the audit log can't be shipped; it is tried again"
            );
            self.said = Some(error);
        }
    }

    /// Notes that it works, and says so if it did not.
    pub(super) fn relieved(&mut self) {
        self.said = None;
        if std::mem::take(&mut self.failures) > 0 {
            let (kind, name) = (self.destination.kind(), self.destination.name());
            tracing::info!(kind, name, "the audit log is shipped again");
        }
    }

    fn chance(&self) -> u8 {
        let mut byte = [0];
        // Without randomness pauses are as long as all others'.
        let _ = self.provider.fill_random(&mut byte);
        let [byte] = byte;
        byte
    }
}

/// The pause after so many failures in a row: twice that of the one before, and by chance up to half
/// of it shorter, so that many servers do not come back at once.
fn pause(failures: u32, chance: u8) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX));
    let whole = doubled.min(LONGEST);
    whole - whole * u32::from(chance) / 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        for (failures, chance, millis) in [
            (0, 0, 500),
            (1, 0, 1000),
            (1, 255, 501),
            (6, 0, 32_000),
            (7, 0, 60_000),
            (7, 128, 45_000),
            (31, 0, 60_000),
            (32, 0, 60_000),
            (u32::MAX, 0, 60_000),
        ] {
            let expected = Duration::from_millis(millis);
            let pause = pause(failures, chance);
            assert_eq!(
                pause.as_millis(),
                expected.as_millis(),
                "{failures} {chance}"
            );
        }
    }
}
