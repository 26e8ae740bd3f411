//! The files of a trail, as somebody else may have changed them, and the list of public keys that they are checked
//! with.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use keystead_server::audit::trail::verify::{PublicKeys, Report, Request, own_list, verify};
use keystead_testkit::NodeOptions;
use serde_json::json;

use crate::node::World;
use crate::parts::Parts;

/// The files of a trail by their paths, and the keys that prove them.
struct Delivered {
    files: Vec<(String, Vec<u8>)>,
    keys: Vec<u8>,
}

/// The first byte says what is changed, and the second in which file: any bytes in place of it, changes of the file, or
/// changes of what is compressed in it.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let (kind, file) = (parts.byte() % 4, usize::from(parts.byte()));
    if kind == 3 {
        return list(&parts.edits(&DELIVERED.keys));
    }
    let file = file % DELIVERED.files.len();
    let (path, original) = DELIVERED.files.get(file).expect("a file");
    let changed = match kind {
        0 => parts.rest().to_vec(),
        1 => parts.edits(original),
        _ => compressed(&parts.edits(&inflated(original).unwrap_or_default())),
    };
    if kind == 0 {
        list(&changed);
    }
    let report = report(path, &changed);
    let is_found = report.chains.iter().any(|chain| !chain.problems.is_empty());
    if changed == *original {
        assert!(!is_found, "{report:?}");
    }
    let is_proven = path.ends_with(".json.gz");
    if is_proven && inflated(&changed) != inflated(original) {
        assert!(is_found, "{path}: {report:?}");
    }
}

/// A list of keys is read in the same way each time.
fn list(text: &[u8]) {
    let keys = PublicKeys::read(text);
    assert_eq!(PublicKeys::read(text).is_ok(), keys.is_ok());
    if let Ok(keys) = keys {
        assert!(serde_json::from_slice::<serde_json::Value>(text).is_ok());
        assert!(keys.pinned(&["0".repeat(32)]).is_empty());
    }
}

/// What a check says of the files with one of them changed.
fn report(path: &str, changed: &[u8]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in &DELIVERED.files {
        let content = if name == path { changed } else { content };
        let place = folder.path().join(name);
        let above = place.parent().expect("a folder");
        fs::create_dir_all(above).expect("a folder");
        fs::write(place, content).expect("a file");
    }
    let keys = PublicKeys::read(&DELIVERED.keys).expect("the keys");
    let request = Request {
        directory: folder.path(),
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &keys,
    };
    verify(&request).expect("a report")
}

fn inflated(file: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let read = MultiGzDecoder::new(file).read_to_end(&mut content);
    read.ok().map(|_| content)
}

fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("a buffer");
    encoder.finish().expect("a buffer")
}

/// A trail of three hours, of which the last has its digest too.
static DELIVERED: LazyLock<Delivered> = LazyLock::new(|| {
    let options = NodeOptions::new().admin("ada").trail();
    World::start(options, async |node, folder| {
        let trail = node.node.corridor().trail.clone().expect("a trail");
        for _ in 0..3 {
            node.ok("ada", "ListKeys", &json!({})).await;
            node.clock.advance_seconds(60);
            trail.deliver().await;
            node.clock.advance_seconds(3540);
            trail.deliver().await;
        }
        let folder = folder.join("audit/trail");
        let keys = own_list(&folder).expect("a folder");
        let mut delivered = Delivered {
            files: Vec::new(),
            keys: keys.expect("a list of keys"),
        };
        collect(&folder, "", &mut delivered.files);
        delivered.files.sort();
        delivered
    })
    .made
});

/// The files of all buckets in a trail's folder.
fn collect(folder: &Path, name: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder.join(name)).expect("a folder") {
        let entry = entry.expect("an entry");
        let file = entry.file_name().into_string().expect("a name");
        let path = if name.is_empty() {
            file
        } else {
            format!("{name}/{file}")
        };
        if entry.path().is_dir() {
            collect(folder, &path, files);
        } else if path.contains("AWSLogs") {
            files.push((path, fs::read(entry.path()).expect("a file")));
        }
    }
}
