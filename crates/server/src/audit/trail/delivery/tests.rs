use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;
use crate::audit::trail::catalogue::{Catalogue, Wanted};
use crate::audit::trail::name::Kind;
use crate::audit::trail::testing::{DyingDisk, INTERVAL, ONE, REGION, Scene, TWO, region, time};
use crate::audit::trail::verify::{PublicKeys, Report, Request, own_list, verify};

fn objects(scene: &Scene, account: &str) -> Vec<ObjectKey> {
    let bucket = name::bucket(account.parse().unwrap());
    let catalogue = Catalogue::new(scene.trail().join(bucket));
    let wanted = Wanted {
        most: usize::MAX,
        ..Wanted::default()
    };
    catalogue.list(&wanted).unwrap().keys
}

fn read(scene: &Scene, key: &ObjectKey) -> Value {
    let bucket = name::bucket(key.account().parse().unwrap());
    let file = fs::File::open(scene.trail().join(bucket).join(key.as_str())).unwrap();
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The digests of an account, by the end of their time: when it begins, and how many records are in
/// their log files.
fn digests(scene: &Scene, account: &str) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    for key in objects(scene, account) {
        if key.kind() != Kind::Digest {
            continue;
        }
        let digest = read(scene, &key);
        let mut records = 0;
        for log in digest["logFiles"].as_array().unwrap() {
            let log = ObjectKey::parse(log["s3Object"].as_str().unwrap()).unwrap();
            records += read(scene, &log)["Records"].as_array().unwrap().len();
        }
        let text = |name: &str| digest[name].as_str().unwrap().to_owned();
        found.push((text("digestStartTime"), text("digestEndTime"), records));
    }
    found
}

/// How often each record is in the log files, by the number that it was logged with.
fn records(scene: &Scene) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for key in [ONE, TWO].map(|account| objects(scene, account)).concat() {
        if key.kind() == Kind::Log {
            for record in read(scene, &key)["Records"].as_array().unwrap() {
                let id = record["eventID"].as_str().unwrap().parse().unwrap();
                *counts.entry(id).or_default() += 1;
            }
        }
    }
    counts
}

fn report(scene: &Scene) -> Report {
    let list = own_list(&scene.trail()).unwrap().unwrap();
    let keys = PublicKeys::read(&list).unwrap();
    let trail = scene.trail();
    let request = Request {
        directory: &trail,
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &keys,
    };
    verify(&request).unwrap()
}

/// Everything is there once, and what there is can be proven.
fn check_all(scene: &Scene) {
    let report = report(scene);
    assert!(report.is_valid(), "{report:#?}");
    let expected: BTreeMap<_, _> = (1..=scene.lines()).map(|id| (id, 1)).collect();
    assert_eq!(records(scene), expected);
}

#[tokio::test]
async fn every_hour_from_the_first_record_on_has_a_digest() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z"]);
    assert_eq!(digests(&scene, ONE), []);
    let names: Vec<_> = objects(&scene, ONE);
    let name = names[0].as_str();
    let start = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/02/111122223333_CloudTrail_us-east-1_20260102T0305Z_";
    assert!(name.starts_with(start), "{name}");

    scene.log(ONE, REGION, "2026-01-02T03:59:59Z").await;
    scene.log(TWO, REGION, "2026-01-02T04:00:00Z").await;
    scene.log(ONE, "eu-west-1", "2026-01-02T04:00:01Z").await;
    scene.deliver(&["2026-01-02T04:00:07Z", "2026-01-02T06:00:01Z"]);
    let hour = |from: u32, records| {
        let text = |hour| format!("2026-01-02T{hour:02}:00:00Z");
        (text(from), text(from + 1), records)
    };
    // One chain in each Region: the other began an hour later.
    assert_eq!(
        digests(&scene, ONE),
        [hour(4, 1), hour(5, 0), hour(3, 2), hour(4, 0), hour(5, 0)]
    );
    assert_eq!(digests(&scene, TWO), [hour(4, 1), hour(5, 0)]);
    check_all(&scene);
}

#[tokio::test]
async fn rounds_are_made_in_intervals_and_when_hours_end() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    let mut delivery = scene.delivery(scene.folder());
    let mut run = |now: &str| {
        let is_due = delivery.is_due(time(now));
        delivery
            .run(time(now), &mut scene.signer, &|| true)
            .unwrap();
        is_due
    };
    for (now, is_due) in [
        ("2026-01-02T03:10:00Z", true),
        ("2026-01-02T03:10:00Z", false),
        ("2026-01-02T03:14:59Z", false),
        ("2026-01-02T03:15:00Z", true),
        ("2026-01-02T03:59:00Z", true),
        ("2026-01-02T04:00:00Z", true),
        ("2026-01-02T04:00:01Z", false),
        // The clock was wrong, and is set right.
        ("2026-01-02T03:30:00Z", true),
        ("2026-01-02T03:30:01Z", false),
    ] {
        assert_eq!(run(now), is_due, "{now}");
    }
}

#[tokio::test]
async fn a_long_time_without_the_server_has_one_digest_and_then_one_for_each_hour_of_a_week() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z"]);
    scene.log(ONE, REGION, "2026-01-02T03:06:00Z").await;
    scene.log(ONE, REGION, "2026-01-30T00:00:00Z").await;
    scene.deliver(&["2026-02-01T00:30:00Z"]);
    let digests = digests(&scene, ONE);
    let start = "2026-01-02T03:00:00Z".to_owned();
    let week_before = "2026-01-25T01:00:00Z".to_owned();
    assert_eq!(digests.len(), 168);
    assert_eq!(digests[0], (start, week_before.clone(), 2));
    assert_eq!(digests[1].0, week_before);
    assert_eq!(digests[167].1, "2026-02-01T00:00:00Z");
    check_all(&scene);
}

#[tokio::test]
async fn records_of_the_future_wait_for_no_hour() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2036-01-02T03:04:05Z").await;
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z", "2026-01-02T05:05:00Z"]);
    scene.log(ONE, REGION, "2036-01-02T03:04:05Z").await;
    scene.log(ONE, REGION, "2026-01-02T05:06:05Z").await;
    scene.deliver(&["2026-01-02T07:05:00Z"]);
    check_all(&scene);
}

#[tokio::test]
async fn files_have_at_most_a_rounds_lines() {
    let mut scene = Scene::new();
    for _ in 0..10 {
        scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
        scene.log(TWO, REGION, "2026-01-02T03:04:05Z").await;
    }
    let mut delivery = scene.delivery(scene.folder());
    delivery.round_bytes = 500;
    delivery
        .run(time("2026-01-02T03:05:00Z"), &mut scene.signer, &|| true)
        .unwrap();
    assert!(objects(&scene, ONE).len() > 3);
    scene.deliver(&["2026-01-02T04:00:00Z"]);
    check_all(&scene);
}

#[tokio::test]
async fn a_new_key_takes_over_and_the_chain_goes_on() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.signer.second_from = Some(time("2026-01-02T05:00:00Z"));
    scene.deliver(&["2026-01-02T07:05:00Z"]);
    let fingerprints: Vec<_> = objects(&scene, ONE)
        .iter()
        .filter(|key| key.kind() == Kind::Digest)
        .map(|key| read(&scene, key)["digestPublicKeyFingerprint"].clone())
        .collect();
    assert_eq!(fingerprints[0], fingerprints[1]);
    assert_ne!(fingerprints[1], fingerprints[2]);
    check_all(&scene);
}

#[tokio::test]
async fn the_trail_keeps_its_home_and_its_place() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T04:05:00Z"]);
    let reader = scene.delivery(scene.folder()).reader;
    let open = |home: &str| Delivery::open(scene.folder(), reader.clone(), &region(home), 300);
    let moved = open("eu-west-1").unwrap();
    assert_eq!(moved.state().home, region(REGION));

    // A log that was brought back from an older copy does not fit.
    let mut state = moved.state().clone();
    state.cursor.offset += 1;
    state.save(&mut scene.folder()).unwrap();
    assert!(matches!(open(REGION).err(), Some(TrailError::AheadOfLog)));
    for bad in ["", "{}", "null", r#"{"version":2}"#] {
        fs::write(scene.trail().join("state.json"), bad).unwrap();
        assert!(
            matches!(open(REGION).err(), Some(TrailError::State { .. })),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_trail_without_its_state_is_not_begun_over_what_it_delivered() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T04:05:00Z"]);
    let reader = scene.delivery(scene.folder()).reader;
    let open = || Delivery::open(scene.folder(), reader.clone(), &region(REGION), INTERVAL);
    fs::remove_file(scene.trail().join("state.json")).unwrap();
    assert!(matches!(open().err(), Some(TrailError::State { .. })));
    fs::rename(scene.trail(), scene.trail().with_extension("old")).unwrap();
    open().unwrap();
}

#[tokio::test]
async fn records_that_went_with_their_segments_are_told_of() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z"]);
    scene.log(ONE, REGION, "2026-01-02T03:06:05Z").await;
    scene.end_segment().await;
    scene.log(ONE, REGION, "2026-01-02T03:07:05Z").await;
    scene.remove_segment(1);
    let mut delivery = scene.delivery(scene.folder());
    for now in ["2026-01-02T03:10:00Z", "2026-01-02T03:15:00Z"] {
        let signer = &mut scene.signer;
        delivery.run(time(now), signer, &|| true).unwrap();
        let gap = delivery.check(time(now)).unwrap_err();
        assert!(matches!(gap, TrailError::Gap { first: 1, last: 1 }));
    }
    assert_eq!(records(&scene).into_keys().collect::<Vec<_>>(), [1, 3]);
    let next = scene.delivery(scene.folder());
    next.check(time("2026-01-02T03:15:00Z")).unwrap();
}

#[tokio::test]
async fn digests_of_the_future_are_told_of() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z", "2036-01-02T03:05:00Z"]);
    scene.log(ONE, REGION, "2026-01-02T03:07:05Z").await;
    scene.deliver(&["2026-01-02T03:10:00Z"]);
    assert_eq!(records(&scene).into_keys().collect::<Vec<_>>(), [1, 2]);
    let delivery = scene.delivery(scene.folder());
    let until = time("2036-01-02T03:00:00Z");
    for (now, is_wrong) in [
        ("2026-01-02T03:10:00Z", true),
        ("2036-01-02T01:59:59Z", true),
        ("2036-01-02T02:00:00Z", false),
    ] {
        match delivery.check(time(now)) {
            Err(TrailError::Ahead { until: told }) => assert!(is_wrong && told == until, "{now}"),
            other => assert!(!is_wrong && other.is_ok(), "{now} {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_run_that_is_to_end_stops_between_steps() {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.log(TWO, REGION, "2026-01-02T03:04:05Z").await;
    let now = time("2026-01-02T05:05:00Z");
    let mut stopped = 0;
    loop {
        let asked = Cell::new(0);
        let goes_on = || asked.replace(asked.get() + 1) < stopped;
        let mut delivery = scene.delivery(scene.folder());
        delivery.run(now, &mut scene.signer, &goes_on).unwrap();
        if stopped == 0 {
            assert_eq!(digests(&scene, ONE), []);
        }
        if !delivery.is_due(now) {
            break;
        }
        assert!(asked.get() > stopped, "it ended before its work did");
        stopped += 1;
    }
    assert_eq!(stopped, 4, "after a round, after a digest, after each hour");
    scene.deliver(&["2026-01-02T05:05:00Z"]);
    check_all(&scene);
}

/// Some hours of work, at the times when it is due.
const TIMES: [&str; 4] = [
    "2026-01-02T03:05:00Z",
    "2026-01-02T03:10:00Z",
    "2026-01-02T05:00:05Z",
    "2026-01-02T05:10:00Z",
];

async fn log_what_is_new(scene: &mut Scene, step: usize) {
    let records: &[(&str, &str)] = match step {
        0 => &[(ONE, "2026-01-02T03:04:05Z"), (TWO, "2026-01-02T03:04:06Z")],
        1 => &[(ONE, "2026-01-02T03:06:05Z")],
        2 => &[
            (TWO, "2026-01-02T03:59:05Z"),
            (ONE, "2026-01-02T04:00:00Z"),
            (TWO, "2026-01-02T05:00:01Z"),
        ],
        _ => &[],
    };
    for (account, time) in records {
        scene.log(account, REGION, time).await;
    }
}

/// How many writes all the work makes.
async fn writes() -> usize {
    const MANY: usize = 1000;
    let mut scene = Scene::new();
    let mut left = MANY;
    for (step, now) in TIMES.iter().enumerate() {
        log_what_is_new(&mut scene, step).await;
        let mut delivery = scene.delivery(DyingDisk::new(scene.trail(), left, false));
        let ran = delivery.run(time(now), &mut scene.signer, &|| true);
        ran.unwrap();
        left = delivery.disk.left;
    }
    MANY - left
}

/// The process is killed before or after each single write, and another one goes on at the next
/// time: never is a record lost or delivered twice, or a file left that nothing proves.
#[tokio::test]
async fn nothing_is_lost_wherever_the_process_dies() {
    for made in 0..writes().await {
        for last_is_made in [false, true] {
            let mut scene = Scene::new();
            let mut left = Some(made);
            for (step, now) in TIMES.iter().enumerate() {
                log_what_is_new(&mut scene, step).await;
                let most = left.unwrap_or(usize::MAX);
                let disk = DyingDisk::new(scene.trail(), most, last_is_made);
                let mut delivery = scene.delivery(disk);
                let ran = delivery.run(time(now), &mut scene.signer, &|| true);
                left = ran.ok().and(left).map(|_| delivery.disk.left);
            }
            assert_eq!(left, None, "nobody died after {made} writes");
            scene.deliver(&["2026-01-02T06:00:00Z", "2026-01-02T06:00:05Z"]);
            check_all(&scene);
        }
    }
}

/// The same process goes on after each single write that fails.
#[tokio::test]
async fn nothing_is_lost_wherever_the_disk_fails() {
    for failing in 0..writes().await {
        let mut scene = Scene::new();
        let disk = DyingDisk::new(scene.trail(), failing, true);
        let mut delivery = scene.delivery(disk);
        for (step, now) in TIMES.iter().enumerate() {
            log_what_is_new(&mut scene, step).await;
            if delivery
                .run(time(now), &mut scene.signer, &|| true)
                .is_err()
            {
                delivery.disk.left = usize::MAX;
            }
        }
        drop(delivery);
        scene.deliver(&["2026-01-02T06:00:00Z"]);
        check_all(&scene);
    }
}
