//! A stream of records to one destination.
//!
//! What was *sent* may be ahead of what is *confirmed*, and that of the place that is saved. After a
//! failure everything goes on from what is confirmed, after a crash from what is saved.

use std::sync::Arc;
use std::time::Duration;

use keystead_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use super::ShipError;
use super::cursor::Cursor;
use super::patience::Patience;
use super::syslog::{Syslog, SyslogOptions};
use super::webhook::{Webhook, WebhookOptions};
use crate::audit::log::{Batch, Place, Reader};
use crate::audit::retention::Need;
use crate::clock::Clock;

/// A destination of records.
#[derive(Debug)]
pub struct StreamOptions {
    /// Its name, which the file is named by that tells how far it is: lower-case letters, digits and
    /// hyphens.
    pub name: String,
    /// Where it begins when it is new.
    pub begin: Begin,
    /// Where records go.
    pub outlet: Outlet,
}

/// Where a new stream begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Begin {
    /// With the oldest record that the log has.
    #[default]
    Oldest,
    /// With what is recorded from then on.
    Now,
}

/// Where records go.
#[derive(Debug)]
pub enum Outlet {
    /// To a webhook, which confirms each request.
    Webhook(Box<Webhook>),
    /// To a syslog server, which confirms by closing a connection after us.
    Syslog(Box<Syslog>),
}

impl From<WebhookOptions> for Outlet {
    fn from(options: WebhookOptions) -> Self {
        Self::Webhook(Box::new(Webhook::new(options)))
    }
}

impl From<SyslogOptions> for Outlet {
    fn from(options: SyslogOptions) -> Self {
        Self::Syslog(Box::new(Syslog::new(options)))
    }
}

/// Lines that are sent together.
#[derive(Debug)]
pub(super) struct Portion<'a> {
    pub(super) lines: Vec<&'a [u8]>,
    /// Where the next portion begins.
    pub(super) next: Place,
}

impl<'a> Portion<'a> {
    /// The first lines of a batch.
    fn of(batch: &'a Batch, most: usize) -> Self {
        let mut lines = batch.lines();
        let taken = lines.by_ref().take(most).map(|(_, line)| line).collect();
        Self {
            lines: taken,
            next: lines.next().map_or(batch.next, |(place, _)| place),
        }
    }

    /// How many bytes the lines have.
    fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.len()).sum()
    }
}

/// How much is sent at once, and how much before it is to be confirmed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) records: usize,
    pub(super) bytes: usize,
    pub(super) unconfirmed_bytes: usize,
    pub(super) unconfirmed: Duration,
}

impl Outlet {
    /// What the destination is called in metrics and files.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Syslog(_) => "syslog",
        }
    }

    fn limits(&self) -> Limits {
        match self {
            Self::Webhook(webhook) => webhook.limits(),
            Self::Syslog(syslog) => syslog.limits(),
        }
    }

    /// Sends; whether it is confirmed then.
    async fn send(&mut self, portion: &Portion<'_>, now: Timestamp) -> Result<bool, ShipError> {
        match self {
            Self::Webhook(webhook) => webhook.send(portion, now).await.map(|()| true),
            Self::Syslog(syslog) => syslog.send(portion).await.map(|()| false),
        }
    }

    /// Returns once everything is confirmed that was sent.
    async fn confirm(&mut self) -> Result<(), ShipError> {
        match self {
            Self::Webhook(_) => Ok(()),
            Self::Syslog(syslog) => syslog.confirm().await,
        }
    }

    /// Forgets what was sent and is not confirmed.
    fn reset(&mut self) {
        match self {
            Self::Webhook(_) => {}
            Self::Syslog(syslog) => syslog.reset(),
        }
    }
}

/// What is saved.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    /// Everything before it is confirmed.
    cursor: Place,
}

/// Where a stream goes on, or begins. What is begun is saved, so that it is begun once. Says so if
/// it goes on elsewhere than where it was.
///
/// # Errors
/// [`ShipError::Disk`], [`ShipError::Cursor`] and [`ShipError::Log`].
pub(super) fn first_place(
    options: &StreamOptions,
    cursor: &Cursor,
    reader: &Reader,
) -> Result<Place, ShipError> {
    let (kind, name) = (options.outlet.kind(), &options.name);
    let (start, end) = (reader.start()?, reader.end());
    match cursor.load()? {
        Some(Saved { cursor }) if cursor <= end => {
            if cursor.segment < start.segment {
                tracing::error!(
                    kind,
                    name,
                    "records that were not shipped may be gone: it goes on with the oldest of the audit log"
                );
            }
            Ok(cursor)
        }
        Some(Saved { .. }) => {
            tracing::warn!(
                kind,
                name,
                "the audit log lacks lines that were shipped: what it has was shipped too, and it goes on from its end"
            );
            Ok(end)
        }
        None => {
            let place = match options.begin {
                Begin::Oldest => start,
                Begin::Now => end,
            };
            cursor.save(&Saved { cursor: place })?;
            Ok(place)
        }
    }
}

/// What a stream is made of.
pub(super) struct Parts {
    pub(super) outlet: Outlet,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reader: Reader,
    pub(super) need: Need,
    pub(super) patience: Patience,
    pub(super) cursor: Cursor,
    pub(super) stopped: watch::Receiver<bool>,
}

/// A stream at work.
pub(super) struct Stream {
    parts: Parts,
    limits: Limits,
    sent: Place,
    confirmed: Place,
    /// How many records were sent at once the last time.
    tried: usize,
    /// Since when there is something sent that is not saved, and how many bytes.
    unsaved: Option<(Instant, usize)>,
}

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Done,
    /// The log is closed, and everything confirmed.
    End,
}

impl Stream {
    pub(super) fn new(parts: Parts, begin: Place) -> Self {
        Self {
            limits: parts.outlet.limits(),
            parts,
            sent: begin,
            confirmed: begin,
            tried: 0,
            unsaved: None,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.step().await {
                Ok(Step::Done) => {}
                Ok(Step::End) => return,
                Err(error) => {
                    self.sent = self.confirmed;
                    self.parts.outlet.reset();
                    let is_too_large =
                        matches!(&error, ShipError::Status { status } if *status == TOO_LARGE);
                    if is_too_large && self.tried > 1 {
                        // Half of it may be taken at once.
                        self.limits.records = self.tried / 2;
                        continue;
                    }
                    let mut stopped = self.parts.stopped.clone();
                    tokio::select! {
                        () = self.parts.patience.after(&error) => {}
                        // What fails now is sent after the next start.
                        _ = stopped.wait_for(|stopped| *stopped) => return,
                    }
                }
            }
        }
    }

    async fn step(&mut self) -> Result<Step, ShipError> {
        if self.is_due() {
            self.confirm().await?;
        }
        if self.sent < self.parts.reader.end() {
            self.send().await?;
            return Ok(Step::Done);
        }
        let beyond = self.parts.reader.wait_beyond(self.sent);
        let is_open = match self.unsaved {
            Some((since, _)) => {
                let due = since + self.limits.unconfirmed;
                tokio::time::timeout_at(due, beyond).await.unwrap_or(true)
            }
            None => beyond.await,
        };
        if is_open {
            return Ok(Step::Done);
        }
        if self.unsaved.is_some() {
            self.confirm().await?;
        }
        Ok(Step::End)
    }

    /// Whether what was sent is to be confirmed and saved before anything else is sent. After a
    /// failure that is so at once, or a connection that never lasts would never come further.
    fn is_due(&self) -> bool {
        self.unsaved.is_some_and(|(since, bytes)| {
            since.elapsed() >= self.limits.unconfirmed
                || bytes >= self.limits.unconfirmed_bytes
                || self.parts.patience.failures > 0
        })
    }

    async fn send(&mut self) -> Result<(), ShipError> {
        let (reader, from, most) = (self.parts.reader.clone(), self.sent, self.limits.bytes);
        let read = tokio::task::spawn_blocking(move || reader.read(from, most)).await;
        let batch = read.map_err(|_| ShipError::Slow)??;
        let portion = Portion::of(&batch, self.limits.records);
        if portion.lines.is_empty() {
            self.sent = portion.next;
            return Ok(());
        }
        self.tried = portion.lines.len();
        let now = self.parts.clock.now();
        let is_confirmed = self.parts.outlet.send(&portion, now).await?;
        self.sent = portion.next;
        let (_, bytes) = self.unsaved.get_or_insert((Instant::now(), 0));
        *bytes += portion.bytes();
        if is_confirmed {
            self.note_confirmed();
        }
        Ok(())
    }

    async fn confirm(&mut self) -> Result<(), ShipError> {
        self.parts.outlet.confirm().await?;
        // After a failure nothing may have been sent since, and nothing works again by that.
        if self.sent != self.confirmed {
            self.note_confirmed();
        }
        let (cursor, place) = (self.parts.cursor.clone(), self.confirmed);
        let save = move || cursor.save(&Saved { cursor: place });
        let saved = tokio::task::spawn_blocking(save).await;
        saved.map_err(|_| ShipError::Slow)??;
        self.parts.need.advance(place);
        self.unsaved = None;
        Ok(())
    }

    fn note_confirmed(&mut self) {
        self.confirmed = self.sent;
        self.parts.patience.destination.confirmed(self.confirmed);
        self.parts.patience.relieved();
    }
}

/// The answer of a receiver that takes no request of such a size.
const TOO_LARGE: http::StatusCode = http::StatusCode::PAYLOAD_TOO_LARGE;
