//! Keys: made, used, destroyed, and never taken out.

use cryptoki::error::{Error as CryptokiError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use keystead_pkcs11::{Error, Health, Iv, KeyId, PLAINTEXT_LIMIT, Sealed, Settings, Token, Vendor};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::kit::{PIN, SoftHsm, alone, id, settings};

/// A session behind the crate's back: logged in, since the crate is.
fn session_of_user(soft: &SoftHsm) -> Session {
    soft.raw.open_rw_session(soft.slot).unwrap()
}

fn objects(session: &Session, id: KeyId) -> Vec<ObjectHandle> {
    let template = [Attribute::Id(id.as_bytes().to_vec())];
    session.find_objects(&template).unwrap()
}

/// Makes a key with an id as somebody else might.
fn make_key(session: &Session, id: KeyId, extractable: bool) {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::ValueLen(32.into()),
        Attribute::Id(id.as_bytes().to_vec()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(extractable),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Wrap(false),
        Attribute::Derive(false),
    ];
    session
        .generate_key(&Mechanism::AesKeyGen, &template)
        .unwrap();
}

#[test]
fn a_key_lives_from_generate_to_destroy() {
    alone(|soft| {
        let token = soft.token();
        let identity = token.connect().unwrap();
        assert_eq!(identity.label, "keystead");
        assert_eq!((identity.vendor, identity.sessions), ("softhsm", 2));

        token.generate(id(1), "orders").unwrap();
        token.find(id(1)).unwrap();
        let sealed = token.encrypt(id(1), b"aad", b"hello").unwrap();
        assert_eq!(sealed.iv.as_bytes().len(), 12);
        assert_eq!(sealed.ciphertext.len(), 5);
        let opened = token.decrypt(id(1), b"aad", &sealed).unwrap();
        assert_eq!(opened.expose(), b"hello");
        assert_ne!(token.encrypt(id(1), b"aad", b"hello").unwrap(), sealed);

        token.destroy(id(1)).unwrap();
        let gone = Error::KeyNotFound { id: id(1) };
        assert_eq!(token.find(id(1)), Err(gone.clone()));
        assert_eq!(token.destroy(id(1)), Err(gone.clone()));
        assert_eq!(token.encrypt(id(1), b"", b""), Err(gone.clone()));
        assert_eq!(token.decrypt(id(1), b"aad", &sealed), Err(gone));
        assert_eq!(token.health(), Health::Connected);
    });
}

#[test]
fn a_key_outlives_the_login() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        let sealed = token.encrypt(id(1), b"", b"hello").unwrap();
        drop(token);
        let opened = soft.token().decrypt(id(1), b"", &sealed).unwrap();
        assert_eq!(opened.expose(), b"hello");
    });
}

#[test]
fn no_id_is_used_twice() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "first").unwrap();
        let exists = Err(Error::KeyExists { id: id(1) });
        assert_eq!(token.generate(id(1), "second"), exists);
        assert_eq!(objects(&session_of_user(soft), id(1)).len(), 1);
        token.find(id(1)).unwrap();
    });
}

#[test]
fn two_keys_with_one_id_are_not_used() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "ours").unwrap();
        make_key(&session_of_user(soft), id(1), false);
        // Where ours is, is known. Whoever has to look finds two.
        token.encrypt(id(1), b"", b"").unwrap();
        let ambiguous = Error::KeyAmbiguous {
            id: id(1),
            count: 2,
        };
        assert_eq!(token.find(id(1)), Err(ambiguous.clone()));
        assert_eq!(token.destroy(id(1)), Err(ambiguous));
    });
}

#[test]
fn a_key_does_not_leave_the_token() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        let session = session_of_user(soft);
        let key = objects(&session, id(1))[0];
        let wanted = [
            AttributeType::Value,
            AttributeType::Extractable,
            AttributeType::Label,
            AttributeType::Sign,
            AttributeType::Unwrap,
        ];
        // Without the value, which the token keeps.
        assert_eq!(
            session.get_attributes(key, &wanted).unwrap(),
            [
                Attribute::Extractable(false),
                Attribute::Label(b"orders".to_vec()),
                Attribute::Sign(false),
                Attribute::Unwrap(false),
            ]
        );
        let easier = [Attribute::Extractable(true)];
        assert!(session.update_attributes(key, &easier).is_err());
        let easier = [Attribute::Sensitive(false)];
        assert!(session.update_attributes(key, &easier).is_err());
        let wrapping = session
            .generate_key(
                &Mechanism::AesKeyGen,
                &[
                    Attribute::ValueLen(32.into()),
                    Attribute::Wrap(true),
                    Attribute::Token(false),
                ],
            )
            .unwrap();
        let taken_out = session.wrap_key(&Mechanism::AesKeyWrap, wrapping, key);
        assert!(
            matches!(
                taken_out,
                Err(CryptokiError::Pkcs11(RvError::KeyUnextractable, _))
            ),
            "{taken_out:?}"
        );
    });
}

#[test]
fn a_key_that_could_leave_the_token_is_not_used() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "good").unwrap();
        let sealed = token.encrypt(id(1), b"", b"").unwrap();
        make_key(&session_of_user(soft), id(2), true);
        for answer in [
            token.find(id(2)),
            token.encrypt(id(2), b"", b"").map(drop),
            token.decrypt(id(2), b"", &sealed).map(drop),
        ] {
            assert!(
                matches!(answer, Err(Error::KeyUnprotected { .. })),
                "{answer:?}"
            );
        }
        // It may be destroyed.
        token.destroy(id(2)).unwrap();
    });
}

#[test]
fn a_key_that_somebody_destroyed_is_not_found() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        token.encrypt(id(1), b"", b"").unwrap();
        let session = session_of_user(soft);
        session.destroy_object(objects(&session, id(1))[0]).unwrap();
        let gone = Err(Error::KeyNotFound { id: id(1) });
        assert_eq!(token.encrypt(id(1), b"", b""), gone);
    });
}

#[test]
fn what_was_altered_is_not_decrypted() {
    alone(|soft| {
        // One session: none may stay behind in the middle of something.
        let token = soft.token_with(
            PIN,
            Settings {
                sessions: 1,
                ..settings()
            },
        );
        token.generate(id(1), "orders").unwrap();
        token.generate(id(2), "others").unwrap();
        let good = token.encrypt(id(1), b"aad", b"hello").unwrap();
        let altered = |alter: fn(&mut Sealed)| {
            let mut sealed = good.clone();
            alter(&mut sealed);
            sealed
        };
        for (key, aad, sealed) in [
            (id(1), &b"aad"[..], altered(|sealed| sealed.tag[15] ^= 1)),
            (id(1), b"aad", altered(|sealed| sealed.ciphertext[0] ^= 1)),
            (
                id(1),
                b"aad",
                altered(|sealed| sealed.ciphertext.truncate(4)),
            ),
            (id(1), b"aad", altered(|sealed| sealed.ciphertext.clear())),
            (id(1), b"aad", altered(|sealed| sealed.ciphertext.push(0))),
            (
                id(1),
                b"aad",
                altered(|sealed| sealed.ciphertext.resize(PLAINTEXT_LIMIT + 1, 0)),
            ),
            (
                id(1),
                b"aad",
                altered(|sealed| sealed.iv = Iv::from_bytes(&[9; 16]).unwrap()),
            ),
            (id(1), b"aae", good.clone()),
            (id(1), b"", good.clone()),
            (id(2), b"aad", good.clone()),
        ] {
            let answer = token.decrypt(key, aad, &sealed);
            assert_eq!(answer, Err(Error::InvalidCiphertext), "{sealed:?}");
        }
        let opened = token.decrypt(id(1), b"aad", &good).unwrap();
        assert_eq!(opened.expose(), b"hello");
        assert_eq!(token.health(), Health::Connected);
    });
}

#[test]
fn whatever_is_encrypted_is_decrypted() {
    alone(|soft| {
        let token = soft.token();
        token.generate(id(1), "orders").unwrap();
        let bytes = |most| prop::collection::vec(any::<u8>(), 0..=most);
        let sizes = prop_oneof![bytes(64), bytes(PLAINTEXT_LIMIT)];
        let config = Config {
            cases: 64,
            failure_persistence: None,
            ..Config::default()
        };
        TestRunner::new(config)
            .run(&(sizes, bytes(4096)), |(plaintext, aad)| {
                check(&token, &plaintext, &aad)
            })
            .unwrap();
        for length in [0, 1, 15, 16, 17, 4096, PLAINTEXT_LIMIT] {
            check(&token, &vec![0xa5; length], b"").unwrap();
        }
        assert_eq!(
            token.encrypt(id(1), b"", &vec![0; PLAINTEXT_LIMIT + 1]),
            Err(Error::TooLong {
                length: PLAINTEXT_LIMIT + 1,
                limit: PLAINTEXT_LIMIT
            })
        );
    });
}

fn check(token: &Token, plaintext: &[u8], aad: &[u8]) -> Result<(), TestCaseError> {
    let sealed = token.encrypt(id(1), aad, plaintext).unwrap();
    prop_assert_eq!(sealed.ciphertext.len(), plaintext.len());
    let opened = token.decrypt(id(1), aad, &sealed).unwrap();
    prop_assert_eq!(opened.expose(), plaintext);
    Ok(())
}

#[test]
fn random_bytes_come_in_any_number() {
    alone(|soft| {
        let token = soft.token();
        for length in [0, 1, 1024, 5000] {
            let (mut one, mut other) = (vec![0; length], vec![0; length]);
            token.fill_random(&mut one).unwrap();
            token.fill_random(&mut other).unwrap();
            assert!(length < 2 || one != other);
            assert!(length < 5000 || one[4900..] != [0; 100]);
        }
    });
}

#[test]
fn a_token_that_makes_no_iv_where_it_should_is_not_believed() {
    alone(|soft| {
        // SoftHSM takes the zeros that it is given for the IV.
        let token = soft.token_with(
            PIN,
            Settings {
                vendor: Vendor::named("aws-cloudhsm"),
                ..settings()
            },
        );
        token.generate(id(1), "orders").unwrap();
        let answer = token.encrypt(id(1), b"", b"hello");
        assert!(
            matches!(answer, Err(Error::Unexpected { .. })),
            "{answer:?}"
        );
    });
}
