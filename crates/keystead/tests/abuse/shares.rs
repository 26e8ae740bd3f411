//! What each account and each principal gets of a server that has more to do than it can.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use keystead_testkit::{Client, Server};
use serde_json::json;

use super::{PATIENCE, PLAINTEXT, Siege, assert_quiet, options, start};

const GREEDY: &str = "111122223333";
const MODEST: &str = "444455556666";

/// AWS's words.
const TOO_OFTEN: &str =
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";

/// In development mode an access key id of twelve digits is the root user of that account.
fn root(server: &Server, account: &str) -> Client {
    server.client().with_credentials(account, "any")
}

fn make_key(client: &Client) -> String {
    let made = client.ok("CreateKey", &json!({}));
    made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

/// A signed call of Encrypt, to be sent again and again on one connection.
fn encryption(client: &Client) -> Vec<u8> {
    let body = json!({"KeyId": make_key(client), "Plaintext": PLAINTEXT}).to_string();
    let request = client.request("Encrypt", body.as_bytes());
    let written = client.written(&Method::POST, "/", request.headers(), body.as_bytes());
    let text = String::from_utf8(written).unwrap();
    text.replace("connection: close\r\n", "").into_bytes()
}

/// Sends a call and reads its answer, which is short, and returns its status.
fn exchange(stream: &mut TcpStream, call: &[u8]) -> u16 {
    stream.write_all(call).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the server closes");
        answer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.unwrap().parse::<usize>().unwrap() {
            return head.split(' ').nth(1).unwrap().parse().unwrap();
        }
    }
}

/// What became of calls.
#[derive(Default)]
struct Tally {
    served: AtomicU32,
    throttled: AtomicU32,
}

/// Calls on so many connections until it is over.
fn crowd(
    address: SocketAddr,
    call: &[u8],
    connections: usize,
    is_over: &Arc<AtomicBool>,
) -> (Arc<Tally>, Vec<thread::JoinHandle<()>>) {
    let tally = Arc::new(Tally::default());
    let threads = (0..connections).map(|_| {
        let (call, tally, is_over) = (call.to_vec(), Arc::clone(&tally), Arc::clone(is_over));
        thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                match exchange(&mut stream, &call) {
                    200 => tally.served.fetch_add(1, Ordering::Relaxed),
                    400 => tally.throttled.fetch_add(1, Ordering::Relaxed),
                    other => panic!("status {other}"),
                };
            }
        })
    });
    let threads = threads.collect();
    (tally, threads)
}

/// How many calls of a crowd on 200 connections are served, and of a few on 10.
fn compete(server: &Server, crowd_calls: &[u8], few_call: &[u8]) -> (u32, u32) {
    let is_over = Arc::new(AtomicBool::new(false));
    let address = server.address();
    let (many, mut threads) = crowd(address, crowd_calls, 200, &is_over);
    let (few, more) = crowd(address, few_call, 10, &is_over);
    threads.extend(more);
    let counts = || [&many, &few].map(|tally| tally.served.load(Ordering::Relaxed));
    // The crowd begins earlier by as long as it takes to make the others' threads.
    super::wait_until("the few are there", || counts()[1] > 10);
    let [many_before, few_before] = counts();
    let served = || counts().iter().sum::<u32>() - many_before - few_before;
    super::wait_until("calls are served", || served() > 1000);
    let [many, few] = counts();
    let (many, few) = (many - many_before, few - few_before);
    is_over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    (many, few)
}

#[test]
fn an_account_with_many_connections_has_no_more_than_its_share() {
    let server = start("", options().dev().arg("--threads").arg("1"));
    let calls = [GREEDY, MODEST].map(|account| encryption(&root(&server, account)));
    let (many, few) = compete(&server, &calls[0], &calls[1]);
    // In the order of the sockets it would be one in twenty.
    assert!(few * 6 > many, "{many} against {few}");
    assert_quiet(&server);
}

#[test]
fn a_user_with_many_connections_has_no_more_than_its_share() {
    // What is shared is the worker's time. With a disk that is busy with something else, all would wait for that.
    let buffered = "[audit]\ndurability = \"buffered\"\n";
    let server = start(buffered, options().arg("--threads").arg("1"));
    let calls = ["ada", "bea"].map(|name| encryption(&user(&server, name)));
    let (many, few) = compete(&server, &calls[0], &calls[1]);
    assert!(few * 6 > many, "{many} against {few}");
    assert_quiet(&server);
}

/// Whoever waits too long, or with too many calls, is told so in AWS's words, and the record says so.
#[test]
fn calls_beyond_what_may_wait_are_throttled() {
    let limits = "waiting_calls_per_principal = 20\n";
    let siege = Siege::begin(start(limits, options().arg("--threads").arg("1")));
    let call = encryption(&user(&siege.server, "ada"));
    let is_over = Arc::new(AtomicBool::new(false));
    let (tally, threads) = crowd(siege.server.address(), &call, 60, &is_over);
    let counts = || [&tally.served, &tally.throttled].map(|count| count.load(Ordering::Relaxed));
    super::wait_until("some are served and some throttled", || {
        let [served, throttled] = counts();
        served > 100 && throttled > 20
    });
    is_over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    let server = siege.end();
    let records = server.audit_events();
    let of_encrypt = records
        .iter()
        .filter(|record| record["eventName"] == "Encrypt");
    let refused = of_encrypt.filter(|record| record["errorCode"] == "ThrottlingException");
    let refused: Vec<_> = refused.collect();
    assert!(
        refused
            .iter()
            .all(|record| record["errorMessage"] == TOO_OFTEN)
    );
    assert_eq!(refused.len(), usize::try_from(counts()[1]).unwrap());
}

/// Makes a user that may do everything with keys.
fn user(server: &Server, name: &str) -> Client {
    let admin = server.client();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;
    iam(&admin, "CreateUser", &[("UserName", name)]);
    let granted = [
        ("UserName", name),
        ("PolicyName", "keys"),
        ("PolicyDocument", policy),
    ];
    iam(&admin, "PutUserPolicy", &granted);
    let shown = iam(&admin, "CreateAccessKey", &[("UserName", name)]);
    let value = |tag: &str| {
        let (_, rest) = shown.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    admin.with_credentials(&value("AccessKeyId"), &value("SecretAccessKey"))
}

/// Calls an operation of IAM, which must succeed.
fn iam(client: &Client, action: &str, parameters: &[(&str, &str)]) -> String {
    let mut client = client.clone();
    "iam".clone_into(&mut client.service);
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("Action", action), ("Version", "2010-05-08")])
        .extend_pairs(parameters)
        .finish();
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    headers.insert(CONTENT_TYPE, form);
    client.sign(&Method::POST, "/", &mut headers, body.as_bytes());
    let answer = client.exchange(&Method::POST, "/", &headers, body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// Those that take long have threads of their own, and not much of the cores.
#[test]
fn calls_that_take_long_keep_nobody_waiting() {
    let server = start("", options().dev());
    let (greedy, modest) = (root(&server, GREEDY), root(&server, MODEST));
    let key = make_key(&modest);
    let is_done = Arc::new(AtomicU32::new(0));
    let heavy: Vec<_> = (0..6)
        .map(|_| {
            let (greedy, is_done) = (greedy.clone(), Arc::clone(&is_done));
            thread::spawn(move || {
                let input = json!({"KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY"});
                let made = greedy.call("CreateKey", &input);
                is_done.fetch_add(1, Ordering::Relaxed);
                // On a machine that has no time for it, whoever waits too long is told so.
                assert!(made.status == 200 || made.error() == "ThrottlingException");
            })
        })
        .collect();
    for _ in 0..100 {
        let _ = modest.ok("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
    }
    assert!(
        is_done.load(Ordering::Relaxed) < 6,
        "a hundred light calls take less time"
    );
    for thread in heavy {
        thread.join().unwrap();
    }
    assert_quiet(&server);
}
