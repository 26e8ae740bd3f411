//! The kill test: `kill -9` at any moment loses nothing that was acknowledged.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod checks;
mod disk;
mod journal;
mod load;
mod power;
mod shim;
mod trail;

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use keystead_testkit::{Seeded, Server, ServerOptions};
use serde_json::json;

use crate::load::{Acknowledged, Load};
use crate::shim::{Clock, Shim};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

const KILLS: u64 = 20;
/// How often a server is killed while it delivers the trail, after that.
const KILLS_AT_DELIVERY: u64 = 2;
/// How many calls are acknowledged before a kill, at most.
const MOST_CALLS: u64 = 60;
/// How long after them the kill comes, at most: long enough to hit every step of a call.
const MOST_MICROSECONDS: u64 = 5000;

/// How many first starts are cut off, five times each.
const FIRST_STARTS: u64 = 15;
/// How long a first start is left alone, at most: about as long as it takes.
const MOST_STARTING_MICROSECONDS: u64 = 25_000;

#[test]
fn nothing_acknowledged_is_lost() {
    let (shim, clock) = (Shim::build(), Clock::new());
    let mut seeded = Seeded::fresh();
    let acknowledged = Mutex::new(Acknowledged::default());
    let mut server = shim.options(BINARY, &clock).start();
    for round in 0..KILLS + KILLS_AT_DELIVERY {
        let is_delivering = round >= KILLS;
        load_and_kill(
            &mut server,
            round,
            &mut seeded,
            &acknowledged,
            &clock,
            is_delivering,
        );
        // So that the trail has hours to tell of.
        clock.advance_seconds(1500);
        server = server.restart();
        let mut client = server.client();
        client.skew_seconds = clock.ahead_seconds();
        let acknowledged = acknowledged.lock().unwrap();
        checks::check(&server, &client, &acknowledged, &mut seeded);
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.keys().next().is_some() && !acknowledged.aliases().is_empty());
    power::check(&server, &clock, &acknowledged, &mut seeded);
    let mut client = server.client();
    client.skew_seconds = clock.ahead_seconds();
    checks::check_ciphertexts(&client, acknowledged.ciphertexts().into_iter());
}

/// A first start makes a root key, an account and an admin. Wherever it is cut off, the next start
/// completes it, and the credentials in the file are those that work.
#[test]
fn a_first_start_that_is_cut_off_can_be_repeated() {
    let mut seeded = Seeded::fresh();
    for _ in 0..FIRST_STARTS {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..5 {
            let mut first = Command::new(BINARY)
                .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
                .arg(folder.path().join("data"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_micros(
                seeded.below(MOST_STARTING_MICROSECONDS),
            ));
            first.kill().unwrap();
            first.wait().unwrap();
        }
        let server = ServerOptions::new(BINARY).start_in(folder);
        let made = server.client().call("CreateKey", &json!({}));
        assert_eq!(made.status, 200, "{}", made.text());
    }
}

/// Lets clients work until the server dies under their hands, at any moment or while it delivers the trail.
fn load_and_kill(
    server: &mut Server,
    round: u64,
    seeded: &mut Seeded,
    acknowledged: &Mutex<Acknowledged>,
    clock: &Clock,
    is_delivering: bool,
) {
    let calls = 1 + seeded.below(MOST_CALLS);
    let pause = Duration::from_micros(seeded.below(MOST_MICROSECONDS));
    let load = Load::new(acknowledged, clock, round);
    load.run(server, seeded, |server, answers| {
        let count = answers.iter().take(usize::try_from(calls).unwrap()).count();
        let died = || format!("the server died by itself: {}", server.log());
        assert_eq!(count as u64, calls, "{}", died());
        let files = || trail::files(&trail::folder(server), "CloudTrail").len();
        let before = files();
        while is_delivering && files() == before {
            assert!(answers.recv().is_ok(), "{}", died());
        }
        thread::sleep(pause);
        load.is_over.store(true, Ordering::SeqCst);
        server.kill();
    });
}
