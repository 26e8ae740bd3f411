//! The journal that the shim writes.

/// Something that was asked of the disk.
pub(crate) struct Entry<'a> {
    /// Of which file or folder, if the entry does not name it.
    pub(crate) inode: u64,
    /// Where a write begins, what a file's length is to be, which sync it is.
    pub(crate) number: u64,
    pub(crate) what: What<'a>,
}

#[derive(Debug)]
pub(crate) enum What<'a> {
    /// A file was opened, and made if it was not there; `cuts` if it is to be empty.
    Open {
        path: &'a str,
        cuts: bool,
    },
    OpenFolder {
        path: &'a str,
    },
    Write {
        bytes: &'a [u8],
    },
    Length,
    SyncBegins,
    SyncEnds,
    Rename {
        from: &'a str,
        to: &'a str,
    },
    Remove {
        path: &'a str,
    },
    MakeFolder {
        path: &'a str,
    },
}

/// The entries of a journal, each with where it ends. One that was not written to its end is left out.
pub(crate) fn entries(mut journal: &[u8]) -> Vec<(u64, Entry<'_>)> {
    let mut found = Vec::new();
    let mut end = 0;
    while let Some((entry, rest)) = first(journal) {
        end += journal.len() - rest.len();
        found.push((end as u64, entry));
        journal = rest;
    }
    found
}

fn first(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (inode, rest) = rest.split_first_chunk()?;
    let (number, rest) = rest.split_first_chunk()?;
    let (first_length, rest) = rest.split_first_chunk()?;
    let (second_length, rest) = rest.split_first_chunk()?;
    let length = |bytes: &[u8; 4]| usize::try_from(u32::from_ne_bytes(*bytes)).unwrap();
    let (one, rest) = rest.split_at_checked(length(first_length))?;
    let (two, rest) = rest.split_at_checked(length(second_length))?;
    let number = u64::from_ne_bytes(*number);
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    let what = match kind {
        b'O' => What::Open {
            path: text(one),
            cuts: number == 1,
        },
        b'D' => What::OpenFolder { path: text(one) },
        b'W' => What::Write { bytes: one },
        b'T' => What::Length,
        b'S' => What::SyncBegins,
        b'E' => What::SyncEnds,
        b'R' => What::Rename {
            from: text(one),
            to: text(two),
        },
        b'U' => What::Remove { path: text(one) },
        b'M' => What::MakeFolder { path: text(one) },
        other => panic!("an entry of kind {other}"),
    };
    let entry = Entry {
        inode: u64::from_ne_bytes(*inode),
        number,
        what,
    };
    Some((entry, rest))
}
