//! Following the log: what is in it, oldest first, and what comes.

use std::thread;
use std::time::Duration;

use keystead_server::audit::index::{Facts, History, Query};
use keystead_server::audit::log::{LogError, Observer};

use super::output::Printer;

/// How often the log is looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// How much of it is read at once.
const READ_BYTES: usize = 1024 * 1024;

/// Prints the latest events that are meant, `most` of them, and then each that comes, until nobody listens any more.
pub(super) fn run(
    log: &Observer,
    history: &History,
    query: &Query,
    most: Option<usize>,
    printer: &mut Printer,
) -> Result<(), LogError> {
    let mut at = log.reader().end();
    let found = history.search(query.clone(), None)?;
    let latest: Result<Vec<_>, _> = found.take(most.unwrap_or(usize::MAX)).collect();
    let mut goes_on = printer.begin();
    for event in latest?.iter().rev() {
        goes_on = goes_on && printer.print(&event.line);
    }
    goes_on = goes_on && printer.end();
    while goes_on {
        let batch = log.reader().read(at, READ_BYTES)?;
        at = batch.next;
        for (_, line) in batch.lines() {
            goes_on = goes_on && (!is_meant(query, line) || printer.print(line));
        }
        if batch.is_empty() {
            thread::sleep(INTERVAL);
            log.look()?;
        }
    }
    Ok(())
}

fn is_meant(query: &Query, line: &[u8]) -> bool {
    Facts::of(line).is_some_and(|facts| {
        let in_time = facts.seconds().is_some_and(|at| query.is_at(at));
        in_time && query.matches(&facts)
    })
}
