//! Logging in: which token, and above all how often a PIN is tried.

use std::sync::Arc;

use cryptoki::session::UserType;
use keystead_crypto::SystemRandom;
use keystead_pkcs11::{Error, Health, Module, PinRisk, Settings, Token, TokenName};

use crate::kit::{LABEL, PIN, SoftHsm, WRONG_PIN, alone, id, secret, settings};

fn named(soft: &SoftHsm, name: TokenName) -> Token {
    Token::new(
        &soft.module,
        name,
        secret(PIN),
        settings(),
        Arc::new(SystemRandom),
    )
}

/// Makes the token forget that a wrong PIN was tried.
fn log_in_rightly(soft: &SoftHsm) {
    let session = soft.log_in(UserType::User, PIN).unwrap();
    session.logout().unwrap();
    drop(session);
    assert!(!soft.count_is_low());
}

#[test]
fn a_wrong_pin_is_tried_once() {
    alone(|soft| {
        let token = soft.token_with(WRONG_PIN, settings());
        assert_eq!(token.connect(), Err(Error::WrongPin));
        assert!(soft.count_is_low(), "it was tried");

        log_in_rightly(soft);
        for _ in 0..20 {
            assert_eq!(token.connect(), Err(Error::WrongPin));
            assert_eq!(token.find(id(1)), Err(Error::WrongPin));
            assert_eq!(token.generate(id(1), ""), Err(Error::WrongPin));
            assert_eq!(token.encrypt(id(1), b"", b""), Err(Error::WrongPin));
            assert_eq!(token.fill_random(&mut [0; 4]), Err(Error::WrongPin));
            assert_eq!(token.health(), Health::LockedOut(Error::WrongPin));
            token.disconnect();
        }
        // Whoever makes the token anew, in a loop, doesn't lock it either.
        for _ in 0..20 {
            let same = soft.token_with(WRONG_PIN, settings());
            assert_eq!(same.connect(), Err(Error::WrongPin));
        }
        assert!(!soft.count_is_low(), "it was tried again");
        let info = soft.raw.get_token_info(soft.slot).unwrap();
        assert!(!info.user_pin_locked() && !info.user_pin_final_try());

        soft.token().connect().unwrap();
        assert_eq!(token.connect(), Err(Error::WrongPin));
    });
}

#[test]
fn a_pin_is_not_tried_where_it_may_lock_the_token() {
    alone(|soft| {
        soft.log_in(UserType::User, WRONG_PIN).unwrap_err();
        let at_risk = Error::PinAtRisk {
            risk: PinRisk::CountLow,
        };
        let token = soft.token();
        assert_eq!(token.connect(), Err(at_risk.clone()));
        assert_eq!(token.health(), Health::LockedOut(at_risk.clone()));
        assert!(at_risk.to_string().contains("wrong one was tried"));
        // The PIN was not tried, so that it may be once that does no harm.
        log_in_rightly(soft);
        token.connect().unwrap();
    });
}

#[test]
fn the_operator_may_risk_a_lockout() {
    alone(|soft| {
        let risk = Settings {
            risk_lockout: true,
            ..settings()
        };
        let wrong = soft.token_with(WRONG_PIN, risk.clone());
        assert_eq!(wrong.connect(), Err(Error::WrongPin));
        log_in_rightly(soft);
        let same = soft.token_with(WRONG_PIN, risk.clone());
        assert_eq!(same.connect(), Err(Error::WrongPin));
        assert!(soft.count_is_low(), "it was not tried");
        soft.token_with(PIN, risk).connect().unwrap();
        assert!(!soft.count_is_low());
    });
}

#[test]
fn who_is_logged_in_already_is_told_apart() {
    alone(|soft| {
        let token = soft.token();
        let user = soft.log_in(UserType::User, PIN).unwrap();
        assert_eq!(token.connect(), Err(Error::LoggedInByAnother));
        // Not even a wrong PIN passes for the other's login.
        let wrong = soft.token_with(WRONG_PIN, settings());
        assert_eq!(wrong.connect(), Err(Error::LoggedInByAnother));
        drop(user);
        let officer = soft.log_officer_in();
        assert_eq!(token.connect(), Err(Error::LoggedInByAnother));
        drop(officer);
        token.connect().unwrap();
        assert_eq!(soft.token().connect(), Err(Error::LoggedInByAnother));
        drop(token);
        soft.token().connect().unwrap();
    });
}

#[test]
fn a_token_without_a_user_is_told_apart() {
    alone(|soft| {
        soft.add_token("no-user", None);
        let token = named(soft, TokenName::Label("no-user".into()));
        assert_eq!(token.connect(), Err(Error::PinNotSet));
        assert!(Error::PinNotSet.is_login());
    });
}

#[test]
fn tokens_are_found_by_their_names() {
    alone(|soft| {
        let slot = soft.add_token(LABEL, Some(PIN));
        let label = TokenName::Label(LABEL.into());
        assert_eq!(
            named(soft, label.clone()).connect(),
            Err(Error::TokenAmbiguous {
                name: label,
                count: 2
            })
        );
        for slot in [soft.slot, slot] {
            let info = soft.raw.get_token_info(slot).unwrap();
            let serial = info.serial_number().to_owned();
            let token = named(soft, TokenName::Serial(serial.clone()));
            assert_eq!(token.connect().unwrap().serial, serial);
        }
        // Last, since the library is restarted to look for it.
        let unknown = TokenName::Label("nothing".into());
        assert_eq!(
            named(soft, unknown.clone()).connect(),
            Err(Error::TokenNotFound { name: unknown })
        );
    });
}

#[test]
fn one_library_is_loaded_once() {
    alone(|soft| {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("another-name.so");
        std::os::unix::fs::symlink(soft.module.path(), &link).unwrap();
        let again = Module::load(&link).unwrap();
        assert_eq!(again.path(), soft.module.path());
        soft.token().connect().unwrap();
    });
}

#[test]
fn no_pin_is_shown() {
    alone(|soft| {
        let token = soft.token();
        token.connect().unwrap();
        let wrong = soft.token_with(WRONG_PIN, settings());
        let shown = format!(
            "{token:?} {wrong:?} {:?} {:?}",
            wrong.connect(),
            soft.module
        );
        assert!(
            !shown.contains(PIN) && !shown.contains(WRONG_PIN),
            "{shown}"
        );
    });
}
