//! The audit log on disk: lines of JSON in numbered segments.
//!
//! Any number of tasks append; one thread writes whatever has queued up as one group, syncs once,
//! and only then wakes the group's callers. The queue is bounded: who finds it full waits, and
//! nothing is dropped. The directory belongs to one process at a time.

mod answer;
mod directory;
mod disk;
mod error;
#[cfg(test)]
mod faulty;
mod journal;
mod observer;
mod reader;
mod recovery;
mod segment;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot, watch};

pub use self::answer::Delivery;
use self::answer::{Outcome, Waiter};
use self::directory::Opened;
pub(super) use self::directory::remove as remove_segment;
use self::disk::{Disk, Tail};
pub use self::error::LogError;
pub use self::observer::Observer;
pub use self::reader::{Batch, Place, Reader};
pub use self::segment::Segment;
use self::writer::{Item, Line, Writer};

/// The longest line, in bytes. A record of a KMS call has a few thousand.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// The longest segment, in bytes: what the search index can tell places of, with room for a last group.
pub const MAX_SEGMENT_BYTES: u64 = 1 << 31;

/// When an append is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Once its line is on the disk. A power failure loses nothing that was answered.
    Durable,
    /// Once its line is in the queue, if it may be. A crash may lose the lines that were answered last; while
    /// the disk refuses writes, appends are answered as with [`Durable`](Self::Durable).
    Buffered,
}

/// How a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOptions {
    /// The size in bytes after which a new segment begins, [`MAX_SEGMENT_BYTES`] at most. Only a group
    /// that is larger by itself makes a larger segment.
    pub segment_bytes: u64,
    /// How many lines may wait to be written; further callers wait for a place. At least 1.
    pub queue: usize,
    /// When an append is answered.
    pub durability: Durability,
}

/// How a log is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogStatus {
    /// Whether the last group could not be written.
    pub is_failing: bool,
    /// How many lines wait to be written.
    pub queued: usize,
    /// How many bytes the segments have.
    pub bytes: u64,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 256 * 1024 * 1024,
            queue: 4096,
            durability: Durability::Durable,
        }
    }
}

/// A log to append to.
///
/// Dropping it writes what is queued and waits for the writer; [`close`](Self::close) does so
/// without blocking the reactor, and tells whether it went well.
pub struct AuditLog {
    sink: Sink,
}

enum Sink {
    Files(Files),
    Nothing,
}

struct Files {
    // Dropped in this order: the writer ends when the queue does, and the lock outlives it.
    queue: mpsc::Sender<Item>,
    _writer: Joined,
    lock: File,
    durability: Durability,
    failing: Arc<AtomicBool>,
    directory: PathBuf,
    durable: watch::Receiver<Place>,
}

impl AuditLog {
    /// Opens the log in `directory`, creating both if need be (modes 0700 and 0600).
    ///
    /// A last line without its end, left by a crash, is cut off: it was never acknowledged. All
    /// whole lines are kept.
    ///
    /// # Errors
    /// [`LogError::InUse`], [`LogError::Open`] or [`LogError::Thread`].
    pub fn open(directory: impl AsRef<Path>, options: LogOptions) -> Result<Self, LogError> {
        let directory = directory.as_ref();
        Self::start(directory::open(directory)?, directory, options)
    }

    /// A log that keeps nothing, for development.
    #[must_use]
    pub const fn discard() -> Self {
        Self {
            sink: Sink::Nothing,
        }
    }

    /// Appends a line (one JSON object, without a line end) and waits as long as the log's
    /// [`Durability`] asks.
    ///
    /// A future that is dropped before its first poll appends nothing; later, the line may or may
    /// not be in the log. The same holds after [`LogError::Sync`] and [`LogError::Write`]: the
    /// line is taken back if the disk allows.
    ///
    /// # Errors
    /// [`LogError`], except those of opening.
    pub async fn append(&self, line: Vec<u8>) -> Result<(), LogError> {
        check(&line)?;
        match &self.sink {
            Sink::Files(files) => files.begin(line, files.durability).await?.wait().await,
            Sink::Nothing => Ok(()),
        }
    }

    /// Appends a line as [`append`](Self::append) does, and waits until it is durable, whatever the log's
    /// [`Durability`].
    ///
    /// # Errors
    /// [`LogError`], except those of opening.
    pub async fn append_durably(&self, line: Vec<u8>) -> Result<(), LogError> {
        check(&line)?;
        match &self.sink {
            Sink::Files(files) => files.begin(line, Durability::Durable).await?.wait().await,
            Sink::Nothing => Ok(()),
        }
    }

    /// Appends lines as [`append`](Self::append) does, and waits once for all of them. They need not
    /// stand together.
    ///
    /// # Errors
    /// [`LogError`], except those of opening. Then none, some or all of the lines are in the log.
    pub async fn append_all(&self, lines: Vec<Vec<u8>>) -> Result<(), LogError> {
        lines.iter().try_for_each(|line| check(line))?;
        let Sink::Files(files) = &self.sink else {
            return Ok(());
        };
        let mut answers = Vec::with_capacity(lines.len());
        for line in lines {
            answers.push(files.begin(line, files.durability).await?);
        }
        for answer in answers {
            answer.wait().await?;
        }
        Ok(())
    }

    /// Takes no more lines, writes those in the queue, and returns when they are durable. To close
    /// twice is harmless.
    ///
    /// # Errors
    /// [`LogError::Write`], [`LogError::Sync`] or [`LogError::Create`] if lines that were answered
    /// without waiting ([`Durability::Buffered`]) could not be written and are lost.
    pub async fn close(&self) -> Result<(), LogError> {
        let Sink::Files(files) = &self.sink else {
            return Ok(());
        };
        let (closed, answer) = oneshot::channel();
        if files.queue.send(Item::Close(closed)).await.is_err() {
            return Ok(());
        }
        let closed = answer.await.unwrap_or(Err(LogError::WriterEnded));
        if closed.is_ok() {
            // The next start need not wait until the last task that knows this log has ended.
            let _ = files.lock.unlock();
        }
        closed
    }

    /// How the log is doing; `None` of one that keeps nothing.
    ///
    /// # Errors
    /// [`LogError::Open`] if its files can't be looked at.
    pub fn status(&self) -> Result<Option<LogStatus>, LogError> {
        let Sink::Files(files) = &self.sink else {
            return Ok(None);
        };
        let queue = &files.queue;
        Ok(Some(LogStatus {
            is_failing: files.failing.load(Ordering::Relaxed),
            queued: queue.max_capacity() - queue.capacity(),
            bytes: directory::bytes(&files.directory)?,
        }))
    }

    /// A reader of what is durable; `None` of a log that keeps nothing. It goes on while lines are
    /// appended, and outlives the log.
    #[must_use]
    pub fn reader(&self) -> Option<Reader> {
        match &self.sink {
            Sink::Files(files) => {
                let durable = files.durable.clone();
                Some(Reader::new(files.directory.clone(), durable))
            }
            Sink::Nothing => None,
        }
    }

    /// Has the next line begin a new segment, so that this one can be removed when its time has come. Nothing happens if
    /// there is no line in it.
    ///
    /// # Errors
    /// [`LogError::Closed`].
    pub async fn end_segment(&self) -> Result<(), LogError> {
        match &self.sink {
            Sink::Files(files) => files.send(Item::EndSegment).await,
            Sink::Nothing => Ok(()),
        }
    }

    fn start<D>(opened: Opened<D>, directory: &Path, options: LogOptions) -> Result<Self, LogError>
    where
        D: Disk<Segment: Send> + Send + 'static,
    {
        let failing = Arc::new(AtomicBool::new(false));
        let (queue, items) = mpsc::channel(options.queue.max(1));
        let end = opened.tail.as_ref().map(Tail::end);
        let (durable, readers) = watch::channel(end.unwrap_or_default());
        let writer = Writer::new(
            opened.disk,
            opened.tail,
            options.segment_bytes.min(MAX_SEGMENT_BYTES),
            Arc::clone(&failing),
            durable,
        );
        let thread = thread::Builder::new()
            .name("audit-log".to_owned())
            .spawn(move || writer::run(writer, items))
            .map_err(|source| LogError::Thread {
                source: Arc::new(source),
            })?;
        Ok(Self {
            sink: Sink::Files(Files {
                queue,
                _writer: Joined::new(thread),
                lock: opened.lock,
                durability: options.durability,
                failing,
                directory: directory.to_owned(),
                durable: readers,
            }),
        })
    }
}

impl Files {
    /// Puts a line into the queue.
    async fn begin(&self, line: Vec<u8>, durability: Durability) -> Result<Pending, LogError> {
        match durability {
            Durability::Buffered if !self.failing.load(Ordering::Relaxed) => {
                self.hand_over(line, None).await?;
                Ok(Pending(None))
            }
            Durability::Buffered | Durability::Durable => {
                let (waiter, answer) = Waiter::new();
                self.hand_over(line, Some(waiter)).await?;
                Ok(Pending(Some(answer)))
            }
        }
    }

    async fn hand_over(&self, line: Vec<u8>, waiter: Option<Waiter>) -> Result<(), LogError> {
        let item = Item::Line(Line {
            bytes: line,
            waiter,
        });
        self.send(item).await
    }

    async fn send(&self, item: Item) -> Result<(), LogError> {
        self.queue.send(item).await.map_err(|_| LogError::Closed)
    }
}

/// A line in the queue, and who tells what became of it. Nobody does if it is answered for already.
struct Pending(Option<oneshot::Receiver<Outcome>>);

impl Pending {
    async fn wait(self) -> Result<(), LogError> {
        match self.0 {
            Some(answer) => answer.await.unwrap_or(Err(LogError::WriterEnded)),
            None => Ok(()),
        }
    }
}

fn check(line: &[u8]) -> Result<(), LogError> {
    if line.len() > MAX_LINE_BYTES {
        return Err(LogError::LongLine {
            line_bytes: line.len(),
        });
    }
    if line.contains(&b'\n') {
        return Err(LogError::NotOneLine);
    }
    Ok(())
}

/// A thread that is waited for when it is dropped.
pub(super) struct Joined(Option<JoinHandle<()>>);

impl Joined {
    pub(super) const fn new(thread: JoinHandle<()>) -> Self {
        Self(Some(thread))
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A thread that panicked has already reported it.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
