//! Shipping: the audit log on its way to other systems.
//!
//! *Streams* send each record to a collector, a webhook or a syslog server, a moment after it was
//! logged, at least once and in the order of the log. *Copies* put the trail's files into an object
//! store. Every destination has a task, a cursor and a patience of its own, so that none waits for
//! another, and no call waits for any. What a destination has not confirmed is sent again, after a
//! break of the connection and after a crash, until it is confirmed.

mod copy;
mod cursor;
mod patience;
mod progress;
mod stream;
mod syslog;
mod webhook;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use keystead_crypto::Provider;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::copy::Copier;
pub use self::copy::CopyOptions;
use self::cursor::Folder;
use self::patience::Patience;
pub use self::progress::ShipStatus;
use self::progress::{Destination, Lacks};
use self::stream::Stream;
pub use self::stream::{Begin, Outlet, StreamOptions};
pub use self::syslog::SyslogOptions;
pub use self::webhook::WebhookOptions;
use super::log::{LogError, Reader};
use super::retention::Needs;
use crate::causes::Causes;
use crate::clock::Clock;

/// How long the last records may take on their way while the node stops.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Where the audit log is shipped to.
#[derive(Debug)]
pub struct ShippingOptions {
    /// The folder where it is written down how far each destination is.
    pub directory: PathBuf,
    /// Where records are sent.
    pub streams: Vec<StreamOptions>,
    /// Where files are copied.
    pub copies: Vec<CopyOptions>,
}

/// What shipping works with.
pub struct ShippingParts {
    /// Where to.
    pub options: ShippingOptions,
    /// The log.
    pub reader: Reader,
    /// Who needs the log: streams do, as far as it is not sent.
    pub needs: Needs,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub provider: Arc<dyn Provider>,
    /// The trail's folder; `None` if there is none, and nothing is copied.
    pub trail: Option<PathBuf>,
}

/// Why something was not shipped, or can't be.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    /// The file that tells how far a destination is can't be read or written, or a file of the
    /// trail not be read.
    #[error("{} can't be read or written", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file that tells how far a destination is can't be made sense of.
    #[error(
        "{} tells nothing: restore it, or remove it to ship everything anew",
        path.display()
    )]
    Cursor {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The log can't be read.
    #[error(transparent)]
    Log {
        /// What the log says.
        #[from]
        source: LogError,
    },
    /// No connection, or one that broke.
    #[error("the connection failed")]
    Connection {
        /// What the system says.
        #[from]
        source: io::Error,
    },
    /// No answer in HTTP.
    #[error("there is no answer")]
    Http {
        /// Why.
        #[from]
        source: hyper_util::client::legacy::Error,
    },
    /// A request can't be made.
    #[error("a request can't be made")]
    Request {
        /// Why.
        #[from]
        source: http::Error,
    },
    /// It took too long.
    #[error("there is no answer in time")]
    Slow,
    /// The receiver closed the connection before everything was confirmed.
    #[error("the receiver closed the connection")]
    HungUp,
    /// An answer that confirms nothing.
    #[error("the answer is {status}")]
    Status {
        /// Its status.
        status: StatusCode,
    },
    /// The object store failed.
    #[error("the object store failed")]
    Store {
        /// What it says.
        #[from]
        source: object_store::Error,
    },
    /// The object store has another object by the name of a file.
    #[error(
        "{object} is there with another content: somebody changed it, or another Keystead copies to the same place"
    )]
    Differs {
        /// The object's name.
        object: String,
    },
    /// A digest of the trail can't be read.
    #[error("the digest {object} can't be read")]
    Digest {
        /// Its name.
        object: String,
    },
}

impl ShipError {
    fn disk(path: PathBuf) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { path, source }
    }
}

/// Everything that is on its way.
pub struct Shipping {
    destinations: Vec<Arc<Destination>>,
    tasks: std::sync::Mutex<Vec<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
}

impl Shipping {
    /// Begins to ship, or goes on with it. Must be called in a runtime, which should not be one that
    /// serves calls.
    ///
    /// # Errors
    /// [`ShipError::Disk`] and [`ShipError::Cursor`], if it can't be told how far destinations are,
    /// and [`ShipError::Log`].
    pub fn start(parts: ShippingParts) -> Result<Self, ShipError> {
        let ShippingParts {
            options,
            reader,
            needs,
            clock,
            provider,
            trail,
        } = parts;
        let folder = Folder::open(options.directory)?;
        let (stop, stopped) = watch::channel(false);
        let mut destinations = Vec::new();
        let mut workers = Vec::new();
        let patience = |destination: &Arc<Destination>| Patience {
            destination: Arc::clone(destination),
            provider: Arc::clone(&provider),
            failures: 0,
            said: None,
        };
        for stream in options.streams {
            let (kind, name) = (stream.outlet.kind(), stream.name.clone());
            let cursor = folder.cursor(kind, &name);
            let begin = stream::first_place(&stream, &cursor, &reader)?;
            let lacks = Lacks::log(reader.clone(), begin);
            let destination = Arc::new(Destination::new(kind, name, lacks));
            let parts = stream::Parts {
                outlet: stream.outlet,
                clock: Arc::clone(&clock),
                reader: reader.clone(),
                need: needs.register("a stream of records", begin),
                patience: patience(&destination),
                cursor,
                stopped: stopped.clone(),
            };
            workers.push(Worker::Stream(Box::new(Stream::new(parts, begin))));
            destinations.push(destination);
        }
        // Without a trail there is nothing to copy.
        for (copy, trail) in options.copies.into_iter().zip(std::iter::repeat(trail)) {
            let Some(trail) = trail else { break };
            let cursor = folder.cursor(copy::KIND, &copy.name);
            let destination = Destination::new(copy::KIND, copy.name.clone(), Lacks::files());
            let destination = Arc::new(destination);
            let patience = patience(&destination);
            let copier = Copier::open(copy, trail, cursor, patience, stopped.clone())?;
            workers.push(Worker::Copy(Box::new(copier)));
            destinations.push(destination);
        }
        let tasks = workers.into_iter().map(|worker| tokio::spawn(worker.run()));
        Ok(Self {
            destinations,
            tasks: std::sync::Mutex::new(tasks.collect()),
            stop,
        })
    }

    /// How each destination is doing. Looks at the log's files; of a destination whose part of them can't
    /// be read there is a warning in place of a status.
    pub fn statuses(&self) -> Vec<ShipStatus> {
        let status = |to: &Arc<Destination>| {
            let (kind, name) = (to.kind(), to.name());
            let status = to.status();
            status
                .inspect_err(|error| tracing::warn!(kind, name, error = %Causes(error), "how far a destination is can't be told"))
                .ok()
        };
        self.destinations.iter().filter_map(status).collect()
    }

    /// Ends shipping. Streams have a moment for the last records, if the log is closed by then;
    /// whatever is not confirmed is sent after the next start.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let tasks = std::mem::take(
            &mut *self
                .tasks
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let end = tokio::time::Instant::now() + LAST_WORDS;
        for mut task in tasks {
            if tokio::time::timeout_at(end, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl fmt::Debug for Shipping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shipping")
            .field("destinations", &self.destinations.len())
            .finish_non_exhaustive()
    }
}

/// What a destination's task does.
enum Worker {
    Stream(Box<Stream>),
    Copy(Box<Copier>),
}

impl Worker {
    async fn run(self) {
        match self {
            Self::Stream(stream) => stream.run().await,
            Self::Copy(copier) => copier.run().await,
        }
    }
}
