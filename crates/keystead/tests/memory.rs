//! What is in the server's memory: it stays there, nobody else reads it, and plaintexts are gone from
//! it once their calls are answered.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::{Client, Server, ServerOptions};
use memchr::memmem;
use rustix::process::{Resource, geteuid, getrlimit};
use rustix::thread::{CapabilitySet, capabilities};
use serde_json::json;

const WARNING: &str = "memory is not locked";
/// Far less than the server reserves, in bytes.
const LITTLE: &str = "--memlock=65536:65536";
/// How many bytes of a plaintext count as found.
const WINDOW: usize = 16;
/// How long memory may take to be given back after an answer: connections end a moment later.
const PATIENCE: Duration = Duration::from_secs(30);

fn options() -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
}

/// What runs a command without some capabilities: those who have any pass over limits.
fn without(capabilities: &str) -> Vec<String> {
    if !geteuid().is_root() {
        return Vec::new();
    }
    let dropped = ["--bounding-set", "--inh-caps"].map(|set| format!("{set}={capabilities}"));
    std::iter::once("setpriv".to_owned())
        .chain(dropped)
        .collect()
}

/// How much of the server's memory is locked, in KiB.
fn locked_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
    let number = line.unwrap().trim().strip_suffix(" kB").unwrap();
    number.parse().unwrap()
}

/// Whether whoever runs the tests may lock as much as it likes: by its limit, or because none applies
/// to it, which a user namespace can't give.
fn may_lock_all() -> bool {
    let is_unlimited = getrlimit(Resource::Memlock).maximum.is_none();
    let is_capable = capabilities(None)
        .unwrap()
        .effective
        .contains(CapabilitySet::IPC_LOCK);
    let namespace = fs::read_to_string("/proc/self/uid_map").unwrap();
    let is_first = namespace.split_whitespace().eq(["0", "0", "4294967295"]);
    is_unlimited || (is_capable && is_first)
}

fn serves(client: &Client) {
    let made = client.ok("CreateKey", &json!({}));
    let key = &made["KeyMetadata"]["KeyId"];
    let input = json!({"KeyId": key, "NumberOfBytes": 1024});
    for _ in 0..20 {
        assert_eq!(client.call("GenerateDataKey", &input).status, 200);
    }
}

#[test]
fn it_is_locked_where_that_is_allowed() {
    let server = options().start();
    serves(&server.client());
    let (locked, log) = (locked_kib(&server), server.log());
    assert_eq!(locked > 0, may_lock_all(), "{locked} KiB; {log}");
    assert_eq!(locked == 0, log.contains(WARNING), "{locked} KiB; {log}");
}

#[test]
fn a_low_limit_is_told_and_the_server_serves() {
    let mut wrapper = without("-ipc_lock,-sys_resource");
    wrapper.extend(["prlimit".to_owned(), LITTLE.to_owned()]);
    let wrapper: Vec<&str> = wrapper.iter().map(String::as_str).collect();
    let mut server = options().under(&wrapper).start();
    serves(&server.client());
    assert_eq!(locked_kib(&server), 0);
    let log = server.log();
    let told = log.lines().find(|line| line.contains(WARNING)).unwrap();
    assert!(told.contains("WARN"), "{told}");
    assert!(told.contains("LimitMEMLOCK=infinity"), "{told}");
    assert!(server.terminate().success());
}

#[test]
fn development_mode_has_nothing_to_lock() {
    let server = options().dev().start();
    assert_eq!(locked_kib(&server), 0);
    assert!(!server.log().contains(WARNING));
}

/// Whether a process of the same user without privileges can read the environment of one, which is a
/// part of its memory. `who` is a process id, or `$$` for the shell that looks.
fn is_readable(who: &str) -> bool {
    let script = format!("cat /proc/{who}/environ && true");
    let mut words = without("-all");
    words.extend(["sh", "-c", &script].map(str::to_owned));
    let (program, arguments) = words.split_first().unwrap();
    let output = Command::new(program).args(arguments).output().unwrap();
    output.status.success()
}

#[test]
fn no_other_process_reads_it_and_no_core_is_dumped() {
    // Without privileges of its own, nothing but what it asks for keeps others from it.
    let wrapper = without("-all");
    let wrapper: Vec<&str> = wrapper.iter().map(String::as_str).collect();
    let server = options().under(&wrapper).start();
    assert!(is_readable("$$"), "other processes can be read");
    assert!(!is_readable(&server.pid().to_string()));

    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits.lines().find(|line| line.contains("core file"));
    let values: Vec<&str> = core.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"]);
}

/// All of a process's memory that it can write to; `None` if it may not be read, which takes more
/// rights than those of the process's user.
fn writable_memory(pid: u32) -> Option<Vec<Vec<u8>>> {
    let memory = match File::open(format!("/proc/{pid}/mem")) {
        Ok(memory) => memory,
        Err(error) => {
            assert!(!geteuid().is_root(), "{error}");
            return None;
        }
    };
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let places = maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        rest.starts_with("rw")
            .then_some((number(from)?, number(to)?))
    });
    let read = |(from, to): (u64, u64)| {
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // A mapping may have gone since.
        memory.read_exact_at(&mut bytes, from).ok()?;
        Some(bytes)
    };
    Some(places.filter_map(read).collect())
}

/// How many parts of a secret are in some memory, as bytes or in base64.
fn count(memory: &[Vec<u8>], secret: &[u8]) -> usize {
    let text = STANDARD.encode(secret);
    let needles: Vec<&[u8]> = secret
        .chunks_exact(WINDOW)
        .chain(text.as_bytes().chunks_exact(WINDOW))
        .collect();
    let of_needle = |needle: &&[u8]| -> usize {
        let in_part = |part: &Vec<u8>| memmem::find_iter(part, needle).count();
        memory.iter().map(in_part).sum()
    };
    needles.iter().map(of_needle).sum()
}

#[test]
fn plaintexts_are_gone_from_it_after_their_calls() {
    let server = options().start();
    let client = server.client();
    let kept = "a description, which stays in memory";
    let made = client.ok("CreateKey", &json!({"Description": kept}));
    let key = &made["KeyMetadata"]["KeyId"];
    let random = client.ok("GenerateRandom", &json!({"NumberOfBytes": 480}));
    let plaintext = random["Plaintext"].as_str().unwrap();
    let encrypted = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": plaintext}));
    let ciphertext = json!({"CiphertextBlob": encrypted["CiphertextBlob"]});
    for _ in 0..3 {
        let opened = client.ok("Decrypt", &ciphertext);
        assert_eq!(opened["Plaintext"], plaintext);
    }
    let data_key = client.ok(
        "GenerateDataKey",
        &json!({"KeyId": key, "NumberOfBytes": 480}),
    );
    let data_key = data_key["Plaintext"].as_str().unwrap();
    let secrets = [plaintext, data_key].map(|text| STANDARD.decode(text).unwrap());

    let Some(memory) = writable_memory(server.pid()) else {
        return;
    };
    assert!(count(&memory, kept.as_bytes()) > 0, "the search finds");
    drop(memory);
    let start = Instant::now();
    loop {
        let memory = writable_memory(server.pid()).unwrap();
        let found = secrets.each_ref().map(|secret| count(&memory, secret));
        if found == [0, 0] {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{found:?} parts are left");
    }
}
