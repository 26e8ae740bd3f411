//! The thread that delivers.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keystead_core::arn::Region;
use keystead_core::time::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::delivery::{Delivery, Signer};
use super::disk::{Disk as _, Folder};
use super::keys::SigningKeys;
use super::{Shared, Told, TrailError, TrailParts, public_keys};
use crate::causes::Causes;
use crate::clock::Clock;

/// How often the thread looks for what is due.
const LOOK: Duration = Duration::from_secs(5);

/// How nice the thread is to those that serve, as `nice(1)` has it.
const NICENESS: i32 = 10;

/// A handle on the thread. Dropping it ends the thread after the step that it is at.
pub(super) struct Worker {
    orders: Sender<oneshot::Sender<()>>,
    goes_on: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Worker {
    /// Has the thread look for what is due now, and waits until it has done that.
    pub(super) async fn deliver(&self) {
        let (done, answer) = oneshot::channel();
        // A thread that has ended delivers nothing more.
        if self.orders.send(done).is_ok() {
            let _ = answer.await;
        }
    }

    /// Ends the thread, and waits for it.
    pub(super) async fn stop(&self) {
        self.goes_on.store(false, Ordering::Relaxed);
        // Wakes it.
        let _ = self.orders.send(oneshot::channel().0);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A thread that panicked has already reported it.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.goes_on.store(false, Ordering::Relaxed);
    }
}

/// Starts the thread, once it is known that it can go on from where the last run ended.
pub(super) async fn start(parts: TrailParts) -> Result<(Arc<Shared>, Worker), TrailError> {
    let TrailParts {
        options,
        reader,
        needs,
        clock,
        store,
        provider,
        regions,
    } = parts;
    let keys = SigningKeys::load(store, provider, options.key_rotation_days).await?;
    let first = regions.first().cloned();
    let first = first.ok_or_else(|| TrailError::State {
        reason: "no Region is served".to_owned(),
    })?;
    let folder = Folder::new(options.directory.clone());
    let delivery = Delivery::open(folder, reader, &first, options.interval_seconds)?;
    let home = delivery.state().home.clone();
    let shared = Arc::new(Shared {
        need: needs.register("trail", delivery.state().cursor),
        directory: options.directory,
        location: if regions.contains(&home) {
            home.clone()
        } else {
            first
        },
        home,
        told: arc_swap::ArcSwap::from_pointee(Told::default()),
    });
    shared.tell(delivery.state(), keys.public(), None);
    let (orders, inbox) = mpsc::channel();
    let goes_on = Arc::new(AtomicBool::new(true));
    let postman = Postman {
        delivery,
        signer: StoredKeys {
            now: clock.now(),
            keys,
            runtime: Handle::current(),
        },
        clock,
        shared: Arc::clone(&shared),
        goes_on: Arc::clone(&goes_on),
    };
    let thread = thread::Builder::new()
        .name("audit-trail".to_owned())
        .spawn(move || postman.work(&inbox))
        .map_err(|source| TrailError::Thread { source })?;
    let worker = Worker {
        orders,
        goes_on,
        thread: Mutex::new(Some(thread)),
    };
    Ok((shared, worker))
}

/// What the thread works with.
struct Postman {
    delivery: Delivery<Folder>,
    signer: StoredKeys,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    goes_on: Arc<AtomicBool>,
}

impl Postman {
    fn work(mut self, inbox: &Receiver<oneshot::Sender<()>>) {
        be_nice();
        let shown = self.show_keys();
        self.report(shown);
        while self.goes_on.load(Ordering::Relaxed) {
            match inbox.recv_timeout(LOOK) {
                Ok(done) => {
                    self.deliver();
                    // Whoever has gone meanwhile needs no answer.
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.deliver(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn deliver(&mut self) {
        let now = self.clock.now();
        if !self.goes_on.load(Ordering::Relaxed) || !self.delivery.is_due(now) {
            return;
        }
        self.signer.now = now;
        let goes_on = Arc::clone(&self.goes_on);
        let goes_on = move || goes_on.load(Ordering::Relaxed);
        let delivered = self.delivery.run(now, &mut self.signer, &goes_on);
        // A key may have been made before something failed.
        let shown = self.show_keys();
        self.report(delivered.and(shown));
    }

    /// Tells everybody what is so after a step.
    fn report(&self, done: Result<(), TrailError>) {
        let checked = done.and_then(|()| self.delivery.check(self.clock.now()));
        let error = checked.err().map(|error| Causes(&error).to_string());
        let told = self.shared.told.load().error.clone();
        match &error {
            // It is found again every few seconds; to say it once is enough.
            Some(error) if told.as_ref() != Some(error) => {
                tracing::error!(%error, "the audit trail is not in order");
            }
            None if told.is_some() => tracing::info!("the audit trail is in order again"),
            _ => {}
        }
        let keys = self.signer.keys.public();
        self.shared.tell(self.delivery.state(), keys, error);
    }

    /// Writes down the public keys for whoever checks without a server, if the file has others.
    fn show_keys(&mut self) -> Result<(), TrailError> {
        let keys = self.signer.keys.public();
        if keys.is_empty() {
            return Ok(());
        }
        let file = public_keys::written(&keys)?;
        let path = Path::new(public_keys::FILE);
        let disk = self.delivery.disk();
        let shown = disk.read(path).map_err(TrailError::disk(path))?;
        if shown.as_ref() == Some(&file) {
            return Ok(());
        }
        disk.replace(path, &file).map_err(TrailError::disk(path))
    }
}

/// The keys, for a thread that may wait for their store.
struct StoredKeys {
    keys: SigningKeys,
    runtime: Handle,
    now: Timestamp,
}

impl Signer for StoredKeys {
    fn key(
        &mut self,
        region: &Region,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<String, TrailError> {
        let key = self.keys.key(region, start, end, self.now);
        Ok(self.runtime.block_on(key)?)
    }

    fn sign(
        &mut self,
        region: &Region,
        fingerprint: &str,
        text: &str,
    ) -> Result<Vec<u8>, TrailError> {
        Ok(self.keys.sign(region, fingerprint, text)?)
    }
}

/// Lets the threads that serve go first.
fn be_nice() {
    let thread = rustix::thread::gettid();
    if let Err(error) = rustix::process::setpriority_process(Some(thread), NICENESS) {
        tracing::debug!(%error, "the audit trail's thread has the priority of all others");
    }
}
