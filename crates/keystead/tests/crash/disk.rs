//! What a disk may hold after the power failed: worked out from the journal of all that was asked of it.
//!
//! What was synced is there. Of what was not, each sector of a file is as it was at some moment since the last sync, each
//! for itself, and so is the file's length; of the names in a folder, those changes are there that came before some
//! moment. That is more than real file systems lose at once, and all of it is allowed to them: a name is durable only
//! once its folder is synced, whatever becomes of the file, and a length may come before its content, which is zero then.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use keystead_testkit::Seeded;

use crate::journal::{Entry, What};

/// What a disk writes as a whole.
const SECTOR: usize = 512;

/// The number of a file or folder.
type Node = usize;

/// Everything that is known of a disk.
#[derive(Default)]
pub(crate) struct Disk {
    nodes: Vec<Content>,
    /// Where each path leads now.
    names: BTreeMap<String, Node>,
    /// Which of the nodes an inode is.
    inodes: BTreeMap<u64, Node>,
    /// Where each sync began, by its number, which has not ended.
    syncs: BTreeMap<u64, usize>,
    /// How many entries were told of.
    count: usize,
}

/// A file or a folder: as it was when it was last durable, and what was done to it since, each with the number of its
/// entry.
enum Content {
    File {
        durable: Vec<u8>,
        since: Vec<(usize, FileChange)>,
    },
    Folder {
        durable: BTreeMap<String, Node>,
        since: Vec<(usize, FolderChange)>,
    },
}

enum FileChange {
    Write(usize, Vec<u8>),
    Length(usize),
}

enum FolderChange {
    Link(String, Node),
    Unlink(String),
    Rename(String, String),
}

impl Disk {
    /// A disk that has what a folder holds, all of it durable.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut disk = Self::default();
        disk.load(folder, String::new());
        disk
    }

    fn load(&mut self, place: &Path, path: String) -> Node {
        let content = if place.is_dir() {
            let mut durable = BTreeMap::new();
            for entry in fs::read_dir(place).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                let below = joined(&path, &name);
                durable.insert(name, self.load(&entry.path(), below));
            }
            Content::Folder {
                durable,
                since: Vec::new(),
            }
        } else {
            Content::File {
                durable: fs::read(place).unwrap(),
                since: Vec::new(),
            }
        };
        self.add(path, content)
    }

    fn add(&mut self, path: String, content: Content) -> Node {
        self.nodes.push(content);
        let node = self.nodes.len() - 1;
        self.names.insert(path, node);
        node
    }

    /// Does what an entry tells of.
    pub(crate) fn tell(&mut self, entry: &Entry<'_>) {
        self.count += 1;
        let Entry { inode, number, .. } = *entry;
        match entry.what {
            What::Open { path, cuts } => {
                let node = match self.names.get(path) {
                    Some(node) => *node,
                    None => {
                        let content = Content::File {
                            durable: Vec::new(),
                            since: Vec::new(),
                        };
                        let node = self.add(path.to_owned(), content);
                        let (folder, name) = split(path);
                        self.of_folder(folder, FolderChange::Link(name.to_owned(), node));
                        node
                    }
                };
                self.inodes.insert(inode, node);
                if cuts {
                    self.of_file(inode, FileChange::Length(0));
                }
            }
            What::OpenFolder { path } => {
                let node = self.names[path];
                self.inodes.insert(inode, node);
            }
            What::Write { bytes } => {
                let offset = usize::try_from(number).unwrap();
                self.of_file(inode, FileChange::Write(offset, bytes.to_vec()));
            }
            What::Length => {
                let length = usize::try_from(number).unwrap();
                self.of_file(inode, FileChange::Length(length));
            }
            What::SyncBegins => {
                self.syncs.insert(number, self.count);
            }
            What::SyncEnds => {
                let began = self.syncs.remove(&number).unwrap();
                let node = self.inodes[&inode];
                self.nodes[node].settle(began);
            }
            What::Rename { from, to } => self.rename(from, to),
            What::Remove { path } => {
                self.names.remove(path);
                let (folder, name) = split(path);
                self.of_folder(folder, FolderChange::Unlink(name.to_owned()));
            }
            What::MakeFolder { path } => {
                let content = Content::Folder {
                    durable: BTreeMap::new(),
                    since: Vec::new(),
                };
                let node = self.add(path.to_owned(), content);
                let (folder, name) = split(path);
                self.of_folder(folder, FolderChange::Link(name.to_owned(), node));
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let ((folder, old), (other, new)) = (split(from), split(to));
        assert_eq!(folder, other, "renames stay in their folder");
        let node = self.names.remove(from).unwrap();
        assert!(matches!(self.nodes[node], Content::File { .. }));
        self.names.insert(to.to_owned(), node);
        let change = FolderChange::Rename(old.to_owned(), new.to_owned());
        self.of_folder(folder, change);
    }

    fn of_file(&mut self, inode: u64, change: FileChange) {
        let node = self.inodes[&inode];
        match &mut self.nodes[node] {
            Content::File { since, .. } => since.push((self.count, change)),
            Content::Folder { .. } => panic!("a folder is not written to"),
        }
    }

    fn of_folder(&mut self, path: &str, change: FolderChange) {
        let node = self.names[path];
        match &mut self.nodes[node] {
            Content::Folder { since, .. } => since.push((self.count, change)),
            Content::File { .. } => panic!("{path} is no folder"),
        }
    }

    /// Writes into an empty folder what may be left when the power fails now.
    pub(crate) fn fail(&self, into: &Path, seeded: &mut Seeded) {
        self.leave(self.names[""], into, seeded);
    }

    fn leave(&self, node: Node, at: &Path, seeded: &mut Seeded) {
        match &self.nodes[node] {
            Content::File { durable, since } => {
                let left = left_of_file(durable, since, seeded);
                fs::write(at, left).unwrap();
                fs::set_permissions(at, fs::Permissions::from_mode(0o600)).unwrap();
            }
            Content::Folder { durable, since } => {
                fs::create_dir(at).unwrap();
                fs::set_permissions(at, fs::Permissions::from_mode(0o700)).unwrap();
                let mut names = durable.clone();
                let kept = seeded.below(since.len() as u64 + 1);
                for (_, change) in since.iter().take(usize::try_from(kept).unwrap()) {
                    change.apply(&mut names);
                }
                for (name, node) in names {
                    self.leave(node, &at.join(name), seeded);
                }
            }
        }
    }
}

impl Content {
    /// What was done before an entry is durable.
    fn settle(&mut self, before: usize) {
        match self {
            Self::File { durable, since } => {
                for (_, change) in settled(since, before) {
                    change.apply(durable);
                }
            }
            Self::Folder { durable, since } => {
                for (_, change) in settled(since, before) {
                    change.apply(durable);
                }
            }
        }
    }
}

fn settled<T>(since: &mut Vec<(usize, T)>, before: usize) -> Vec<(usize, T)> {
    let count = since.partition_point(|(entry, _)| *entry < before);
    since.drain(..count).collect()
}

impl FileChange {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => {
                let end = offset + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(bytes);
            }
            Self::Length(length) => content.resize(*length, 0),
        }
    }

    /// The bytes that it changes of a file that was so long.
    fn touches(&self, length: usize) -> std::ops::Range<usize> {
        match self {
            Self::Write(offset, bytes) => (*offset).min(length)..offset + bytes.len(),
            Self::Length(new) => (*new).min(length)..(*new).max(length),
        }
    }
}

impl FolderChange {
    fn apply(&self, names: &mut BTreeMap<String, Node>) {
        match self {
            Self::Link(name, node) => {
                names.insert(name.clone(), *node);
            }
            Self::Unlink(name) => {
                names.remove(name);
            }
            Self::Rename(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
        }
    }
}

/// What may be left of a file: each sector that was changed, and the length, as they were after some of the changes.
fn left_of_file(durable: &[u8], since: &[(usize, FileChange)], seeded: &mut Seeded) -> Vec<u8> {
    // Of some files nearly everything is lost, of others nearly nothing.
    let luck = seeded.below(11);
    let mut now = durable.to_vec();
    let (mut left, mut length) = (now.clone(), now.len());
    for (_, change) in since {
        let touched = change.touches(now.len());
        change.apply(&mut now);
        let end = now.len().max(left.len());
        left.resize(end, 0);
        let sectors = touched.start / SECTOR..touched.end.div_ceil(SECTOR);
        for sector in sectors {
            if seeded.below(10) < luck {
                let range = (sector * SECTOR).min(end)..((sector + 1) * SECTOR).min(end);
                let there = range.start.min(now.len())..range.end.min(now.len());
                left[range.clone()].fill(0);
                left[there.clone()].copy_from_slice(&now[there]);
            }
        }
        if seeded.below(10) < luck {
            length = now.len();
        }
    }
    left.resize(length, 0);
    left
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(disk: &mut Disk, what: What<'_>, number: u64) {
        disk.tell(&Entry {
            inode: 7,
            number,
            what,
        });
    }

    /// What may be left in a folder `d` with a file `f`, over many failures.
    fn left(disk: &Disk) -> std::collections::BTreeSet<Option<Vec<u8>>> {
        let mut seeded = Seeded::fresh();
        let mut one = || {
            let folder = tempfile::tempdir().unwrap();
            disk.fail(&folder.path().join("d"), &mut seeded);
            fs::read(folder.path().join("d/f")).ok()
        };
        (0..200).map(|_| one()).collect()
    }

    #[test]
    fn what_is_not_synced_may_be_lost_and_what_is_may_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = Disk::of(folder.path());
        file(
            &mut disk,
            What::Open {
                path: "f",
                cuts: false,
            },
            0,
        );
        file(&mut disk, What::Write { bytes: b"one" }, 0);
        let whole = Some(b"one".to_vec());
        let found = left(&disk);
        for possible in [None, Some(Vec::new()), Some(vec![0; 3]), whole.clone()] {
            assert!(found.contains(&possible), "{possible:?} of {found:?}");
        }
        // The file's content is durable, and its name is not.
        file(&mut disk, What::SyncBegins, 1);
        file(&mut disk, What::SyncEnds, 1);
        assert_eq!(left(&disk), [None, whole.clone()].into());
        disk.tell(&Entry {
            inode: 8,
            number: 0,
            what: What::OpenFolder { path: "" },
        });
        disk.tell(&Entry {
            inode: 8,
            number: 2,
            what: What::SyncBegins,
        });
        // What comes while a sync runs is not covered by it.
        file(&mut disk, What::Write { bytes: b"two" }, 0);
        disk.tell(&Entry {
            inode: 8,
            number: 2,
            what: What::SyncEnds,
        });
        assert_eq!(left(&disk), [whole, Some(b"two".to_vec())].into());
    }
}
