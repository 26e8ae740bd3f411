//! Logging in: finding the token, and trying its PIN where that can do no harm.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Limit, Slot, TokenInfo};
use cryptoki::types::RawAuthPin;
use keystead_crypto::SecretBytes;

use crate::connection::{self, Connection};
use crate::error::PinRisk;
use crate::failure::{Failure, Trouble, Verdict, verdict};
use crate::module::{Held, Inside, Module};
use crate::{Error, Settings, TokenName, Vendor};

/// Who logs in, and to what.
pub(crate) struct Login {
    pub(crate) module: Module,
    pub(crate) name: TokenName,
    pub(crate) pin: SecretBytes,
    pub(crate) settings: Settings,
}

/// Why there is no login.
#[derive(Debug)]
pub(crate) enum NoLogin {
    /// The PIN was tried and not accepted: it must not be tried again.
    Refused(Error),
    /// It was not tried, or the token failed: a later call may try.
    NotNow(Error),
}

impl Login {
    /// Finds the token and logs in. `again` says that this PIN was accepted before, so that a login that is there already is
    /// ours, and an unclear answer says nothing of the PIN.
    pub(crate) fn log_in(&self, again: bool) -> Result<(Connection, Held), NoLogin> {
        let first = self.attempt(again);
        let Err(Attempt::Token(error)) = first else {
            return first.map_err(Attempt::into_no_login);
        };
        // Some libraries see a token that came, or came back, only when they start.
        if !self.module.restart(self.vendor_of_library()) {
            return Err(NoLogin::NotNow(error));
        }
        self.attempt(again).map_err(Attempt::into_no_login)
    }

    fn attempt(&self, again: bool) -> Result<(Connection, Held), Attempt> {
        self.ensure_initialized();
        let inside = self.module.enter();
        let (slot, info) =
            connection::find(&inside, &self.name).map_err(|trouble| self.away(trouble, again))?;
        let vendor = self.vendor_of_token(&inside, &info);
        if !again {
            mechanisms(&inside, slot).map_err(|trouble| self.away(trouble, again))?;
        }
        let session = inside
            .library()
            .open_rw_session_no_drop(slot)
            .map_err(|error| self.away(error.into(), again))?;
        let held = inside.hold(session);
        if let Err(refusal) = self.authenticate(&inside, &held, &info, again) {
            inside.close(held);
            return Err(refusal);
        }
        let connection = Connection {
            slot,
            generation: inside.generation(),
            label: info.label().to_owned(),
            serial: info.serial_number().to_owned(),
            model: info.model().to_owned(),
            vendor,
            sessions: session_limit(&info, vendor, &self.settings),
        };
        Ok((connection, held))
    }

    /// Makes the session a user's.
    fn authenticate(
        &self,
        inside: &Inside<'_>,
        held: &Held,
        info: &TokenInfo,
        again: bool,
    ) -> Result<(), Attempt> {
        let Some(session) = inside.session(held) else {
            return Ok(());
        };
        let state = session
            .get_session_info()
            .map_err(|error| self.away(error.into(), again))?
            .session_state();
        if connection::is_user(state) && again {
            return Ok(());
        }
        if connection::is_user(state) || state == SessionState::RwSecurityOfficer {
            return Err(Attempt::NotNow(Error::LoggedInByAnother));
        }
        self.may_try(info, again).map_err(Attempt::NotNow)?;
        self.try_pin(session, info.serial_number(), again)
    }

    /// Whether trying the PIN can do no harm.
    fn may_try(&self, info: &TokenInfo, again: bool) -> Result<(), Error> {
        let flags = PinFlags {
            set: info.user_pin_initialized(),
            count_low: info.user_pin_count_low(),
            final_try: info.user_pin_final_try(),
            locked: info.user_pin_locked(),
        };
        flags.check(again, self.settings.risk_lockout)?;
        let refused = self.module.has_refused(info.serial_number(), &self.pin);
        if refused && !self.settings.risk_lockout {
            return Err(Error::WrongPin);
        }
        Ok(())
    }

    /// Tries the PIN, once.
    fn try_pin(&self, session: &Session, serial: &str, again: bool) -> Result<(), Attempt> {
        // The library reads a copy, which wipes itself.
        let pin = RawAuthPin::from(Box::new(self.pin.expose().to_vec()));
        let Err(error) = session.login_with_raw(UserType::User, &pin) else {
            self.module.note_accepted(serial);
            return Ok(());
        };
        match answer(&error, again) {
            Answer::LoggedIn => Ok(()),
            Answer::Refused(refusal) => {
                if refusal == Error::WrongPin {
                    self.module.note_refused(serial, &self.pin);
                }
                Err(Attempt::Refused(refusal))
            }
            Answer::NotTried(refusal) => Err(Attempt::NotNow(refusal)),
            Answer::TokenGone(failure) => Err(Attempt::Token(Error::Lost { failure })),
        }
    }

    /// What it means that the token can't be found or opened.
    fn away(&self, trouble: Trouble, again: bool) -> Attempt {
        match trouble {
            // It was there: the operator's name for it is right.
            Trouble::Final(Error::TokenNotFound { .. }) if again => Attempt::Token(Error::Lost {
                failure: Failure::found("C_GetSlotList", "CKR_TOKEN_NOT_PRESENT"),
            }),
            Trouble::Final(error @ Error::TokenNotFound { .. }) => Attempt::Token(error),
            Trouble::Final(error) => Attempt::NotNow(error),
            Trouble::Lost(failure) => Attempt::Token(Error::Lost { failure }),
            Trouble::Failed(error) if verdict(&error) == Verdict::NoMoreSessions => {
                Attempt::NotNow(Error::Busy {
                    waited: std::time::Duration::ZERO,
                })
            }
            Trouble::Failed(error) => Attempt::Token(Error::Lost {
                failure: Failure::of(&error),
            }),
        }
    }

    /// Initializes the library if somebody finalized it, as a library does for itself after a fork.
    fn ensure_initialized(&self) {
        let info = self.module.enter().library().get_library_info();
        if let Err(CryptokiError::Pkcs11(RvError::CryptokiNotInitialized, _)) = info {
            self.module.initialize_anew();
        }
    }

    fn vendor_of_library(&self) -> &'static Vendor {
        self.settings.vendor.unwrap_or_else(|| {
            let info = self.module.enter().library().get_library_info();
            info.map_or_else(
                |_| Vendor::recognize([]),
                |info| Vendor::recognize([info.manufacturer_id(), info.library_description()]),
            )
        })
    }

    fn vendor_of_token(&self, inside: &Inside<'_>, token: &TokenInfo) -> &'static Vendor {
        self.settings.vendor.unwrap_or_else(|| {
            let library = inside.library().get_library_info().ok();
            let library = library
                .iter()
                .flat_map(|info| [info.manufacturer_id(), info.library_description()]);
            Vendor::recognize(library.chain([token.manufacturer_id(), token.model()]))
        })
    }
}

/// What one attempt came to, if not to a login.
#[derive(Debug)]
enum Attempt {
    /// The PIN was tried and not accepted.
    Refused(Error),
    /// The PIN was not tried.
    NotNow(Error),
    /// The token is not there, as far as the library knows.
    Token(Error),
}

impl Attempt {
    fn into_no_login(self) -> NoLogin {
        match self {
            Self::Refused(error) => NoLogin::Refused(error),
            Self::NotNow(error) | Self::Token(error) => NoLogin::NotNow(error),
        }
    }
}

/// What a token says of its PIN (`CK_TOKEN_INFO`).
#[derive(Clone, Copy, Debug)]
struct PinFlags {
    set: bool,
    count_low: bool,
    final_try: bool,
    locked: bool,
}

impl PinFlags {
    /// Refuses to try a PIN that can't be right, or that could lock the token.
    ///
    /// A PIN that was accepted before is tried although somebody else mistyped theirs, so that a lost session doesn't end
    /// the service; but not if one more wrong try would lock the token, since the PIN may have been changed meanwhile.
    fn check(self, again: bool, risk_lockout: bool) -> Result<(), Error> {
        let at_risk = |risk| Err(Error::PinAtRisk { risk });
        match self {
            Self { set: false, .. } => Err(Error::PinNotSet),
            Self { locked: true, .. } => Err(Error::PinLocked),
            _ if risk_lockout => Ok(()),
            Self {
                final_try: true, ..
            } => at_risk(PinRisk::FinalTry),
            Self {
                count_low: true, ..
            } if !again => at_risk(PinRisk::CountLow),
            _ => Ok(()),
        }
    }
}

/// What a failure of `C_Login` says.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    LoggedIn,
    Refused(Error),
    NotTried(Error),
    TokenGone(Failure),
}

/// Reads a failure of `C_Login`. Whatever is unclear counts as a refusal, unless the PIN was accepted before: tokens differ,
/// and a wrong PIN that is tried again and again locks the token.
fn answer(error: &CryptokiError, again: bool) -> Answer {
    let failure = Failure::of(error);
    let CryptokiError::Pkcs11(value, _) = error else {
        return Answer::Refused(Error::Other { failure });
    };
    match value {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
            Answer::Refused(Error::WrongPin)
        }
        RvError::PinLocked => Answer::Refused(Error::PinLocked),
        RvError::PinExpired => Answer::Refused(Error::PinExpired),
        RvError::UserPinNotInitialized => Answer::NotTried(Error::PinNotSet),
        RvError::UserAlreadyLoggedIn if again => Answer::LoggedIn,
        // It may have looked at the PIN before it failed.
        RvError::DeviceError if !again => Answer::Refused(Error::Other { failure }),
        RvError::UserAlreadyLoggedIn
        | RvError::UserAnotherAlreadyLoggedIn
        | RvError::UserTooManyTypes
        | RvError::SessionReadOnlyExists => Answer::NotTried(Error::LoggedInByAnother),
        _ => match verdict(error) {
            Verdict::SessionGone | Verdict::LoginGone => Answer::TokenGone(failure),
            _ if again => Answer::TokenGone(failure),
            _ => Answer::Refused(Error::Other { failure }),
        },
    }
}

/// What must be there, and for which use.
fn mechanisms(inside: &Inside<'_>, slot: Slot) -> Result<(), Trouble> {
    let library = inside.library();
    let listed = library.get_mechanism_list(slot)?;
    let lacks = |mechanism| Err(Trouble::Final(Error::MechanismMissing { mechanism }));
    if !listed.contains(&MechanismType::AES_KEY_GEN) {
        return lacks("CKM_AES_KEY_GEN");
    }
    if !listed.contains(&MechanismType::AES_GCM) {
        return lacks("CKM_AES_GCM");
    }
    let gcm = library.get_mechanism_info(slot, MechanismType::AES_GCM)?;
    if !gcm.encrypt() || !gcm.decrypt() {
        return lacks("CKM_AES_GCM for encryption and decryption");
    }
    Ok(())
}

fn session_limit(info: &TokenInfo, vendor: &Vendor, settings: &Settings) -> usize {
    let most = [info.max_session_count(), info.max_rw_session_count()]
        .into_iter()
        .filter_map(|limit| match limit {
            Limit::Max(count) => Some(usize::try_from(count).unwrap_or(usize::MAX)),
            Limit::Unavailable | Limit::Infinite => None,
        });
    most.chain([vendor.sessions, settings.sessions])
        .min()
        .unwrap_or(1)
        .max(1)
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    const FINE: PinFlags = PinFlags {
        set: true,
        count_low: false,
        final_try: false,
        locked: false,
    };

    #[test]
    fn a_pin_is_tried_where_that_does_no_harm() {
        let low = PinFlags {
            count_low: true,
            ..FINE
        };
        let last = PinFlags {
            final_try: true,
            ..low
        };
        let locked = PinFlags {
            locked: true,
            ..last
        };
        let unset = PinFlags { set: false, ..FINE };
        let at_risk = |risk| Err(Error::PinAtRisk { risk });
        for (flags, again, risk_lockout, expected) in [
            (FINE, false, false, Ok(())),
            (low, false, false, at_risk(PinRisk::CountLow)),
            (low, false, true, Ok(())),
            (low, true, false, Ok(())),
            (last, false, false, at_risk(PinRisk::FinalTry)),
            (last, true, false, at_risk(PinRisk::FinalTry)),
            (last, false, true, Ok(())),
            (locked, true, true, Err(Error::PinLocked)),
            (unset, false, true, Err(Error::PinNotSet)),
        ] {
            assert_eq!(flags.check(again, risk_lockout), expected, "{flags:?}");
        }
    }

    #[test]
    fn answers_to_a_pin() {
        let ask = |value, again| answer(&CryptokiError::Pkcs11(value, Function::Login), again);
        for value in [
            RvError::PinIncorrect,
            RvError::PinInvalid,
            RvError::PinLenRange,
        ] {
            assert_eq!(ask(value, true), Answer::Refused(Error::WrongPin));
        }
        assert_eq!(
            ask(RvError::PinLocked, false),
            Answer::Refused(Error::PinLocked)
        );
        assert_eq!(ask(RvError::UserAlreadyLoggedIn, true), Answer::LoggedIn);
        for value in [
            RvError::UserAlreadyLoggedIn,
            RvError::UserAnotherAlreadyLoggedIn,
        ] {
            assert_eq!(
                ask(value, false),
                Answer::NotTried(Error::LoggedInByAnother)
            );
        }
        assert!(matches!(
            ask(RvError::DeviceRemoved, false),
            Answer::TokenGone(_)
        ));
        // What may have been a wrong PIN is not tried again, unless it was accepted before.
        assert!(matches!(
            ask(RvError::FunctionFailed, false),
            Answer::Refused(Error::Other { .. })
        ));
        assert!(matches!(
            ask(RvError::FunctionFailed, true),
            Answer::TokenGone(_)
        ));
    }
}
