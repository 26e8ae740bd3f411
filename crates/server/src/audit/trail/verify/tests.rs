use std::fs;
use std::path::PathBuf;

use super::*;
use crate::audit::trail::SIGNATURE_SUFFIX;
use crate::audit::trail::records::compressed;
use crate::audit::trail::testing::{ONE, REGION, Scene, TWO, region, time};

/// A trail of some hours: two accounts, digests for 4 to 7 o'clock, and one file that has none yet.
async fn scene() -> Scene {
    let mut scene = Scene::new();
    scene.log(ONE, REGION, "2026-01-02T03:04:05Z").await;
    scene.log(TWO, REGION, "2026-01-02T03:04:05Z").await;
    scene.deliver(&["2026-01-02T03:05:00Z"]);
    scene.log(ONE, REGION, "2026-01-02T04:04:05Z").await;
    scene.deliver(&["2026-01-02T04:05:00Z"]);
    scene.log(ONE, REGION, "2026-01-02T05:04:05Z").await;
    scene.deliver(&["2026-01-02T05:05:00Z", "2026-01-02T07:00:01Z"]);
    scene.log(ONE, REGION, "2026-01-02T07:04:05Z").await;
    scene.deliver(&["2026-01-02T07:06:00Z"]);
    scene
}

fn keys(scene: &Scene) -> PublicKeys {
    PublicKeys::read(&own_list(&scene.trail()).unwrap().unwrap()).unwrap()
}

/// What is wrong, as `name's end: what`.
fn problems(scene: &Scene, change: impl FnOnce(&mut Request<'_>)) -> Vec<String> {
    let (trail, keys) = (scene.trail(), keys(scene));
    let mut request = Request {
        directory: &trail,
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &keys,
    };
    change(&mut request);
    let report = verify(&request).unwrap();
    let problems = report.chains.iter().flat_map(|chain| &chain.problems);
    let problems: Vec<_> = problems
        .map(|problem| {
            let key = ObjectKey::parse(&problem.object);
            let name = key.map(|key| format!("{:?} {}", key.kind(), key.time()));
            format!("{}: {}", name.unwrap_or_default(), problem.what)
        })
        .collect();
    assert_eq!(report.is_valid(), problems.is_empty());
    problems
}

fn all(scene: &Scene) -> Vec<String> {
    problems(scene, |_| ())
}

/// The file of an account's object whose name has this time.
fn file(scene: &Scene, kind: Kind, at: &str) -> PathBuf {
    let bucket = scene.trail().join(format!("keystead-audit-{ONE}"));
    let folder = bucket.join(format!(
        "AWSLogs/{ONE}/{}/{REGION}/2026/01/02",
        kind.folder()
    ));
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.contains(at) && name.ends_with(".json.gz")
    };
    files.into_iter().find(is_it).unwrap()
}

fn signature(digest: &Path) -> PathBuf {
    PathBuf::from(format!("{}{SIGNATURE_SUFFIX}", digest.display()))
}

/// The content of a file, changed.
fn rewrite(path: &Path, change: impl FnOnce(String) -> String) {
    let mut text = String::new();
    let mut file = flate2::read::GzDecoder::new(fs::File::open(path).unwrap());
    io::Read::read_to_string(&mut file, &mut text).unwrap();
    fs::write(path, compressed(change(text).as_bytes()).unwrap()).unwrap();
}

const FIVE: &str = "Digest 20260102T050000Z";
const LOG_AT_FOUR: &str = "Log 20260102T0405Z";

#[tokio::test]
async fn what_was_delivered_is_valid() {
    let scene = scene().await;
    let (trail, keys) = (scene.trail(), keys(&scene));
    let bucket = trail.join(format!("keystead-audit-{ONE}"));
    let request = Request {
        directory: &trail,
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &keys,
    };
    let report = verify(&request).unwrap();
    assert!(report.is_valid(), "{report:#?}");
    let [one, two] = &report.chains[..] else {
        panic!("{report:#?}")
    };
    assert_eq!((one.account.as_str(), one.region.as_str()), (ONE, REGION));
    assert_eq!((one.digests, one.logs, one.unproven), (4, 3, 1));
    assert_eq!(one.from.as_deref(), Some("2026-01-02T03:00:00Z"));
    assert_eq!(one.to.as_deref(), Some("2026-01-02T07:00:00Z"));
    let (newest, hash) = one.newest.clone().unwrap();
    assert!(newest.ends_with("_20260102T070000Z.json.gz") && hash.len() == 64);
    assert_eq!((two.account.as_str(), two.digests, two.logs), (TWO, 4, 1));

    // The folder of one bucket alone, as a copy has it.
    let one_bucket = Request {
        directory: &bucket,
        ..request
    };
    assert_eq!(
        verify(&one_bucket).unwrap().chains,
        std::slice::from_ref(one)
    );
    let two_alone = Request {
        account: TWO.parse().ok(),
        ..request
    };
    assert_eq!(
        verify(&two_alone).unwrap().chains,
        std::slice::from_ref(two)
    );
    let elsewhere = region("eu-west-1");
    let nothing = Request {
        region: Some(&elsewhere),
        ..request
    };
    assert_eq!(verify(&nothing).unwrap().chains, []);
    let nowhere = Request {
        directory: &trail.join("none"),
        ..request
    };
    assert!(matches!(
        verify(&nowhere),
        Err(VerifyError::Unreadable { .. })
    ));
    let empty = tempfile::tempdir().unwrap();
    let empty = Request {
        directory: empty.path(),
        ..request
    };
    assert!(matches!(verify(&empty), Err(VerifyError::NoTrail { .. })));
}

#[tokio::test]
async fn a_changed_log_file_shows() {
    for (content, what) in [
        (
            r#"{"Records":[]}"#,
            "its hash is not the one that its digest has",
        ),
        ("", "its hash is not the one that its digest has"),
    ] {
        let scene = scene().await;
        rewrite(&file(&scene, Kind::Log, "0405Z"), |_| content.to_owned());
        assert_eq!(all(&scene), [format!("{LOG_AT_FOUR}: {what}")]);
    }
}

/// Every single bit of every file, and every length of it.
#[tokio::test]
async fn no_byte_of_a_file_can_be_changed() {
    let scene = scene().await;
    for (kind, at) in [
        (Kind::Log, "0405Z"),
        (Kind::Digest, "050000Z"),
        (Kind::Digest, "070000Z"),
    ] {
        let path = file(&scene, kind, at);
        for path in [path.clone(), signature(&path)] {
            let Ok(original) = fs::read(&path) else {
                continue;
            };
            for index in (0..original.len()).step_by(7) {
                let mut changed = original.clone();
                changed[index] ^= 1 << (index % 8);
                fs::write(&path, &changed).unwrap();
                let found = all(&scene);
                // The head of a compressed file has a time and a system that say nothing, and before its last eight
                // bytes, bits may be left over that do not either.
                let says_nothing = (3..10).contains(&index) || index + 9 == original.len();
                let is_idle = path.extension().unwrap() == "gz" && says_nothing;
                assert!(is_idle || !found.is_empty(), "{}: {index}", path.display());
            }
            for length in [0, 1, original.len() / 2, original.len() - 1] {
                fs::write(&path, &original[..length]).unwrap();
                assert_ne!(
                    all(&scene),
                    [] as [String; 0],
                    "{}: {length}",
                    path.display()
                );
            }
            fs::write(&path, [original.as_slice(), b"0"].concat()).unwrap();
            assert_ne!(all(&scene), [] as [String; 0], "{}", path.display());
            fs::write(&path, &original).unwrap();
        }
    }
    assert_eq!(all(&scene), [] as [String; 0]);
}

#[tokio::test]
async fn missing_files_show() {
    let scene_with = |kind, at: &'static str| async move {
        let scene = scene().await;
        fs::remove_file(file(&scene, kind, at)).unwrap();
        all(&scene)
    };
    let missing = |name: &str| format!("{name}: it is missing");
    assert_eq!(scene_with(Kind::Log, "0405Z").await, [missing(LOG_AT_FOUR)]);
    // Its log file has nothing that proves it now.
    let expected = [
        missing(FIVE),
        format!("{LOG_AT_FOUR}: no digest tells of it"),
    ];
    assert_eq!(scene_with(Kind::Digest, "050000Z").await, expected);
    let expected = [
        missing("Digest 20260102T040000Z"),
        "Log 20260102T0305Z: no digest tells of it".to_owned(),
    ];
    assert_eq!(scene_with(Kind::Digest, "040000Z").await, expected);
}

/// What nothing within the folder can show: the newest files are gone. Whoever knows until when
/// there must be digests says so.
#[tokio::test]
async fn a_cut_end_shows_to_whoever_asks_for_a_time() {
    let scene = scene().await;
    for at in ["060000Z", "070000Z"] {
        fs::remove_file(file(&scene, Kind::Digest, at)).unwrap();
    }
    for at in ["0505Z", "0706Z"] {
        fs::remove_file(file(&scene, Kind::Log, at)).unwrap();
    }
    assert_eq!(all(&scene), [] as [String; 0]);
    let one: Option<AccountId> = ONE.parse().ok();
    let until = |end: &str| {
        problems(&scene, |request| {
            (request.account, request.end) = (one, Some(time(end)));
        })
    };
    let what = "it is the newest digest, of the time until 20260102T050000Z, and the time until 2026-01-02T07:00:00Z was asked for";
    assert_eq!(until("2026-01-02T07:30:00Z"), [format!("{FIVE}: {what}")]);
    assert_eq!(until("2026-01-02T05:30:00Z"), [] as [String; 0]);
}

/// All digests of an account and Region are gone, and its log files could be anything.
#[tokio::test]
async fn a_chain_without_digests_shows() {
    let scene = scene().await;
    let hours = ["040000Z", "050000Z", "060000Z", "070000Z"];
    for at in hours {
        fs::remove_file(file(&scene, Kind::Digest, at)).unwrap();
    }
    let what = "there is no digest of its account and Region, and there must be one by now";
    let told = |name: &str| vec![format!("{name}: {what}")];
    let nothing = Vec::<String>::new();
    // What is known of the other account's digests counts.
    assert_eq!(all(&scene), told("Log 20260102T0305Z"));
    let (one, two): (Option<AccountId>, Option<AccountId>) = (ONE.parse().ok(), TWO.parse().ok());
    let asked = |account, start: Option<&str>, end: Option<&str>| {
        problems(&scene, |request| {
            request.account = account;
            (request.start, request.end) = (start.map(time), end.map(time));
        })
    };
    for (account, start, end, expected) in [
        (one, None, None, told("Log 20260102T0305Z")),
        (two, None, None, nothing.clone()),
        (one, None, Some("2026-01-02T03:59:00Z"), nothing.clone()),
        (
            one,
            None,
            Some("2026-01-02T04:01:00Z"),
            told("Log 20260102T0305Z"),
        ),
        (
            one,
            Some("2026-01-02T03:05:00Z"),
            None,
            told("Log 20260102T0405Z"),
        ),
        (one, Some("2026-01-02T06:00:00Z"), None, nothing.clone()),
    ] {
        assert_eq!(asked(account, start, end), expected, "{start:?} {end:?}");
    }

    // Where there is no other account, whoever asks for a time finds it out.
    let bucket = format!("keystead-audit-{TWO}");
    fs::remove_dir_all(scene.trail().join(bucket)).unwrap();
    assert_eq!(all(&scene), nothing);
    let until = asked(None, None, Some("2026-01-02T07:00:00Z"));
    assert_eq!(until, told("Log 20260102T0305Z"));
}

/// A log file of the hour that is digested just now may have no digest yet.
#[tokio::test]
async fn a_chain_that_has_just_begun_needs_no_digest() {
    let mut scene = scene().await;
    scene.log(TWO, "eu-west-1", "2026-01-02T07:07:05Z").await;
    scene.deliver(&["2026-01-02T07:15:00Z"]);
    assert_eq!(all(&scene), [] as [String; 0]);
    let bucket = scene.trail().join(format!("keystead-audit-{TWO}"));
    let digests = bucket.join(format!("AWSLogs/{TWO}/CloudTrail-Digest/eu-west-1"));
    scene.deliver(&["2026-01-02T08:00:00Z"]);
    fs::remove_dir_all(&digests).unwrap();
    assert_eq!(all(&scene), [] as [String; 0]);
    scene.deliver(&["2026-01-02T09:00:00Z"]);
    fs::remove_dir_all(&digests).unwrap();
    let what = "there is no digest of its account and Region, and there must be one by now";
    assert_eq!(all(&scene), [format!("Log 20260102T0715Z: {what}")]);
}

#[tokio::test]
async fn files_in_each_others_places_show() {
    let scene = scene().await;
    let (five, six) = (
        file(&scene, Kind::Digest, "050000Z"),
        file(&scene, Kind::Digest, "060000Z"),
    );
    let swap = |one: &Path, other: &Path| {
        let (of_one, of_other) = (fs::read(one).unwrap(), fs::read(other).unwrap());
        fs::write(one, of_other).unwrap();
        fs::write(other, of_one).unwrap();
    };
    swap(&five, &six);
    swap(&signature(&five), &signature(&six));
    let found = all(&scene);
    for name in [FIVE, "Digest 20260102T060000Z"] {
        let moved = format!("{name}: it has been moved from its original location");
        assert!(found.contains(&moved), "{found:#?}");
    }
    swap(&five, &six);
    assert_ne!(all(&scene), [] as [String; 0]);
    swap(&signature(&five), &signature(&six));
    assert_eq!(all(&scene), [] as [String; 0]);
    swap(
        &file(&scene, Kind::Log, "0405Z"),
        &file(&scene, Kind::Log, "0505Z"),
    );
    assert_eq!(all(&scene).len(), 2);
}

#[tokio::test]
async fn a_log_file_that_was_added_shows() {
    let scene = scene().await;
    let known = file(&scene, Kind::Log, "0405Z");
    let name = known.to_str().unwrap();
    let (start, _) = name.split_once("_20260102T0405Z_").unwrap();
    let added = format!("{start}_20260102T0410Z_AAAAAAAAAAAAAAAA.json.gz");
    fs::copy(&known, added).unwrap();
    let what = "Log 20260102T0410Z: no digest tells of it";
    assert_eq!(all(&scene), [what]);
}

#[tokio::test]
async fn keys_are_the_ones_that_were_given() {
    let scene = scene().await;
    let none = PublicKeys::default();
    assert!(none.is_empty());
    let (trail, own) = (scene.trail(), keys(&scene));
    let request = |keys| Request {
        directory: &trail,
        account: ONE.parse().ok(),
        region: None,
        start: None,
        end: None,
        keys,
    };
    let report = verify(&request(&none)).unwrap();
    let problems = &report.chains[0].problems;
    assert_eq!(problems.len(), 4);
    let Wrong::UnknownKey { fingerprint } = &problems[0].what else {
        panic!("{problems:?}")
    };
    let pinned = own.pinned(&[fingerprint.to_uppercase()]);
    assert!(verify(&request(&pinned)).unwrap().is_valid());
    let other = pinned.pinned(&["0".repeat(32)]);
    assert!(other.is_empty());
    for bad in [
        "",
        "{}",
        r#"{"PublicKeyList":[{"Value":"AA=="}]}"#,
        r#"{"PublicKeyList":[{"Value":"?"}]}"#,
    ] {
        assert!(PublicKeys::read(bad.as_bytes()).is_err(), "{bad}");
    }
    // As the AWS CLI prints it.
    let list = r#"{"PublicKeyList":[],"NextToken":null}"#;
    assert!(PublicKeys::read(list.as_bytes()).unwrap().is_empty());
}

/// A copy that was made by way of S3 has no signatures beside the digests: each is in the next one.
#[tokio::test]
async fn a_copy_without_signatures_lacks_that_of_the_newest_alone() {
    let scene = scene().await;
    for at in ["040000Z", "050000Z", "060000Z", "070000Z"] {
        fs::remove_file(signature(&file(&scene, Kind::Digest, at))).unwrap();
    }
    assert_eq!(
        all(&scene),
        ["Digest 20260102T070000Z: its signature is missing"]
    );
    let ended = problems(&scene, |request| {
        request.end = Some(time("2026-01-02T06:00:00Z"));
    });
    assert_eq!(ended, [] as [String; 0]);
}

#[tokio::test]
async fn a_part_of_the_time_is_checked_alone() {
    let scene = scene().await;
    rewrite(&file(&scene, Kind::Log, "0405Z"), |_| String::new());
    for (start, end, is_valid) in [
        (None, None, false),
        (Some("2026-01-02T05:00:00Z"), None, true),
        (Some("2026-01-02T04:59:59Z"), None, false),
        (None, Some("2026-01-02T04:00:00Z"), true),
        (None, Some("2026-01-02T04:00:01Z"), false),
    ] {
        let found = problems(&scene, |request| {
            (request.start, request.end) = (start.map(time), end.map(time));
        });
        assert_eq!(found.is_empty(), is_valid, "{start:?} {end:?} {found:?}");
    }
    // The older files can be elsewhere then.
    for (kind, at) in [
        (Kind::Digest, "040000Z"),
        (Kind::Digest, "050000Z"),
        (Kind::Log, "0305Z"),
        (Kind::Log, "0405Z"),
    ] {
        fs::remove_file(file(&scene, kind, at)).unwrap();
    }
    let found = problems(&scene, |request| {
        request.start = Some(time("2026-01-02T05:00:00Z"));
    });
    assert_eq!(found, [] as [String; 0]);
}

/// Who can write into the folder, and has no key, can begin a chain anew; the old digests show it.
#[tokio::test]
async fn a_chain_that_begins_anew_shows() {
    let scene = scene().await;
    rewrite(&file(&scene, Kind::Digest, "060000Z"), |text| {
        let mut digest: serde_json::Value = serde_json::from_str(&text).unwrap();
        for name in [
            "S3Bucket",
            "S3Object",
            "HashValue",
            "HashAlgorithm",
            "Signature",
        ] {
            digest[format!("previousDigest{name}")] = serde_json::Value::Null;
        }
        digest.to_string()
    });
    let found = all(&scene);
    let unlinked = "Digest 20260102T060000Z: it is not linked to the digest before it";
    assert!(
        found.iter().any(|problem| problem.starts_with(unlinked)),
        "{found:#?}"
    );
    let invalid = "Digest 20260102T060000Z: its signature is not valid";
    assert!(found.iter().any(|problem| problem == invalid), "{found:#?}");
}
