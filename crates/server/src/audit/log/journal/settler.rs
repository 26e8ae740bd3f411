//! A thread that syncs segments, so that nobody who waits for a group waits for that.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::{io, thread};

use crate::audit::log::Joined;

/// Syncs what it is given, one lot after the other.
pub(super) struct Settler {
    // Dropped in this order: the thread ends when no more can come.
    lots: Sender<Vec<Arc<File>>>,
    outcomes: Receiver<io::Result<()>>,
    is_at_work: bool,
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
            _thread: Joined::new(thread),
        })
    }

    /// Has it sync some segments, after those before were waited for.
    pub(super) fn begin(&mut self, segments: Vec<Arc<File>>) {
        // That the thread has ended is told when it is waited for.
        let _ = self.lots.send(segments);
        self.is_at_work = true;
    }

    /// Waits until the segments that it was given are on the disk.
    pub(super) fn wait(&mut self) -> io::Result<()> {
        if !self.is_at_work {
            return Ok(());
        }
        self.is_at_work = false;
        let ended = |_| io::Error::other("the thread that syncs segments has ended");
        self.outcomes.recv().map_err(ended)?
    }
}
