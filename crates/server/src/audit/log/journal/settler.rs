//! A thread that syncs segments, so that nobody who waits for a group waits for that.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::{io, mem, thread};

use crate::audit::log::Joined;

/// Syncs what it is given, one lot after the other.
pub(super) struct Settler {
    // Dropped in this order: the thread ends when no more can come.
    lots: Sender<Vec<Arc<File>>>,
    outcomes: Receiver<io::Result<()>>,
    is_at_work: bool,
    /// What the lots since the last wait came to.
    outcome: io::Result<()>,
    _thread: Joined,
}

impl Settler {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<Self> {
        let (lots, given) = mpsc::channel::<Vec<Arc<File>>>();
        let (told, outcomes) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("audit-settler".to_owned())
            .spawn(move || {
                for lot in given {
                    let outcome = lot.iter().try_for_each(|segment| segment.sync_data());
                    if told.send(outcome).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            lots,
            outcomes,
            is_at_work: false,
            outcome: Ok(()),
            _thread: Joined::new(thread),
        })
    }

    /// Has it sync some segments, once it has synced those before.
    pub(super) fn begin(&mut self, segments: Vec<Arc<File>>) {
        self.end();
        // That the thread has ended is told when it is waited for.
        let _ = self.lots.send(segments);
        self.is_at_work = true;
    }

    /// Whether it is done with all that it was given.
    pub(super) fn is_idle(&mut self) -> bool {
        if self.is_at_work {
            match self.outcomes.try_recv() {
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Disconnected) => self.note(Err(ended())),
                Ok(outcome) => self.note(outcome),
            }
        }
        true
    }

    /// Waits until all that it was given is on the disk.
    ///
    /// # Errors
    /// The first since it was waited for last.
    pub(super) fn wait(&mut self) -> io::Result<()> {
        self.end();
        mem::replace(&mut self.outcome, Ok(()))
    }

    fn end(&mut self) {
        if self.is_at_work {
            let outcome = self.outcomes.recv().unwrap_or_else(|_| Err(ended()));
            self.note(outcome);
        }
    }

    fn note(&mut self, outcome: io::Result<()>) {
        self.is_at_work = false;
        if self.outcome.is_ok() {
            self.outcome = outcome;
        }
    }
}

fn ended() -> io::Error {
    io::Error::other("the thread that syncs segments has ended")
}
