//! A vendor's library: loaded and initialized once, however many tokens of it are used.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::session::Session;
use keystead_crypto::SecretBytes;

use crate::{Error, Vendor};

/// The libraries of this process. They stay loaded to its end: a library may have threads of its own, under which its code
/// must not be unmapped.
static MODULES: Mutex<BTreeMap<PathBuf, Module>> = Mutex::new(BTreeMap::new());

/// How long a restart waits for calls that are in the library.
const RESTART_WAIT: Duration = Duration::from_secs(1);

/// How often a library is restarted at most, for one token, while another one works.
const RESTART_PAUSE: Duration = Duration::from_secs(30);

/// A PKCS#11 library, loaded, initialized, and shared by all that ask for the same file.
///
/// Nothing else in the process may use the library: the standard has one login for each token and process, and a handle
/// means something else after a restart.
#[derive(Clone)]
pub struct Module(Arc<Loaded>);

struct Loaded {
    path: PathBuf,
    library: Pkcs11,
    /// How often the library was initialized. Whoever calls it reads the lock, whoever restarts it writes.
    generation: RwLock<u64>,
    last_restart: Mutex<Option<Instant>>,
    /// How many tokens are logged in to.
    logins: AtomicUsize,
    /// For each serial number, the PIN that the token refused last.
    refused: Mutex<BTreeMap<String, SecretBytes>>,
}

/// A session and the generation of the library that opened it.
pub(crate) struct Held {
    session: Session,
    generation: u64,
}

/// Proof that the library is not restarted meanwhile.
pub(crate) struct Inside<'a> {
    module: &'a Module,
    generation: RwLockReadGuard<'a, u64>,
}

impl Module {
    /// Loads and initializes the library at `path`, or finds it loaded. It runs the library's code, so that the path is the
    /// operator's to give, and nobody else's.
    ///
    /// # Errors
    /// [`Error::ModuleUnusable`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let unusable = |reason: String| Error::ModuleUnusable {
            path: path.to_owned(),
            reason,
        };
        // One file is one library, whatever leads to it.
        let real = path
            .canonicalize()
            .map_err(|error| unusable(error.to_string()))?;
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = modules.get(&real) {
            return Ok(module.clone());
        }
        let library = Pkcs11::new(&real).map_err(|error| unusable(error.to_string()))?;
        initialize(&library).map_err(|error| unusable(error.to_string()))?;
        let module = Self(Arc::new(Loaded {
            path: real.clone(),
            library,
            generation: RwLock::new(1),
            last_restart: Mutex::new(None),
            logins: AtomicUsize::new(0),
            refused: Mutex::default(),
        }));
        modules.insert(real, module.clone());
        Ok(module)
    }

    /// Where the library is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Enters the library: for as long as the answer lives, it is not restarted.
    pub(crate) fn enter(&self) -> Inside<'_> {
        let lock = &self.0.generation;
        Inside {
            module: self,
            generation: lock.read().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Restarts the library, since a token is not found, and answers whether that was done. It is not where the vendor's
    /// row says that it doesn't help, where calls stay in the library, and where it would disturb other tokens too often.
    pub(crate) fn restart(&self, vendor: &Vendor) -> bool {
        if !vendor.restart_finds_tokens || !self.may_disturb() {
            return false;
        }
        self.initialize_anew()
    }

    /// Finalizes the library if it is initialized, and initializes it, once nobody is in it.
    pub(crate) fn initialize_anew(&self) -> bool {
        let until = Instant::now() + RESTART_WAIT;
        loop {
            match self.0.generation.try_write() {
                Ok(mut generation) => {
                    *generation += 1;
                    // It may not be initialized: then this fails, as it may.
                    drop(self.0.library.clone().finalize());
                    return initialize(&self.0.library).is_ok();
                }
                Err(TryLockError::Poisoned(_)) => return false,
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return false,
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    fn may_disturb(&self) -> bool {
        let mut last = lock(&self.0.last_restart);
        let alone = self.0.logins.load(Ordering::Relaxed) == 0;
        let rested = last.is_none_or(|at| at.elapsed() >= RESTART_PAUSE);
        if alone || rested {
            *last = Some(Instant::now());
        }
        alone || rested
    }

    /// Notes that a token was logged in to.
    pub(crate) fn logged_in(&self) {
        self.0.logins.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a login is over.
    pub(crate) fn logged_out(&self) {
        self.0.logins.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether the token with this serial number refused this PIN when it was tried last.
    pub(crate) fn has_refused(&self, serial: &str, pin: &SecretBytes) -> bool {
        lock(&self.0.refused).get(serial) == Some(pin)
    }

    /// Remembers that the token refused this PIN, so that whoever makes the same [`Token`](crate::Token) again and again
    /// doesn't lock it.
    pub(crate) fn note_refused(&self, serial: &str, pin: &SecretBytes) {
        let pin = SecretBytes::from(pin.expose().to_vec());
        lock(&self.0.refused).insert(serial.to_owned(), pin);
    }

    /// Forgets it, since the token took the PIN.
    pub(crate) fn note_accepted(&self, serial: &str) {
        lock(&self.0.refused).remove(serial);
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Module").field(&self.0.path).finish()
    }
}

impl Inside<'_> {
    /// The library.
    pub(crate) fn library(&self) -> &Pkcs11 {
        &self.module.0.library
    }

    /// How often the library was initialized. Slots, sessions and objects of an earlier time may be others now.
    pub(crate) fn generation(&self) -> u64 {
        *self.generation
    }

    /// Keeps a session that was opened here.
    pub(crate) fn hold(&self, session: Session) -> Held {
        Held {
            session,
            generation: *self.generation,
        }
    }

    /// The session, unless the library was restarted since it was opened: then its handle may be somebody else's.
    pub(crate) fn session<'h>(&self, held: &'h Held) -> Option<&'h Session> {
        (held.generation == *self.generation).then_some(&held.session)
    }

    /// Closes a session, unless its handle means nothing any more. That it fails changes nothing: it is gone then.
    pub(crate) fn close(&self, held: Held) {
        if held.generation == *self.generation {
            drop(held.session.close());
        }
    }
}

fn initialize(library: &Pkcs11) -> Result<(), CryptokiError> {
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Somebody else did; the standard has no way to ask how.
        Err(CryptokiError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        other => other,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &str) -> String {
        match Module::load(Path::new(path)) {
            Err(Error::ModuleUnusable { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_library_is_refused() {
        assert!(reason("/nowhere/at/all.so").contains("No such file"));
        assert!(!reason(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).is_empty());
        assert!(!reason("/").is_empty());
    }
}
