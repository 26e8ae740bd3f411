//! Sessions, logins and tokens that are lost, and come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags};
use keystead_crypto::SystemRandom;
use keystead_pkcs11::{Error, Health, Sealed, Settings, Token, TokenName};

use crate::kit::{PIN, SoftHsm, alone, id, secret, settings};

/// Ends all sessions of the process, whosever they are.
fn end_all_sessions(soft: &SoftHsm) {
    soft.raw.clone().finalize().unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    soft.raw.initialize(arguments).unwrap();
}

/// A token that was used, so that it has sessions and knows where its key is.
fn used(soft: &SoftHsm) -> (Token, Sealed) {
    let token = soft.token();
    token.generate(id(1), "orders").unwrap();
    let sealed = token.encrypt(id(1), b"aad", b"hello").unwrap();
    (token, sealed)
}

/// Does each thing that a token can do, after `lose` each time.
fn all_work(token: &Token, sealed: &Sealed, lose: impl Fn()) {
    lose();
    token.find(id(1)).unwrap();
    lose();
    token.encrypt(id(1), b"aad", b"hello").unwrap();
    lose();
    let opened = token.decrypt(id(1), b"aad", sealed).unwrap();
    assert_eq!(opened.expose(), b"hello");
    lose();
    token.generate(id(2), "made after a loss").unwrap();
    lose();
    token.destroy(id(2)).unwrap();
    lose();
    token.fill_random(&mut [0; 16]).unwrap();
    lose();
    assert_eq!(token.health(), Health::Connected);
    lose();
    let unknown = Err(Error::KeyNotFound { id: id(3) });
    assert_eq!(token.find(id(3)), unknown);
    lose();
    let exists = Err(Error::KeyExists { id: id(1) });
    assert_eq!(token.generate(id(1), "again"), exists);
}

#[test]
fn lost_sessions_are_opened_again() {
    alone(|soft| {
        let (token, sealed) = used(soft);
        all_work(&token, &sealed, || end_all_sessions(soft));
    });
}

#[test]
fn a_lost_login_is_made_again() {
    alone(|soft| {
        let (token, sealed) = used(soft);
        all_work(&token, &sealed, || soft.log_out());
    });
}

#[test]
fn a_library_that_somebody_finalized_is_initialized_again() {
    alone(|soft| {
        let (token, sealed) = used(soft);
        all_work(&token, &sealed, || {
            soft.raw.clone().finalize().unwrap();
        });
    });
}

#[test]
fn a_removed_token_is_lost_until_it_is_back() {
    alone(|soft| {
        let token = soft.token_with(
            PIN,
            Settings {
                wait: Duration::from_secs(5),
                ..settings()
            },
        );
        token.generate(id(1), "orders").unwrap();
        let sealed = token.encrypt(id(1), b"aad", b"hello").unwrap();
        for _ in 0..2 {
            soft.remove();
            for answer in [
                token.find(id(1)),
                token.generate(id(2), "nowhere"),
                token.destroy(id(1)),
                token.encrypt(id(1), b"", b"").map(drop),
                token.decrypt(id(1), b"aad", &sealed).map(drop),
                token.connect().map(drop),
            ] {
                assert!(matches!(answer, Err(Error::Lost { .. })), "{answer:?}");
            }
            assert!(matches!(token.health(), Health::Lost(_)));
            soft.bring_back();
            assert_eq!(token.health(), Health::Connected);
            let opened = token.decrypt(id(1), b"aad", &sealed).unwrap();
            assert_eq!(opened.expose(), b"hello");
            let gone = Err(Error::KeyNotFound { id: id(2) });
            assert_eq!(token.find(id(2)), gone);
        }
    });
}

#[test]
fn a_lost_token_does_not_keep_another_from_work() {
    alone(|soft| {
        let (token, sealed) = used(soft);
        let serial = token.connect().unwrap().serial;
        soft.add_token("other", Some(PIN));
        let name = TokenName::Label("other".into());
        let random = Arc::new(SystemRandom);
        let other = Token::new(&soft.module, name, secret(PIN), settings(), random);
        other.generate(id(1), "orders").unwrap();

        let bring_back = soft.remove_one(&serial);
        for _ in 0..5 {
            // The library is restarted once, which the other token gets over.
            let answer = token.find(id(1));
            assert!(matches!(answer, Err(Error::Lost { .. })), "{answer:?}");
            other.find(id(1)).unwrap();
        }
        bring_back();
        // Too soon for another restart, as long as the other token is in use.
        let answer = token.find(id(1));
        assert!(matches!(answer, Err(Error::Lost { .. })), "{answer:?}");
        other.disconnect();
        let opened = token.decrypt(id(1), b"aad", &sealed).unwrap();
        assert_eq!(opened.expose(), b"hello");
        other.find(id(1)).unwrap();
    });
}

#[test]
fn health_sees_that_a_token_is_gone() {
    alone(|soft| {
        let (token, _) = used(soft);
        assert_eq!(token.health(), Health::Connected);
        soft.remove();
        assert!(matches!(token.health(), Health::Lost(_)));
        soft.bring_back();
        assert_eq!(token.health(), Health::Connected);
    });
}

#[test]
fn many_threads_get_over_losses() {
    alone(|soft| {
        let (token, sealed) = used(soft);
        let (token, sealed) = (&token, &sealed);
        let (done, worked) = (&AtomicBool::new(false), &[const { AtomicU32::new(0) }; 4]);
        // Each thread works again after each loss.
        let all_work = || {
            let before = worked.each_ref().map(|count| count.load(Ordering::Relaxed));
            let waits = || {
                let mut counts = worked.iter().zip(before);
                counts.any(|(count, before)| count.load(Ordering::Relaxed) == before)
            };
            while waits() && !done.load(Ordering::Relaxed) {
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            for count in worked {
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        match token.decrypt(id(1), b"aad", sealed) {
                            Ok(opened) => {
                                assert_eq!(opened.expose(), b"hello");
                                count.fetch_add(1, Ordering::Relaxed);
                            }
                            // Lost twice in one call.
                            Err(Error::Lost { .. }) => {}
                            Err(error) => {
                                done.store(true, Ordering::Relaxed);
                                panic!("{error}");
                            }
                        }
                    }
                });
            }
            for _ in 0..10 {
                all_work();
                soft.log_out();
            }
            all_work();
            done.store(true, Ordering::Relaxed);
        });
        token.find(id(1)).unwrap();
        assert!(!soft.count_is_low());
    });
}

#[test]
fn a_pin_that_was_changed_meanwhile_is_tried_once() {
    alone(|soft| {
        let (token, _) = used(soft);
        let session = soft.raw.open_rw_session(soft.slot).unwrap();
        let pin = |text: &str| cryptoki::types::AuthPin::new(text.into());
        session.set_pin(&pin(PIN), &pin("another-pin")).unwrap();
        // The login holds, and so the token is used, until it is lost.
        token.find(id(1)).unwrap();
        session.logout().unwrap();
        assert_eq!(token.find(id(1)), Err(Error::WrongPin));
        assert!(soft.count_is_low());
        let right = soft.log_in(cryptoki::session::UserType::User, "another-pin");
        right.unwrap().logout().unwrap();
        assert_eq!(token.find(id(1)), Err(Error::WrongPin));
        assert!(!soft.count_is_low(), "it was tried again");
    });
}
