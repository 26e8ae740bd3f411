//! The audit trail, checked by the AWS CLI and by `keystead audit verify`: as it was delivered, and
//! with something changed.

use std::fs;
use std::path::{Path, PathBuf};

use http::Method;
use keystead_server::clock::{Clock as _, SystemClock};
use keystead_server::http::HttpServer;
use keystead_testkit::{Credentials, NodeOptions, TestNode, clients};
use serde_json::json;
use tempfile::TempDir;

use crate::machine::Machine;

const ACCOUNT: &str = "111122223333";
const TRAIL_ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/keystead";
const HOURS: u32 = 4;

/// A node with some hours of digests behind it, the last of them ended just now.
struct Scene {
    folder: TempDir,
    node: TestNode,
    machine: Machine,
    start: String,
    _http: HttpServer,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemClock.now();
        let before = now.start_of_hour().plus_seconds(60);
        let start = keystead_core::time::Timestamp::from_millis(
            before.as_millis() - i64::from(HOURS) * 3_600_000,
        );
        let options = NodeOptions::new().admin("ada").at(start).trail();
        let node = options.start(folder.path()).await;
        for _ in 0..HOURS {
            let key = node.key("ada", None).await;
            let input = json!({ "KeyId": key });
            node.ok("ada", "DescribeKey", &input).await;
            node.clock.advance_seconds(600);
            Self::deliver(&node).await;
            node.ok("ada", "DescribeKey", &input).await;
            node.clock.advance_seconds(3000);
            Self::deliver(&node).await;
        }
        // The clients sign by the machine's clock.
        let left = now.as_seconds() - node.clock.now().as_seconds();
        node.clock
            .advance_seconds(u32::try_from(left).unwrap_or_default());
        let http = node.listen();
        let url = format!("http://{}", http.addresses()[0]);
        let Credentials {
            access_key_id,
            secret,
            ..
        } = Credentials::of("ada");
        let environment = clients::environment(&url, &access_key_id, &secret, folder.path());
        Self {
            machine: Machine::with(environment),
            folder,
            node,
            start: start.to_string(),
            _http: http,
        }
    }

    async fn deliver(node: &TestNode) {
        let trail = node.node.corridor().trail.clone();
        trail.unwrap().deliver().await;
    }

    fn trail(&self) -> PathBuf {
        self.folder.path().join("audit/trail")
    }

    /// What `aws cloudtrail validate-logs` ends with and prints.
    fn validate_logs(&self) -> (Option<i32>, String, String) {
        let arguments = [
            "cloudtrail",
            "validate-logs",
            "--trail-arn",
            TRAIL_ARN,
            "--start-time",
            &self.start,
            "--verbose",
        ];
        let aws = clients::program("aws");
        self.machine.run(&aws, &arguments).all()
    }

    /// What `keystead audit verify` ends with and prints.
    fn verify(&self, more: &[&str]) -> (Option<i32>, String, String) {
        let trail = self.trail();
        let usual = ["audit", "verify", "--directory", trail.to_str().unwrap()];
        let keystead = Path::new(env!("CARGO_BIN_EXE_keystead"));
        self.machine.run(keystead, &[&usual, more].concat()).all()
    }

    /// The objects of a kind, the oldest first.
    fn objects(&self, kind: &str) -> Vec<PathBuf> {
        let bucket = self.trail().join(format!("keystead-audit-{ACCOUNT}"));
        let mut files = Vec::new();
        let mut folders = vec![bucket.join(format!("AWSLogs/{ACCOUNT}/{kind}"))];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_str().unwrap().ends_with(".json.gz") {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }

    /// Changes something, sees that both say so in these words, and puts it back.
    fn check(&self, what: &str, change: impl FnOnce(), paths: &[&Path], said: (&str, &str)) {
        let before: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
        change();
        let (code, stdout, stderr) = self.validate_logs();
        assert_eq!(code, Some(1), "{what}: {stdout}{stderr}");
        assert!(stderr.contains(said.0), "{what}: {stderr}");
        let (code, stdout, _) = self.verify(&[]);
        assert_eq!(code, Some(1), "{what}: {stdout}");
        assert!(stdout.contains(said.1), "{what}: {stdout}");
        for (path, content) in paths.iter().zip(before) {
            fs::write(path, content).unwrap();
        }
    }
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn swap(one: &Path, other: &Path) {
    let (of_one, of_other) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    fs::write(one, of_other).unwrap();
    fs::write(other, of_one).unwrap();
}

fn signature(digest: &Path) -> PathBuf {
    PathBuf::from(format!("{}.signature", digest.display()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cli_and_keystead_tell_what_was_delivered_from_what_was_changed() {
    let scene = Scene::new().await;
    let (code, stdout, stderr) = scene.validate_logs();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.contains("4/4 digest files valid"), "{stdout}");
    assert!(stdout.contains("8/8 log files valid"), "{stdout}");
    let (code, stdout, stderr) = scene.verify(&[]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("4 digests, 8 log files"), "{stdout}");
    assert!(stdout.ends_with("\nvalid\n"), "{stdout}");
    assert!(stderr.contains("keys that were kept elsewhere"), "{stderr}");

    let (logs, digests) = (
        scene.objects("CloudTrail"),
        scene.objects("CloudTrail-Digest"),
    );
    let (log, other_log) = (logs[2].as_path(), logs[3].as_path());
    let (digest, other) = (digests[1].as_path(), digests[2].as_path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    scene.check(
        "a byte of a log file",
        || flip(log),
        &[log],
        ("INVALID", &name(log)),
    );
    scene.check(
        "a byte of a digest",
        || flip(digest),
        &[digest],
        ("INVALID", &name(digest)),
    );
    scene.check(
        "a byte of a signature",
        || flip(&signature(digest)),
        &[&signature(digest)],
        ("INVALID", &name(digest)),
    );
    scene.check(
        "digests in each other's places",
        || {
            swap(digest, other);
            swap(&signature(digest), &signature(other));
        },
        &[digest, other, &signature(digest), &signature(other)],
        (
            "INVALID: has been moved",
            "it has been moved from its original location",
        ),
    );
    scene.check(
        "log files in each other's places",
        || swap(log, other_log),
        &[log, other_log],
        (
            "INVALID: hash value doesn't match",
            "its hash is not the one that its digest has",
        ),
    );
    scene.check(
        "a missing log file",
        || fs::remove_file(log).unwrap(),
        &[log],
        ("INVALID: not found", "it is missing"),
    );
    scene.check(
        "a missing digest",
        || fs::remove_file(digest).unwrap(),
        &[digest],
        ("INVALID: not found", "it is missing"),
    );
    assert_eq!(scene.validate_logs().0, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_checks_a_copy_with_keys_that_were_kept() {
    let scene = Scene::new().await;
    let aws = clients::program("aws");
    let run = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        scene.machine.run(&aws, &words).success()
    };
    scene
        .machine
        .write("keys.json", run("cloudtrail list-public-keys"));
    let bucket = format!("s3://keystead-audit-{ACCOUNT}");
    let copied = run(&format!("s3 sync --no-progress {bucket} copy"));
    assert_eq!(copied.lines().count(), 12, "{copied}");
    let verify = |more: &[&str]| {
        let usual = [
            "audit",
            "verify",
            "--directory",
            "copy",
            "--public-keys",
            "keys.json",
        ];
        let keystead = Path::new(env!("CARGO_BIN_EXE_keystead"));
        scene.machine.run(keystead, &[&usual, more].concat()).all()
    };
    // A copy has no metadata: the signature of a digest is in the next one, and the newest has none.
    let (code, stdout, _) = verify(&[]);
    assert_eq!(code, Some(1));
    assert!(stdout.ends_with("\nINVALID: 1 problem\n"), "{stdout}");
    let before_last = scene.node.clock.now().start_of_hour().as_millis() - 3_600_000;
    let before_last = keystead_core::time::Timestamp::from_millis(before_last).to_string();
    let (code, stdout, stderr) = verify(&["--end", &before_last, "--json"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["valid"], true);
    assert_eq!(report["chains"][0]["digests"], 3);
    let (code, _, stderr) = verify(&["--fingerprint", "0123"]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("no public key has a fingerprint"),
        "{stderr}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boto3_reads_the_trail() {
    let scene = Scene::new().await;
    scene.machine.run_python("boto3_trail.py", &[TRAIL_ARN]);
    let head = scene
        .node
        .call_s3(
            "ada",
            Method::HEAD,
            &format!("/keystead-audit-{ACCOUNT}"),
            &[],
        )
        .await;
    assert_eq!(head.status, 200);
}
