//! Disks that fail under a server: full, broken, read-only, slow, and in the middle of a write. Whatever fails, what was
//! acknowledged stays, nothing succeeds without a record, and the same process goes on when the disk does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod disk;
mod load;

use std::thread;
use std::time::{Duration, Instant};

use keystead_testkit::node::JsonService;
use keystead_testkit::{Client, Server, ServerOptions};
use serde_json::{Value, json};

use crate::disk::calls::{ALL, CREATE, SYNC, TRUNCATE, WRITE};
use crate::disk::{Disk, EIO, ENOSPC, EROFS, Fault, Files, Kind};
use crate::load::Load;

/// The longest that what goes on behind calls may take.
const PATIENCE: Duration = Duration::from_secs(90);

const LOG: Files = Files::With("/audit/segment-");
const JOURNAL: Files = Files::With("/audit/journal");
const STORES: Files = Files::With(".sqlite");
const TRAIL: Files = Files::With("/audit/trail/");
const INDEX: Files = Files::With("/audit/index");

/// What fails while the disk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Everything,
    Changes,
    Nothing,
}

fn options() -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
}

fn health(client: &Client, path: &str) -> u16 {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    client.raw(request.as_bytes()).status
}

const fn fault(files: Files, calls: i32, kind: Kind) -> Fault {
    Fault {
        files,
        calls,
        kind,
        times: None,
    }
}

/// Starts a server whose disk is well.
fn start(disk: &Disk) -> (Server, Load) {
    let server = disk.under(options()).start();
    let mut load = Load::default();
    load.run(&server.client());
    assert_eq!(load.failed(), 0);
    (server, load)
}

/// Has the disk fail, and then not any more.
fn suffer(
    disk: &Disk,
    server: &Server,
    load: &mut Load,
    fault: Fault,
    effect: Effect,
    cause: &str,
) {
    let client = server.client();
    let said = server.log().len();
    disk.fail(fault);
    for _ in 0..2 {
        let before = load.failed();
        load.run(&client);
        let failed = load.failed() - before;
        let (all, changes) = (load::CALLS, load::CHANGES);
        match effect {
            Effect::Everything => assert_eq!(failed, all, "{fault:?}"),
            Effect::Changes => assert_eq!(failed, changes, "{fault:?}"),
            Effect::Nothing => assert_eq!(failed, 0, "{fault:?}\n{}", server.log()),
        }
        assert_eq!(health(&client, "/health/live"), 200);
    }
    assert!(disk.strikes() > 0, "{fault:?} has not struck");
    disk.heal();
    let said = server.log()[said..].to_owned();
    assert!(
        said.contains(cause),
        "{fault:?}: {cause:?} is not in\n{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    // The same process goes on.
    let before = load.failed();
    load.run(&client);
    assert_eq!(load.failed(), before, "{fault:?}\n{}", server.log());
    assert_eq!(health(&client, "/health/ready"), 200);
}

/// All faults, one after the other, of one server, which is killed after each.
fn suffer_all(files: Files, effect: Effect, rows: &[(i32, Kind, &str)]) {
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    for (calls, kind, cause) in rows {
        let is_harmless = matches!(kind, Kind::Short | Kind::Interrupted | Kind::Slow);
        let effect = if is_harmless { Effect::Nothing } else { effect };
        suffer(
            &disk,
            &server,
            &mut load,
            fault(files, *calls, *kind),
            effect,
            cause,
        );
        load.check(&server, &server.client());
        server = server.restart();
        load.check(&server, &server.client());
    }
}

#[test]
fn nothing_succeeds_without_the_audit_log() {
    let (no_space, broken) = ("No space left on device", "Input/output error");
    suffer_all(
        LOG,
        Effect::Everything,
        &[
            // First, for there is more to check each time, until there is a journal that is synced instead.
            (SYNC, Kind::Slow, ""),
            (SYNC, Kind::Fails(EIO), broken),
            (SYNC, Kind::Fails(ENOSPC), no_space),
            (WRITE, Kind::Fails(ENOSPC), no_space),
            (WRITE, Kind::Fills(ENOSPC), no_space),
            (WRITE, Kind::Fails(EIO), broken),
            (WRITE, Kind::Fills(EIO), broken),
            (
                WRITE | TRUNCATE | CREATE,
                Kind::Fails(EROFS),
                "Read-only file system",
            ),
            (WRITE, Kind::Short, ""),
            (WRITE, Kind::Interrupted, ""),
        ],
    );
}

/// Works until the log has a journal, and some groups in it.
fn work_for_journal(server: &Server, load: &mut Load) {
    let (client, started) = (server.client(), Instant::now());
    let journal = server.data_dir().join("audit/journal");
    let is_used = || std::fs::read(&journal).is_ok_and(|content| content.starts_with(b"\0ksd"));
    while !is_used() {
        load.run(&client);
        assert!(started.elapsed() < PATIENCE, "there is no journal");
    }
    assert_eq!(load.failed(), 0);
}

#[test]
fn nothing_succeeds_without_the_audit_logs_journal() {
    let (no_space, broken) = ("No space left on device", "Input/output error");
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    work_for_journal(&server, &mut load);
    for (calls, kind, effect, cause) in [
        (WRITE, Kind::Fails(EIO), Effect::Everything, broken),
        (WRITE, Kind::Fills(ENOSPC), Effect::Everything, no_space),
        (SYNC, Kind::Fails(EIO), Effect::Everything, broken),
        (WRITE, Kind::Short, Effect::Nothing, ""),
        (SYNC, Kind::Slow, Effect::Nothing, ""),
    ] {
        let fault = fault(JOURNAL, calls, kind);
        suffer(&disk, &server, &mut load, fault, effect, cause);
        load.check(&server, &server.client());
        server = server.restart();
        load.check(&server, &server.client());
    }
}

/// Segments are synced behind the calls. When that fails, and what was written to them since the last time is lost, the
/// journal has it, for a start after a crash and for the process that goes on.
#[test]
fn what_segments_lost_comes_back_from_the_journal() {
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    work_for_journal(&server, &mut load);
    let key = load.key();
    let value = "x".repeat(6000);
    let input = json!({ "KeyId": key, "Plaintext": "AAAA", "EncryptionContext": { "of": "this test", "x": value } });
    let mut made = 0;
    for goes_on in [false, true] {
        disk.fail(Fault {
            times: Some(1),
            ..fault(LOG, SYNC, Kind::Fails(EIO))
        });
        let client = server.client();
        let encrypt = |count: &mut usize| {
            let answer = client.call("Encrypt", &input);
            assert_eq!(answer.status, 200, "{}", server.log());
            *count += 1;
        };
        let started = Instant::now();
        while disk.strikes() == 0 {
            encrypt(&mut made);
            assert!(started.elapsed() < PATIENCE, "no segment is synced");
        }
        if goes_on {
            // More than half of the journal.
            for _ in 0..800 {
                encrypt(&mut made);
            }
            let said = "segments of the audit log can't be synced";
            assert!(server.log().contains(said));
        }
        disk.heal();
        server = server.restart();
        load.check(&server, &server.client());
        let events = server.audit_events();
        let context =
            |event: &&Value| event["requestParameters"]["encryptionContext"]["of"] == "this test";
        assert_eq!(
            events.iter().filter(context).count(),
            made,
            "goes on: {goes_on}"
        );
    }
}

#[test]
fn no_change_succeeds_without_the_store() {
    let broken = "disk I/O error";
    suffer_all(
        STORES,
        Effect::Changes,
        &[
            (WRITE, Kind::Fails(ENOSPC), "full"),
            (WRITE, Kind::Fills(ENOSPC), "full"),
            (WRITE, Kind::Fails(EIO), broken),
            (SYNC, Kind::Fails(EIO), broken),
            (SYNC, Kind::Fails(ENOSPC), broken),
            (ALL, Kind::Fails(EROFS), broken),
            (WRITE, Kind::Short, ""),
            (WRITE, Kind::Interrupted, ""),
            (SYNC, Kind::Slow, ""),
        ],
    );
}

/// A sync that fails once loses what it was for, and the next one says nothing of that.
#[test]
fn what_a_failed_sync_lost_is_not_taken_for_safe() {
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    for files in [LOG, STORES] {
        for _ in 0..3 {
            disk.fail(Fault {
                times: Some(1),
                ..fault(files, SYNC, Kind::Fails(EIO))
            });
            for _ in 0..3 {
                load.run(&server.client());
            }
            assert_eq!(disk.strikes(), 1);
            disk.heal();
            load.run(&server.client());
            server = server.restart();
            load.check(&server, &server.client());
        }
    }
}

/// SQLite moves its log into its file from time to time, and goes on with the log while it can't.
#[test]
fn a_store_that_cannot_move_its_log_loses_nothing() {
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    let key = load.key();
    for (calls, kind) in [
        (SYNC, Kind::Fails(EIO)),
        (WRITE, Kind::Fails(EIO)),
        (WRITE, Kind::Fails(ENOSPC)),
    ] {
        disk.fail(fault(Files::Ending("/us-east-1.sqlite"), calls, kind));
        let (client, started) = (server.client(), Instant::now());
        for number in 0.. {
            let input =
                json!({ "KeyId": key, "Description": format!("{number} {}", "x".repeat(8000)) });
            assert_eq!(client.call("UpdateKeyDescription", &input).status, 200);
            if disk.strikes() > 1 {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "SQLite leaves its file alone");
        }
        load.run(&client);
        server = server.restart();
        disk.heal();
        load.run(&server.client());
        load.check(&server, &server.client());
    }
    assert_eq!(load.failed(), 0);
}

/// The trail is made behind the calls, which wait for nothing of it; it catches up, and is whole.
#[test]
fn calls_go_on_without_the_trail_and_it_catches_up() {
    let disk = Disk::new();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("keystead.toml");
    std::fs::write(&config, "[audit.trail]\ninterval_seconds = 1\n").unwrap();
    let options = disk
        .under(options())
        .arg("--config")
        .arg(config.to_str().unwrap());
    let server = options.start();
    let client = server.client();
    let mut load = Load::default();
    load.run(&client);
    for (calls, kind, cause) in [
        (WRITE, Kind::Fills(ENOSPC), "No space left on device"),
        (SYNC, Kind::Fails(EIO), "Input/output error"),
        (ALL, Kind::Fails(EROFS), "Read-only file system"),
    ] {
        let said = server.log().len();
        disk.fail(fault(TRAIL, calls, kind));
        load.run(&client);
        disk.wait_for_strike();
        wait_for(&server, said, "the audit trail is not in order");
        load.run(&client);
        disk.heal();
        wait_for(&server, said, "the audit trail is in order again");
        let said = server.log()[said..].to_owned();
        assert!(said.contains(cause), "{cause} is not in\n{said}");
    }
    assert_eq!(load.failed(), 0);
    let delivered = || load::delivered(&server);
    let started = Instant::now();
    while delivered().len() < server.audit_events().len() {
        assert!(started.elapsed() < PATIENCE, "the trail does not catch up");
        thread::sleep(Duration::from_millis(200));
    }
    let ids = |records: &[Value]| -> Vec<String> {
        let mut ids: Vec<_> = records
            .iter()
            .map(|record| record["eventID"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&delivered()), ids(&server.audit_events()));
    load.check(&server, &server.client());
}

fn wait_for(server: &Server, from: usize, text: &str) {
    let started = Instant::now();
    while !server.log()[from..].contains(text) {
        assert!(
            started.elapsed() < PATIENCE,
            "{text:?} is not in\n{}",
            &server.log()[from..]
        );
        thread::sleep(Duration::from_millis(50));
    }
}

/// What is not indexed is searched without an index, so that everything is found while no index can be written.
#[test]
fn everything_is_found_while_no_index_can_be_written() {
    let disk = Disk::new();
    let (mut server, mut load) = start(&disk);
    for (calls, kind, cause) in [
        (WRITE, Kind::Fills(ENOSPC), "No space left on device"),
        (SYNC, Kind::Fails(EIO), "Input/output error"),
        (ALL, Kind::Fails(EROFS), "Read-only file system"),
    ] {
        assert!(server.terminate().success());
        begin_segment(&server);
        let before = indexes(&server);
        disk.fail(fault(INDEX, calls, kind));
        let said = server.log().len();
        server = server.restart();
        load.run(&server.client());
        wait_for(&server, said, "can't be indexed for now");
        let told = server.log()[said..].to_owned();
        assert!(told.contains(cause), "{told}");
        check_found(&server);
        disk.heal();
        load.run(&server.client());
        server = server.restart();
        let started = Instant::now();
        while indexes(&server) == before {
            assert!(started.elapsed() < PATIENCE, "no index is written");
            thread::sleep(Duration::from_millis(50));
        }
        check_found(&server);
    }
    assert_eq!(load.failed(), 0);
    load.check(&server, &server.client());
}

/// Has the log of a server that was stopped go on in a new segment, as it does each day: the one before gets an index.
fn begin_segment(server: &Server) {
    let folder = server.data_dir().join("audit");
    let number = (1..)
        .find(|number| !folder.join(segment(*number)).exists())
        .unwrap();
    std::fs::write(folder.join(segment(number)), "").unwrap();
}

fn segment(number: u32) -> String {
    format!("segment-{number:08}.jsonl")
}

/// How many index files there are.
fn indexes(server: &Server) -> usize {
    let files = std::fs::read_dir(server.data_dir().join("audit/index"));
    let names = files.into_iter().flatten().map(|file| file.unwrap().path());
    names
        .filter(|path| path.extension().is_none_or(|extension| extension != "new"))
        .count()
}

fn check_found(server: &Server) {
    let client = server.client();
    let input = json!({ "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "CreateKey" }] });
    let mut found = 0;
    let mut page = client.json_ok(JsonService::CLOUDTRAIL, "LookupEvents", &input);
    loop {
        found += page["Events"].as_array().unwrap().len();
        let Some(token) = page.get("NextToken") else {
            break;
        };
        let mut next = input.clone();
        next["NextToken"] = token.clone();
        page = client.json_ok(JsonService::CLOUDTRAIL, "LookupEvents", &next);
    }
    let records = server.audit_events();
    let made = records
        .iter()
        .filter(|record| record["eventName"] == "CreateKey");
    assert_eq!(found, made.count());
}

/// A server whose disk is read-only or broken says so when it starts, and starts once it is not.
#[test]
fn a_start_on_a_failing_disk_says_why() {
    let disk = Disk::new();
    let (mut server, load) = start(&disk);
    assert!(server.terminate().success());
    for (files, calls, error, cause) in [
        (Files::With("/data/"), ALL, EROFS, "Read-only file system"),
        (LOG, ALL, EROFS, "Read-only file system"),
        (LOG, SYNC, EIO, "Input/output error"),
        (STORES, CREATE, EROFS, "Read-only file system"),
        (STORES, WRITE, EIO, "disk I/O error"),
    ] {
        disk.fail(fault(files, calls, Kind::Fails(error)));
        let said = disk.under(options()).must_not_start(&server.data_dir());
        assert!(
            said.contains(cause),
            "{files:?}: {cause:?} is not in\n{said}"
        );
        assert!(!said.contains("panicked"), "{said}");
    }
    disk.heal();
    let server = server.restart();
    load.check(&server, &server.client());
}
