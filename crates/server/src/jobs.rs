//! Keystead's own work: what is due by time, not by call.

mod chore;
mod connections;
mod deletion;
mod expiry;
mod last_uses;
mod old_records;
mod orphaned_grants;
mod rotation;
mod session_keys;
mod wrapping_keys;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use self::deletion::DELETION;
use self::expiry::EXPIRY;
use self::rotation::ROTATION;
use crate::corridor::Corridor;

/// How often the jobs look for what is due. AWS destroys keys up to a day after their date.
pub const INTERVAL: Duration = Duration::from_secs(30);

/// Runs all jobs at once and then in intervals, until the task is aborted.
#[must_use]
pub fn start(corridor: Arc<Corridor>, interval: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let rounds_between = last_uses::INTERVAL.as_secs() / interval.as_secs().max(1);
        for round in 1_u64.. {
            ticks.tick().await;
            run_once(&corridor).await;
            if round.is_multiple_of(rounds_between.max(1)) {
                save_last_uses(&corridor).await;
            }
        }
    })
}

/// Keeps the connections of custom key stores as their records say, until the tasks are aborted.
#[must_use]
pub(crate) fn connect(corridor: &Arc<Corridor>) -> Vec<JoinHandle<()>> {
    let rooms = corridor.regions.iter();
    rooms
        .map(|room| tokio::spawn(connections::run(Arc::clone(corridor), Arc::clone(room))))
        .collect()
}

/// Does what is due now, but for what can wait for some rounds.
pub async fn run_once(corridor: &Corridor) {
    for room in corridor.regions.iter() {
        for chore in [&DELETION, &EXPIRY, &ROTATION] {
            chore::run(chore, corridor, room).await;
        }
        orphaned_grants::run(room).await;
        wrapping_keys::run(corridor, room).await;
        last_uses::clear(room).await;
    }
    session_keys::run(corridor).await;
    old_records::run(corridor).await;
}

/// Writes down when keys were last used, which else happens every few minutes.
pub async fn save_last_uses(corridor: &Corridor) {
    for room in corridor.regions.iter() {
        last_uses::save(room).await;
    }
}
