//! Starting, stopping and starting again: what is kept, what is refused, and in which words.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use http::Method;
use keystead_testkit::{Answer, Client, Connection, Server, ServerOptions};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const PLAINTEXT: &str = "aGVsbG8=";

fn options() -> ServerOptions {
    ServerOptions::new(BINARY)
}

fn create_key(client: &Client) -> String {
    let made = client.ok("CreateKey", &json!({}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

fn encrypt(client: &Client, key: &str) -> String {
    let input = json!({"KeyId": key, "Plaintext": PLAINTEXT});
    let answer = client.ok("Encrypt", &input);
    answer["CiphertextBlob"].as_str().unwrap().to_owned()
}

fn decrypts(client: &Client, ciphertext: &str) -> bool {
    let answer = client.call("Decrypt", &json!({"CiphertextBlob": ciphertext}));
    answer.status == 200 && answer.json()["Plaintext"] == PLAINTEXT
}

/// A server that was started once, made a key, and was stopped.
fn stopped(options: ServerOptions) -> (Server, String) {
    let mut server = options.start();
    let ciphertext = encrypt(&server.client(), &create_key(&server.client()));
    assert!(server.terminate().success());
    (server, ciphertext)
}

fn refuses(options: &ServerOptions, data_dir: &Path, expected: &str) {
    let said = options.must_not_start(data_dir);
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("keystead: "), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_restart_keeps_everything() {
    let server = options().start();
    let client = server.client();
    let key = create_key(&client);
    let target = |extra: Value| {
        let mut input = json!({"KeyId": key});
        let (input_map, extra) = (input.as_object_mut().unwrap(), extra);
        input_map.extend(extra.as_object().unwrap().clone());
        input
    };
    let done = client.ok(
        "CreateAlias",
        &json!({"AliasName": "alias/kept", "TargetKeyId": key}),
    );
    assert_eq!(done, Value::Null);
    let tags = json!([{"TagKey": "team", "TagValue": "payments"}]);
    assert_eq!(
        client.ok("TagResource", &target(json!({"Tags": tags}))),
        Value::Null
    );
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]}"#;
    let put = target(json!({"Policy": policy}));
    assert_eq!(client.ok("PutKeyPolicy", &put), Value::Null);
    let description = target(json!({"Description": "kept too"}));
    assert_eq!(client.ok("UpdateKeyDescription", &description), Value::Null);
    let ciphertext = encrypt(&client, "alias/kept");
    let metadata = client.ok("DescribeKey", &json!({"KeyId": key}));
    let credentials = server.credentials();

    let mut server = server;
    assert!(server.terminate().success());
    assert!(server.output().contains("first key"));
    let mut server = server.restart();
    let client = server.client();
    assert_eq!(server.credentials(), credentials);
    assert_eq!(client.ok("DescribeKey", &json!({"KeyId": key})), metadata);
    assert!(decrypts(&client, &ciphertext));
    let aliases = client.ok("ListAliases", &json!({"KeyId": key}));
    assert_eq!(aliases["Aliases"][0]["AliasName"], "alias/kept");
    let listed = client.ok("ListResourceTags", &json!({"KeyId": key}));
    assert_eq!(listed["Tags"], tags);
    let kept = client.ok("GetKeyPolicy", &json!({"KeyId": key}));
    assert_eq!(kept["Policy"], policy);
    assert!(server.terminate().success());
    let greeted = server.output();
    assert!(
        greeted.contains("was there, with 1 key.") && !greeted.contains("first key"),
        "{greeted}"
    );
    assert!(!greeted.contains(&credentials.1), "{greeted}");
}

#[test]
fn a_second_server_stays_out() {
    let server = options().start();
    let said = options().must_not_start(&server.data_dir());
    assert!(said.contains("is in use by another keystead"), "{said}");
    assert!(said.contains("--data-dir"), "{said}");
    let ciphertext = encrypt(&server.client(), &create_key(&server.client()));
    assert!(decrypts(&server.client(), &ciphertext));
}

#[test]
fn sigterm_lets_calls_in_flight_end() {
    let mut server = options().start();
    let client = server.client();
    let connections: Vec<Connection> = (0..6)
        .map(|_| Connection::http1(server.address()).unwrap())
        .chain((0..2).map(|_| Connection::http2(server.address()).unwrap()))
        .collect();
    // Every connection is known to be served before the signal comes.
    for connection in &connections {
        let first = connection.send(client.request("ListKeys", b"{}")).unwrap();
        assert_eq!(first.status, 200);
    }
    let pending: Vec<_> = connections
        .iter()
        .map(|connection| {
            connection
                .begin(client.request("CreateKey", b"{}"))
                .unwrap()
        })
        .collect();
    assert!(server.terminate().success());
    let answers: Vec<Answer> = pending
        .into_iter()
        .filter_map(|answer| answer.wait().ok())
        .collect();
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // A call that came too late got no answer, but none was done and left without one.
    let server = server.restart();
    let keys = server.client().ok("ListKeys", &json!({}));
    let keys: Vec<&str> = keys["Keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["KeyId"].as_str().unwrap())
        .collect();
    for answer in &answers {
        let made = answer.json();
        let id = made["KeyMetadata"]["KeyId"].as_str().unwrap();
        assert!(keys.contains(&id));
    }
    assert_eq!(keys.len(), answers.len());
}

#[test]
fn a_call_that_has_begun_is_served_to_its_end() {
    let mut server = options().start();
    let client = server.client();
    let body = json!({"Description": "half of it comes late"}).to_string();
    let request = client.request("CreateKey", body.as_bytes());
    let bytes = client.written(&Method::POST, "/", request.headers(), body.as_bytes());
    let text = String::from_utf8(bytes).unwrap();
    // By its "continue", the server says that it has read the head and waits for the body.
    let text = text.replacen("\r\n", "\r\nexpect: 100-continue\r\n", 1);
    let (early, late) = text.split_at(text.len() - 10);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(early.as_bytes()).unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = vec![0; go_on.len()];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(said, go_on);

    server.ask_to_stop("TERM");
    while !server.log().contains("stopping") {
        std::thread::yield_now();
    }
    stream.write_all(late.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(server.wait().success());
    let listed = server.restart().client().ok("ListKeys", &json!({}));
    assert_eq!(listed["Keys"].as_array().unwrap().len(), 1);
}

#[test]
fn sigint_ends_it_too_and_idle_connections_do_not_hold_it_up() {
    let server = options().start();
    let idle = TcpStream::connect(server.address()).unwrap();
    let kept = Connection::http2(server.address()).unwrap();
    let client = server.client();
    assert_eq!(
        kept.send(client.request("ListKeys", b"{}")).unwrap().status,
        200
    );
    server.ask_to_stop("INT");
    let mut server = server;
    assert_eq!(server.wait().code(), Some(0));
    drop(idle);
}

#[test]
fn without_its_key_file_it_stays_closed() {
    let (server, ciphertext) = stopped(options());
    let data_dir = server.data_dir();
    let key_file = data_dir.join("root.key");
    let aside = server.folder().join("aside.key");

    fs::rename(&key_file, &aside).unwrap();
    refuses(&options(), &data_dir, "is missing: put it back");
    assert!(!key_file.exists(), "no new one is made");

    let (other, _) = stopped(options());
    fs::copy(other.data_dir().join("root.key"), &key_file).unwrap();
    refuses(&options(), &data_dir, "the root key was sealed with");

    fs::write(&key_file, "not a key file").unwrap();
    refuses(&options(), &data_dir, "is not a usable key file");

    fs::copy(&aside, &key_file).unwrap();
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o644)).unwrap();
    refuses(&options(), &data_dir, "chmod 600");

    fs::remove_file(&key_file).unwrap();
    let elsewhere = options()
        .arg("--seal-key-file")
        .arg(aside.to_str().unwrap());
    let server = server.restart_with(elsewhere);
    assert!(decrypts(&server.client(), &ciphertext));
}

#[test]
fn a_passphrase_opens_what_it_closed() {
    let right = "correct horse battery staple";
    let sealed = || options().arg("--seal").arg("passphrase");
    let (server, ciphertext) = stopped(sealed().env("KEYSTEAD_SEAL_PASSPHRASE", right));
    let data_dir = server.data_dir();
    assert!(!data_dir.join("root.key").exists());

    let wrong = options().env("KEYSTEAD_SEAL_PASSPHRASE", "incorrect horse");
    refuses(&wrong, &data_dir, "the passphrase is wrong");
    refuses(&sealed(), &data_dir, "the passphrase is missing");
    let other_kind = options().arg("--seal").arg("key-file");
    refuses(&other_kind, &data_dir, "start with --seal passphrase");
    assert!(!data_dir.join("root.key").exists());

    let file = server.folder().join("passphrase");
    fs::write(&file, format!("{right}\n")).unwrap();
    // What the directory has need not be said again.
    let from_file = options()
        .arg("--seal-passphrase-file")
        .arg(file.to_str().unwrap());
    for exposed in [0o640, 0o604, 0o660] {
        fs::set_permissions(&file, fs::Permissions::from_mode(exposed)).unwrap();
        refuses(&from_file, &data_dir, "chmod 600");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let twice = from_file.clone().env("KEYSTEAD_SEAL_PASSPHRASE", right);
    refuses(&twice, &data_dir, "given twice");
    let server = server.restart_with(from_file);
    assert!(decrypts(&server.client(), &ciphertext));
}

#[test]
fn a_short_passphrase_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let short = options()
        .arg("--seal")
        .arg("passphrase")
        .env("KEYSTEAD_SEAL_PASSPHRASE", "short");
    let data_dir = folder.path().join("data");
    refuses(&short, &data_dir, "choose a longer one");
    // The directory can still be used with any seal.
    let (server, _) = stopped(options());
    refuses(
        &options().arg("--seal").arg("passphrase"),
        &server.data_dir(),
        "sealed by a key-file",
    );
}

#[test]
fn lost_identities_are_not_replaced() {
    let (server, _) = stopped(options());
    for name in ["identities.sqlite", "identities.sqlite-wal"] {
        let _ = fs::remove_file(server.data_dir().join(name));
    }
    for _ in 0..2 {
        let lost = "restore identities.sqlite from a backup";
        refuses(&options(), &server.data_dir(), lost);
    }
}

#[test]
fn keys_of_another_root_key_are_not_served() {
    let (ours, _) = stopped(options());
    let (theirs, _) = stopped(options());
    let region = |server: &Server| server.data_dir().join("regions/us-east-1.sqlite");
    let kept = ours.folder().join("kept.sqlite");
    fs::rename(region(&ours), &kept).unwrap();
    fs::copy(region(&theirs), region(&ours)).unwrap();
    refuses(&options(), &ours.data_dir(), "is sealed under root key");
    fs::rename(&kept, region(&ours)).unwrap();
    drop(ours.restart());
}

#[test]
fn secrets_of_the_environment_are_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "KEYSTEAD_SEAL_PASSPHRASE",
        "KEYSTEAD_ADMIN_ACCESS_KEY_ID",
        "KEYSTEAD_ADMIN_SECRET_ACCESS_KEY",
    ] {
        let output = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .env(name, std::ffi::OsStr::from_bytes(b"not UTF-8: \xff"))
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("{name} is not UTF-8")), "{said}");
        assert!(!said.contains("xff"), "{said}");
    }
}

#[test]
fn a_directory_belongs_to_its_account() {
    let (server, ciphertext) = stopped(options().arg("--account").arg("111122223333"));
    let other = options().arg("--account").arg("444455556666");
    refuses(
        &other,
        &server.data_dir(),
        "start with --account 111122223333",
    );
    refuses(
        &options(),
        &server.data_dir(),
        "start with --account 111122223333",
    );
    let server = server.restart();
    assert!(decrypts(&server.client(), &ciphertext));
    let key = create_key(&server.client());
    let metadata = server.client().ok("DescribeKey", &json!({"KeyId": key}));
    assert_eq!(metadata["KeyMetadata"]["AWSAccountId"], "111122223333");
}

#[test]
fn the_admin_can_be_given_and_replaced() {
    let first = options().admin("AKIAGIVENBYTHEOPER01", "the first secret of the admin");
    let server = first.start();
    assert!(!server.data_dir().join("admin.credentials").exists());
    let ciphertext = encrypt(&server.client(), &create_key(&server.client()));
    let old = server.client();

    let second = options().admin("AKIAGIVENBYTHEOPER01", "the second secret of the admin");
    let server = server.restart_with(second);
    assert!(decrypts(&server.client(), &ciphertext));
    let (id, old_secret) = (server.credentials().0, "the first secret of the admin");
    let refused = server.client().with_credentials(&id, old_secret);
    assert_eq!(
        refused.err("ListKeys", &json!({})),
        "InvalidSignatureException"
    );
    drop(old);

    // The access key stays, whether it is given again or not; another one is added.
    let third = options().admin("AKIAGIVENBYTHEOPER02", "the third secret of the admin");
    let server = server.restart_with(third);
    assert!(decrypts(&server.client(), &ciphertext));
    let earlier = server
        .client()
        .with_credentials("AKIAGIVENBYTHEOPER01", "the second secret of the admin");
    assert!(decrypts(&earlier, &ciphertext));
}

#[test]
fn unusable_admin_credentials_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let half = options().env("KEYSTEAD_ADMIN_ACCESS_KEY_ID", "AKIAGIVENBYTHEOPER01");
    refuses(&half, folder.path(), "go together");
    let short = options().admin("AKIA", "the first secret of the admin");
    refuses(&short, folder.path(), "16 to 128");
    let weak = options().admin("AKIAGIVENBYTHEOPER01", "weak");
    refuses(&weak, folder.path(), "16 bytes or more");
}

#[test]
fn a_file_configures_it_and_the_command_line_goes_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keystead.toml");
    fs::write(
        &file,
        "account = '111122223333'\nregions = ['eu-west-1']\nthreads = 1\nlog_format = 'json'\n",
    )
    .unwrap();
    let configured = options()
        .arg("--config")
        .arg(file.to_str().unwrap())
        .arg("--account")
        .arg("444455556666");
    let mut server = configured.start();
    let mut client = server.client();
    client.region = "eu-west-1".to_owned();
    let made = client.ok("CreateKey", &json!({}));
    let arn = made["KeyMetadata"]["Arn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:kms:eu-west-1:444455556666:key/"),
        "{arn}"
    );
    assert!(server.terminate().success());
    for line in server.log().lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}

#[test]
fn a_configuration_that_is_not_right_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keystead.toml");
    let data_dir = folder.path().join("data");
    for (text, expected) in [
        ("lisen = '127.0.0.1:1'", "unknown field `lisen`"),
        ("account = '12'", "12 digits"),
        ("listen = 'nowhere'", "invalid socket address"),
        ("regions = []", "without a Region"),
        ("threads = 'many'", "invalid type"),
        ("not toml", "is not right"),
        ("tls_key = 'only.key'", "go together"),
    ] {
        fs::write(&file, text).unwrap();
        let configured = options().arg("--config").arg(file.to_str().unwrap());
        refuses(&configured, &data_dir, expected);
    }
    let absent = options().arg("--config").arg("absent.toml");
    refuses(&absent, &data_dir, "absent.toml");
    assert!(!data_dir.exists(), "nothing was made");
    let twice = options()
        .arg("--region=us-east-1")
        .arg("--region=us-east-1");
    refuses(&twice, &data_dir, "given twice");
    let said = options().arg("--no-such-option").must_not_start(&data_dir);
    assert!(said.contains("--no-such-option"), "{said}");
}

#[test]
fn plain_http_is_for_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere = options().listen("0.0.0.0:0");
    refuses(&everywhere, folder.path(), "--insecure-http");
    refuses(
        &options().listen("[::]:0"),
        folder.path(),
        "--tls-self-signed",
    );
}

#[test]
fn an_address_in_use_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let expected = format!("can't listen on {address}");
    let data_dir = folder.path().join("data");
    refuses(&options().listen(&address), &data_dir, &expected);
    assert!(!data_dir.exists(), "nothing is left of a start in vain");
    let no_certificate = options()
        .arg("--tls-certificate")
        .arg("none.pem")
        .arg("--tls-key")
        .arg("none.pem");
    refuses(&no_certificate, &data_dir, "none.pem");
    assert!(!data_dir.exists());
}

#[test]
fn a_stopped_server_leaves_whole_files() {
    let (server, ciphertext) = stopped(options());
    let data_dir = server.data_dir();
    for name in ["identities.sqlite", "regions/us-east-1.sqlite"] {
        assert!(data_dir.join(name).exists());
        // A copy of the file alone, made now, is a backup.
        assert!(!data_dir.join(format!("{name}-wal")).exists(), "{name}");
    }
    assert!(decrypts(&server.restart().client(), &ciphertext));
}

#[test]
fn a_store_that_is_none_is_left_alone() {
    for name in ["identities.sqlite", "regions/us-east-1.sqlite"] {
        let (server, _) = stopped(options());
        let path = server.data_dir().join(name);
        let text = "this is a text that somebody saved in the wrong place".repeat(20);
        fs::write(&path, &text).unwrap();
        refuses(&options(), &server.data_dir(), "is not a database");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_data_directory_that_is_a_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    refuses(&options(), &file, "can't use the data directory");
}

#[test]
fn regions_are_apart() {
    let server = options()
        .arg("--region=us-east-1")
        .arg("--region=eu-west-1")
        .start();
    let in_region = |region: &str| {
        let mut client = server.client();
        region.clone_into(&mut client.region);
        client
    };
    let (us, eu) = (in_region("us-east-1"), in_region("eu-west-1"));
    let (in_us, in_eu) = (create_key(&us), create_key(&eu));
    for (client, region, own, other) in [
        (&us, "us-east-1", &in_us, &in_eu),
        (&eu, "eu-west-1", &in_eu, &in_us),
    ] {
        let made = client.ok("DescribeKey", &json!({"KeyId": own}));
        let arn = made["KeyMetadata"]["Arn"].as_str().unwrap();
        assert_eq!(arn, format!("arn:aws:kms:{region}:000000000000:key/{own}"));
        let listed = client.ok("ListKeys", &json!({}));
        assert_eq!(listed["Keys"].as_array().unwrap().len(), 1);
        let absent = client.err("DescribeKey", &json!({"KeyId": other}));
        assert_eq!(absent, "NotFoundException");
    }
    let elsewhere = eu.call("Decrypt", &json!({"CiphertextBlob": encrypt(&us, &in_us)}));
    assert_eq!(elsewhere.error(), "AccessDeniedException");
    let unserved = in_region("ap-south-1").call("ListKeys", &json!({}));
    assert_eq!(
        (unserved.error().as_str(), unserved.message().as_str()),
        (
            "InvalidSignatureException",
            "Credential should be scoped to a valid region, not 'ap-south-1'. "
        )
    );
    let regions: Vec<Value> = server
        .audit_events()
        .iter()
        .filter(|event| event["eventName"] == "CreateKey")
        .map(|event| event["awsRegion"].clone())
        .collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
}

#[test]
fn health_says_ready_to_anybody() {
    let server = options().start();
    let answer = server
        .client()
        .raw(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"status": "ready"}));
    assert_eq!(server.audit_events(), Vec::<Value>::new());
}

#[test]
fn help_tells_every_option() {
    let help = |arguments: &[&str]| {
        let output = Command::new(BINARY).args(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for text in [help(&["--help"]), help(&["serve", "--help"])] {
        for option in [
            "--config",
            "--listen",
            "--data-dir",
            "--region",
            "--account",
            "--tls-certificate",
            "--tls-key",
            "--tls-self-signed",
            "--insecure-http",
            "--seal",
            "--seal-key-file",
            "--seal-passphrase-file",
            "--threads",
            "--log-format",
            "--dev",
            "KEYSTEAD_ADMIN_ACCESS_KEY_ID",
            "KEYSTEAD_ADMIN_SECRET_ACCESS_KEY",
            "KEYSTEAD_SEAL_PASSPHRASE",
            "KEYSTEAD_LOG",
        ] {
            assert!(text.contains(option), "{option} in {text}");
        }
    }
    let version = help(&["--version"]);
    assert!(version.starts_with("keystead "), "{version}");
}

#[test]
fn files_are_for_their_owner_alone() {
    let server = options().arg("--tls-self-signed").start();
    let mut found = 0;
    let mut folders = vec![server.data_dir()];
    while let Some(folder) = folders.pop() {
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
            found += 1;
        }
    }
    assert!(found >= 10, "{found} files");
}
