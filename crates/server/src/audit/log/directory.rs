//! The log's directory: its lock and its segments, `segment-00000001.jsonl` and so on.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use super::disk::{Disk, Segment, Tail};
use super::journal::{self, Group, Journal};
use super::recovery;
use super::{Joined, LogError};

const LOCK: &str = "lock";
const PREFIX: &str = "segment-";
const SUFFIX: &str = ".jsonl";

/// A log directory that this process holds.
pub(super) struct Opened<D: Disk> {
    pub(super) disk: D,
    pub(super) tail: Option<Tail<D::Segment>>,
    pub(super) lock: File,
}

/// Opens or creates the directory, repairs the last segment and begins the first.
pub(super) fn open(path: &Path) -> Result<Opened<Directory>, LogError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| LogError::Open {
            path,
            source: Arc::new(source),
        }
    };
    create(path).map_err(failed(path))?;
    let lock = lock(path)?;
    // Names that an earlier process made, and did not live to sync, are used from now on: before the journal is emptied.
    sync_names(path).map_err(failed(path))?;
    let journal = journal::recover(path).map_err(failed(&path.join(journal::NAME)))?;
    let numbers = segments(path).map_err(failed(path))?;
    let mut directory = Directory {
        path: path.to_owned(),
        last: numbers.last().copied().unwrap_or(0),
        cut: None,
        syncing: match journal {
            Some(file) => Syncing::Journal(Journal::start(path, file).map_err(failed(path))?),
            None => Syncing::Segments { groups: 0 },
        },
    };
    let tail = match numbers.last() {
        Some(_) => {
            let last = directory.segment_path(directory.last);
            recovery::repair(&last, directory.last).map_err(failed(&last))?
        }
        None => directory.create().map_err(failed(path))?,
    };
    Ok(Opened {
        disk: directory,
        tail: Some(tail),
        lock,
    })
}

/// Returns when the names in a directory are on the disk.
fn sync_names(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Creates the directory and those above it, each durable in the one above.
fn create(path: &Path) -> io::Result<()> {
    let above = match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => File::open(above)?.sync_all(),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && above != path => {
            create(above)?;
            create(path)
        }
        Err(error) => Err(error),
    }
}

/// How many bytes the segments in a directory have.
pub(super) fn bytes(path: &Path) -> Result<u64, LogError> {
    let length = |number: u64| {
        let path = segment_path(path, number);
        match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.len()),
            // Removed since the directory was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(unreadable(&path, source)),
        }
    };
    let numbers = segments(path).map_err(|source| unreadable(path, source))?;
    numbers.into_iter().map(length).sum()
}

pub(super) fn unreadable(path: &Path, source: io::Error) -> LogError {
    LogError::Open {
        path: path.to_owned(),
        source: Arc::new(source),
    }
}

pub(super) fn segment_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{PREFIX}{number:08}{SUFFIX}"))
}

/// Removes a segment for good. One that is gone already is no error.
///
/// # Errors
/// [`LogError::Open`] if the system refuses.
pub(in crate::audit) fn remove(directory: &Path, number: u64) -> Result<(), LogError> {
    let path = segment_path(directory, number);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(unreadable(&path, error));
        }
        _ => {}
    }
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(|source| unreadable(directory, source))
}

/// A place for segments.
pub(super) struct Directory {
    path: PathBuf,
    /// The number of the newest segment.
    last: u64,
    /// The segment that was cut since the last sync.
    cut: Option<Arc<File>>,
    syncing: Syncing,
}

/// What is synced for a group.
enum Syncing {
    /// Its segment, as it was for so many groups.
    Segments { groups: u32 },
    /// Its segment, while the journal is made.
    UntilMade(Maker),
    /// The journal.
    Journal(Journal),
    /// Its segment, since no journal could be made.
    SegmentsAlways,
}

/// Makes the journal on a thread, which is waited for: nobody else may have the directory meanwhile.
struct Maker {
    made: Receiver<io::Result<File>>,
    _thread: Joined,
}

impl Maker {
    fn start(directory: &Path) -> io::Result<Self> {
        let (sender, made) = mpsc::channel();
        let directory = directory.to_owned();
        let thread = thread::Builder::new()
            .name("audit-journal".to_owned())
            // A log that is closed by then needs none.
            .spawn(move || drop(sender.send(journal::make(&directory))))?;
        Ok(Self {
            made,
            _thread: Joined::new(thread),
        })
    }
}

/// So many groups a log has before it gets a journal, which takes eight MiB: who tries something out needs none.
const GROUPS_WITHOUT_JOURNAL: u32 = 64;

impl Syncing {
    /// Takes a step towards a journal.
    fn prepare(&mut self, directory: &Path) -> io::Result<()> {
        match self {
            Self::Segments { groups } if *groups < GROUPS_WITHOUT_JOURNAL => *groups += 1,
            Self::Segments { .. } => *self = Self::UntilMade(Maker::start(directory)?),
            Self::UntilMade(maker) => {
                let made = match maker.made.try_recv() {
                    Err(TryRecvError::Empty) => return Ok(()),
                    Err(TryRecvError::Disconnected) => Err(io::Error::other("its maker ended")),
                    Ok(made) => made,
                };
                *self = Self::Journal(Journal::start(directory, made?)?);
            }
            Self::Journal(_) | Self::SegmentsAlways => {}
        }
        Ok(())
    }
}

impl Directory {
    fn segment_path(&self, number: u64) -> PathBuf {
        segment_path(&self.path, number)
    }
}

impl Disk for Directory {
    type Segment = Arc<File>;

    fn create(&mut self) -> io::Result<Tail<Arc<File>>> {
        let number = self.last.saturating_add(1);
        let path = self.segment_path(number);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        let file = match file {
            // Left by an attempt that could not be undone: the next attempt goes past it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.last = number;
                return Err(error);
            }
            other => other?,
        };
        if let Err(error) = sync_names(&self.path) {
            // Nothing was written to it, so that nothing is lost if it stays.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        self.last = number;
        Ok(Tail {
            segment: Arc::new(file),
            number,
            offset: 0,
        })
    }

    fn sync(&mut self, tail: &Tail<Arc<File>>, group: &mut Group) -> io::Result<()> {
        if let Err(error) = self.syncing.prepare(&self.path) {
            self.syncing = Syncing::SegmentsAlways;
            tracing::warn!(%error, "the audit log gets no journal until the next start: to sync it takes longer");
        }
        if let Some(segment) = &self.cut {
            if let Err(error) = segment.sync_data() {
                if let Syncing::Journal(journal) = &mut self.syncing {
                    journal.distrust_segments();
                }
                return Err(error);
            }
            self.cut = None;
        }
        match &mut self.syncing {
            Syncing::Journal(journal) => journal.put(&tail.segment, tail.end(), group),
            _ => tail.segment.sync_data(),
        }
    }

    fn cut(&mut self, tail: &Tail<Arc<File>>) -> io::Result<()> {
        self.cut = Some(Arc::clone(&tail.segment));
        tail.segment.set_len(tail.offset)
    }

    fn empty(&mut self) -> io::Result<()> {
        match &mut self.syncing {
            Syncing::Journal(journal) => return journal.empty(),
            // Nobody is to make anything in the directory when this returns.
            Syncing::UntilMade(_) => self.syncing = Syncing::Segments { groups: 0 },
            Syncing::Segments { .. } | Syncing::SegmentsAlways => {}
        }
        Ok(())
    }
}

impl Segment for Arc<File> {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }
}

/// Keeps other processes out for as long as the file is open.
fn lock(path: &Path) -> Result<File, LogError> {
    let lock_path = path.join(LOCK);
    let failed = |source| LogError::Open {
        path: lock_path.clone(),
        source: Arc::new(source),
    };
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The numbers of the segments, ascending. Other files are none of ours.
pub(super) fn segments(path: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for file in fs::read_dir(path)? {
        numbers.extend(file?.file_name().to_str().and_then(number));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let is_ours = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_segments_have_numbers() {
        let cases = [
            ("segment-00000001.jsonl", Some(1)),
            ("segment-00000120.jsonl", Some(120)),
            ("segment-123456789.jsonl", Some(123_456_789)),
            ("segment-1.jsonl", None),
            ("segment-+0000001.jsonl", None),
            ("segment-0000000x.jsonl", None),
            ("segment-00000001.jsonl.gz", None),
            ("segment-99999999999999999999.jsonl", None),
            ("lock", None),
        ];
        for (name, expected) in cases {
            assert_eq!(number(name), expected, "{name}");
        }
    }

    #[test]
    fn a_stranger_in_the_way_is_passed_by_and_left_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let mut directory = Directory {
            path: scratch.path().to_owned(),
            last: 1,
            cut: None,
            syncing: Syncing::SegmentsAlways,
        };
        let stranger = directory.segment_path(2);
        fs::write(&stranger, "kept").unwrap();
        assert_eq!(
            directory.create().unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        directory.create().unwrap();
        assert!(directory.segment_path(3).exists());
        assert_eq!(fs::read(&stranger).unwrap(), b"kept");
    }
}
