//! A disk in memory that fails on demand, and forgets what was not synced.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use super::disk::{Disk, Segment, Tail};
use super::journal::Group;

/// What fails next. Each fault waits for the first call that it fits, and strikes once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The disk is full after so many bytes.
    Write { written: usize },
    /// What was written may or may not reach the disk.
    Sync,
    /// No new segment.
    Create,
    /// Nothing can be cut off.
    Truncate,
}

/// A handle; its clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(super) struct FaultyDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: Vec<File>,
    faults: VecDeque<Fault>,
    calls: Vec<&'static str>,
    truncations_failed: usize,
}

#[derive(Debug, Default)]
struct File {
    contents: Vec<u8>,
    /// What a power failure would leave.
    durable: Vec<u8>,
}

/// A segment of the disk, by its index.
pub(super) struct FaultyFile {
    disk: FaultyDisk,
    index: usize,
}

impl FaultyDisk {
    /// Replaces the faults to come.
    pub(super) fn will_fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.lock().unwrap().faults = faults.into_iter().collect();
    }

    /// What was called so far.
    pub(super) fn calls(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().calls.clone()
    }

    /// What each segment holds.
    pub(super) fn contents(&self) -> Vec<String> {
        self.read(|file| file.contents.clone())
    }

    /// What each segment would hold after a power failure.
    pub(super) fn durable(&self) -> Vec<String> {
        self.read(|file| file.durable.clone())
    }

    pub(super) fn truncations_failed(&self) -> usize {
        self.0.lock().unwrap().truncations_failed
    }

    fn read(&self, bytes: impl Fn(&File) -> Vec<u8>) -> Vec<String> {
        let state = self.0.lock().unwrap();
        state
            .files
            .iter()
            .map(|file| String::from_utf8(bytes(file)).unwrap())
            .collect()
    }
}

impl State {
    /// Notes a call, and takes the first of the faults that fits it.
    fn call(&mut self, name: &'static str, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.calls.push(name);
        let index = self.faults.iter().position(fits)?;
        self.faults.remove(index)
    }
}

impl Disk for FaultyDisk {
    type Segment = FaultyFile;

    fn create(&mut self) -> io::Result<Tail<FaultyFile>> {
        let mut state = self.0.lock().unwrap();
        if state
            .call("create", |fault| *fault == Fault::Create)
            .is_some()
        {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        state.files.push(File::default());
        let index = state.files.len() - 1;
        Ok(Tail {
            segment: FaultyFile::of(self, index),
            number: index as u64,
            offset: 0,
        })
    }

    fn sync(&mut self, tail: &Tail<FaultyFile>, _: &mut Group) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        if state.call("sync", |fault| *fault == Fault::Sync).is_some() {
            return Err(io::ErrorKind::Other.into());
        }
        let file = &mut state.files[tail.segment.index];
        file.durable.clone_from(&file.contents);
        Ok(())
    }

    fn cut(&mut self, tail: &Tail<FaultyFile>) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        if state
            .call("truncate", |fault| *fault == Fault::Truncate)
            .is_some()
        {
            state.truncations_failed += 1;
            return Err(io::ErrorKind::Other.into());
        }
        let length = usize::try_from(tail.offset).unwrap();
        state.files[tail.segment.index].contents.truncate(length);
        Ok(())
    }

    fn empty(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FaultyFile {
    pub(super) fn of(disk: &FaultyDisk, index: usize) -> Self {
        Self {
            disk: disk.clone(),
            index,
        }
    }
}

impl Segment for FaultyFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        let fault = state.call("write", |fault| matches!(fault, Fault::Write { .. }));
        let written = match fault {
            Some(Fault::Write { written }) => written.min(bytes.len()),
            _ => bytes.len(),
        };
        let contents = &mut state.files[self.index].contents;
        let offset = usize::try_from(offset).unwrap();
        assert!(offset <= contents.len(), "a hole in the log");
        contents.truncate(offset);
        contents.extend_from_slice(&bytes[..written]);
        match fault {
            Some(_) => Err(io::ErrorKind::StorageFull.into()),
            None => Ok(()),
        }
    }
}
