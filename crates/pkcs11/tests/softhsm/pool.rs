//! The pool of sessions: shared, given back, and waited for only so long.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cryptoki::session::SessionState;
use keystead_crypto::{CryptoError, Random};
use keystead_pkcs11::{Error, Health, Settings};

use crate::kit::{PIN, alone, id, settings};

#[test]
fn two_sessions_serve_many_threads() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        thread::scope(|scope| {
            for thread in 0..8_u8 {
                let token = &token;
                scope.spawn(move || {
                    for call in 0..50_u8 {
                        let (aad, plaintext) = ([thread], [thread, call]);
                        let sealed = token.encrypt(id(1), &aad, &plaintext).unwrap();
                        let opened = token.decrypt(id(1), &aad, &sealed).unwrap();
                        assert_eq!(opened.expose(), plaintext);
                    }
                });
            }
        });
        assert_eq!(token.health(), Health::Connected);
    });
}

/// Randomness that says when it is asked, and then waits until it may answer.
struct Slow {
    asked: Mutex<Sender<()>>,
    may_answer: Mutex<Receiver<()>>,
}

impl Random for Slow {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.asked.lock().unwrap().send(()).unwrap();
        self.may_answer.lock().unwrap().recv().unwrap();
        out.fill(1);
        Ok(())
    }
}

#[test]
fn a_call_waits_only_so_long() {
    alone(|soft| {
        let ((asked, is_asked), (answer, may_answer)) = (channel(), channel());
        let random = Arc::new(Slow {
            asked: Mutex::new(asked),
            may_answer: Mutex::new(may_answer),
        });
        let wait = Duration::from_millis(50);
        let one = Settings {
            sessions: 1,
            wait,
            ..settings()
        };
        let token = soft.token_random(PIN, one, random);
        token.generate(id(1), "orders").unwrap();
        thread::scope(|scope| {
            // In the middle of an encryption, it has the only session.
            let slow = scope.spawn(|| token.encrypt(id(1), b"", b""));
            is_asked.recv().unwrap();
            match token.find(id(1)) {
                Err(Error::Busy { waited }) => assert!(waited >= wait, "{waited:?}"),
                other => panic!("{other:?}"),
            }
            assert_eq!(token.health(), Health::Busy);
            answer.send(()).unwrap();
            slow.join().unwrap().unwrap();
        });
        token.find(id(1)).unwrap();
        assert_eq!(token.health(), Health::Connected);
    });
}

#[test]
fn sessions_are_given_back_after_errors() {
    alone(|soft| {
        let one = Settings {
            sessions: 1,
            ..settings()
        };
        let token = soft.token_with(PIN, one);
        token.generate(id(1), "orders").unwrap();
        let mut sealed = token.encrypt(id(1), b"", b"hello").unwrap();
        sealed.tag[0] ^= 1;
        for _ in 0..50 {
            assert_eq!(
                token.decrypt(id(1), b"", &sealed),
                Err(Error::InvalidCiphertext)
            );
            assert!(token.find(id(2)).is_err());
        }
        token.find(id(1)).unwrap();
    });
}

#[test]
fn whoever_disconnects_is_logged_out() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        let session = soft.raw.open_rw_session(soft.slot).unwrap();
        let state = || session.get_session_info().unwrap().session_state();
        assert_eq!(state(), SessionState::RwUser);
        token.disconnect();
        assert_eq!(state(), SessionState::RwPublic);
        token.find(id(1)).unwrap();
        assert_eq!(state(), SessionState::RwUser);
        drop(token);
        assert_eq!(state(), SessionState::RwPublic);
    });
}

#[test]
fn a_source_of_randomness_that_fails_is_told_apart() {
    struct Broken;
    impl Random for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), CryptoError> {
            Err(CryptoError::LibraryRefused { operation: "draw" })
        }
    }
    alone(|soft| {
        let token = soft.token_random(PIN, settings(), Arc::new(Broken));
        token.generate(id(1), "orders").unwrap();
        assert_eq!(
            token.encrypt(id(1), b"", b""),
            Err(Error::RandomUnavailable)
        );
    });
}
