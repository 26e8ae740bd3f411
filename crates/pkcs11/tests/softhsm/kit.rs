//! SoftHSM2 for one test: a process of its own, since the library reads its configuration once, from the environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as CryptokiError;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use keystead_crypto::{Random, SecretBytes, SystemRandom};
use keystead_pkcs11::{KeyId, Module, Settings, Token, TokenName};

/// The PIN of the user, and a wrong one.
pub(crate) const PIN: &str = "user-pin-1234";
pub(crate) const WRONG_PIN: &str = "user-pin-4321";
/// The label of the token that every test has.
pub(crate) const LABEL: &str = "keystead";

const SO_PIN: &str = "officer-pin";
const CONFIGURATION: &str = "SOFTHSM2_CONF";

/// Where distributions put the library.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// The library with one token, in the process of one test.
pub(crate) struct SoftHsm {
    pub(crate) module: Module,
    /// A second way into the same library, to do things behind the crate's back.
    pub(crate) raw: Pkcs11,
    /// The token's slot, as long as the library isn't restarted.
    pub(crate) slot: Slot,
    folder: PathBuf,
}

/// Runs a test, given as a closure that is written in it, in a process of its own.
pub(crate) fn alone<F: FnOnce(&SoftHsm)>(test: F) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that is started anew is told so by its environment"
    )]
    let configuration = std::env::var_os(CONFIGURATION);
    match configuration {
        Some(path) if path.to_string_lossy().contains("keystead-softhsm-") => {
            let folder = Path::new(&path).parent().unwrap().to_owned();
            test(&SoftHsm::start(folder));
        }
        _ => in_a_process(&name_of::<F>()),
    }
}

/// The name of the test that a closure was written in, without the crate's.
fn name_of<F>() -> String {
    let name = std::any::type_name::<F>();
    let name = name.strip_suffix("::{{closure}}").unwrap();
    name.split_once("::").unwrap().1.to_owned()
}

fn in_a_process(test: &str) {
    let folder = tempfile::Builder::new()
        .prefix("keystead-softhsm-")
        .tempdir()
        .unwrap();
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let configuration = folder.path().join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    fs::write(&configuration, text).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CONFIGURATION, configuration)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && out.contains("1 passed"),
        "{test}: {}\n{out}\n{err}",
        output.status
    );
}

impl SoftHsm {
    fn start(folder: PathBuf) -> Self {
        let library = library();
        let module = Module::load(library).unwrap();
        let raw = Pkcs11::new(library).unwrap();
        let mut soft = Self {
            module,
            slot: raw.get_slots_with_token().unwrap()[0],
            raw,
            folder,
        };
        soft.slot = soft.add_token(LABEL, Some(PIN));
        soft
    }

    /// Initializes one more token; its user has no PIN if none is given.
    pub(crate) fn add_token(&self, label: &str, pin: Option<&str>) -> Slot {
        // The last slot is always an empty one.
        let slot = *self.raw.get_slots_with_token().unwrap().last().unwrap();
        let officer = AuthPin::new(SO_PIN.into());
        self.raw.init_token(slot, &officer, label).unwrap();
        if let Some(pin) = pin {
            let session = self.raw.open_rw_session(slot).unwrap();
            session.login(UserType::So, Some(&officer)).unwrap();
            session.init_pin(&AuthPin::new(pin.into())).unwrap();
            session.logout().unwrap();
        }
        slot
    }

    /// The token, to be opened with the right PIN.
    pub(crate) fn token(&self) -> Token {
        self.token_with(PIN, settings())
    }

    /// The token, to be opened with this PIN.
    pub(crate) fn token_with(&self, pin: &str, settings: Settings) -> Token {
        self.token_random(pin, settings, Arc::new(SystemRandom))
    }

    /// The same, with IVs from elsewhere.
    pub(crate) fn token_random(
        &self,
        pin: &str,
        settings: Settings,
        random: Arc<dyn Random>,
    ) -> Token {
        let name = TokenName::Label(LABEL.into());
        Token::new(&self.module, name, secret(pin), settings, random)
    }

    /// Logs in behind the crate's back.
    pub(crate) fn log_in(&self, user: UserType, pin: &str) -> Result<Session, CryptokiError> {
        let session = self.raw.open_rw_session(self.slot)?;
        session.login(user, Some(&AuthPin::new(pin.into())))?;
        Ok(session)
    }

    /// Logs the officer in.
    pub(crate) fn log_officer_in(&self) -> Session {
        self.log_in(UserType::So, SO_PIN).unwrap()
    }

    /// Ends the login of all sessions of this process.
    pub(crate) fn log_out(&self) {
        let session = self.raw.open_rw_session(self.slot).unwrap();
        session.logout().unwrap();
    }

    /// Whether a wrong PIN was tried since the last right one.
    pub(crate) fn count_is_low(&self) -> bool {
        let info = self.raw.get_token_info(self.slot).unwrap();
        info.user_pin_count_low()
    }

    /// Takes the token out.
    pub(crate) fn remove(&self) {
        fs::rename(self.folder.join("tokens"), self.folder.join("away")).unwrap();
    }

    /// Takes out one of several tokens, and answers how to put it back.
    pub(crate) fn remove_one(&self, serial: &str) -> impl FnOnce() + use<> {
        let folders = fs::read_dir(self.folder.join("tokens")).unwrap();
        let place = folders
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().replace('-', "").ends_with(serial))
            .unwrap();
        let away = self.folder.join("one-away");
        fs::rename(&place, &away).unwrap();
        move || fs::rename(away, place).unwrap()
    }

    /// Puts the token back.
    pub(crate) fn bring_back(&self) {
        fs::rename(self.folder.join("away"), self.folder.join("tokens")).unwrap();
    }
}

/// Two sessions, and a wait that a busy machine is not likely to use up.
pub(crate) fn settings() -> Settings {
    Settings {
        sessions: 2,
        wait: Duration::from_secs(60),
        ..Settings::default()
    }
}

pub(crate) fn secret(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

/// An id that ends with a number.
pub(crate) fn id(number: u8) -> KeyId {
    let mut bytes = [0x5a; 16];
    bytes[15] = number;
    KeyId::new(bytes)
}

fn library() -> &'static Path {
    let there = LIBRARIES.iter().map(Path::new).find(|path| path.is_file());
    there.expect(
        "these tests need SoftHSM2. As root: apt-get install softhsm2 (`cargo xtask test` does so)",
    )
}
