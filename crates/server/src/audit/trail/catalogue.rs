//! What was delivered: objects by their names, and lists of names.
//!
//! A name is looked up only if it is one that a trail makes, and a list shows no other, so that
//! nothing besides what was delivered can be reached.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use keystead_core::time::Timestamp;

use super::SIGNATURE_SUFFIX;
use super::name::{Kind, ObjectKey};

/// The longest signature that is read, in bytes: that of an RSA key of 4096 bits, in hexadecimal.
const MAX_SIGNATURE_BYTES: u64 = 1024;

/// The objects of one bucket.
#[derive(Debug, Clone)]
pub struct Catalogue {
    bucket: PathBuf,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// How many bytes it has.
    pub size: u64,
    /// When it was written.
    pub modified: Timestamp,
}

/// What a list is to show.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// How names begin.
    pub prefix: &'a str,
    /// Names after this one.
    pub after: Option<&'a str>,
    /// Names that have this behind the prefix are shown as one, up to it.
    pub delimiter: Option<&'a str>,
    /// How many names, at most.
    pub most: usize,
}

/// A part of a list, in the order of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The names of objects.
    pub keys: Vec<ObjectKey>,
    /// What the names begin with that are shown as one.
    pub common_prefixes: Vec<String>,
    /// The last of both, if there are more behind it.
    pub next: Option<String>,
}

impl Catalogue {
    /// The objects in a bucket's folder, which need not be there yet.
    #[must_use]
    pub const fn new(bucket: PathBuf) -> Self {
        Self { bucket }
    }

    /// What is known of an object; `None` if it is not there.
    ///
    /// # Errors
    /// What the system says.
    pub fn facts(&self, key: &ObjectKey) -> io::Result<Option<ObjectFacts>> {
        found(fs::metadata(self.bucket.join(key.as_str())).and_then(|file| facts(&file)))
    }

    /// An object, or a part of it: so many bytes from an offset on. `None` if it is not there.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self, key: &ObjectKey, part: Option<(u64, u64)>) -> io::Result<Option<Vec<u8>>> {
        let read = || {
            let mut file = File::open(self.bucket.join(key.as_str()))?;
            let (offset, length) = part.unwrap_or((0, u64::MAX));
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            file.take(length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        found(read())
    }

    /// The signature of a digest, in hexadecimal; `None` if there is none.
    ///
    /// # Errors
    /// What the system says.
    pub fn signature(&self, key: &ObjectKey) -> io::Result<Option<String>> {
        if key.kind() != Kind::Digest {
            return Ok(None);
        }
        let path = self.bucket.join(format!("{key}{SIGNATURE_SUFFIX}"));
        let read = || {
            let mut text = String::new();
            let file = File::open(path)?;
            file.take(MAX_SIGNATURE_BYTES).read_to_string(&mut text)?;
            Ok(text)
        };
        found(read())
    }

    /// A part of the list of names.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self, wanted: &Wanted<'_>) -> io::Result<Names> {
        let mut walk = Walk {
            wanted,
            names: Names::default(),
            last: String::new(),
        };
        // Whether it came to its end shows in the names.
        let _ = walk.folder(&self.bucket, "")?;
        Ok(walk.names)
    }
}

fn facts(file: &fs::Metadata) -> io::Result<ObjectFacts> {
    if !file.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let modified = file.modified()?.duration_since(UNIX_EPOCH);
    let millis = modified.unwrap_or_default().as_millis();
    Ok(ObjectFacts {
        size: file.len(),
        modified: Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX)),
    })
}

fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A walk through folders in the order of the names in them.
struct Walk<'a> {
    wanted: &'a Wanted<'a>,
    names: Names,
    /// The last name or common prefix that was taken.
    last: String,
}

/// Whether a walk has all that it was for.
#[derive(PartialEq, Eq)]
enum Walked {
    ToTheEnd,
    Enough,
}

impl Walk<'_> {
    /// Takes what is in a folder. Names in it begin with `stem`.
    fn folder(&mut self, path: &Path, stem: &str) -> io::Result<Walked> {
        for name in entries(path)? {
            let text = format!("{stem}{name}");
            let walked = match name.strip_suffix('/') {
                Some(folder) if self.may_hold(&text) => self.folder(&path.join(folder), &text)?,
                Some(_) => Walked::ToTheEnd,
                None => self.file(&text),
            };
            if walked == Walked::Enough {
                return Ok(walked);
            }
        }
        Ok(Walked::ToTheEnd)
    }

    /// Whether a folder can have names that are wanted.
    fn may_hold(&self, stem: &str) -> bool {
        let Wanted { prefix, after, .. } = self.wanted;
        let has_prefix = stem.starts_with(prefix) || prefix.starts_with(stem);
        let is_before = after.is_some_and(|after| stem < after && !after.starts_with(stem));
        has_prefix && !is_before && !self.is_shown_already(stem)
    }

    /// Whether what begins so is shown already, by a common prefix of this page, or by the one that
    /// the page begins after.
    fn is_shown_already(&self, text: &str) -> bool {
        let before = self.wanted.after.filter(|after| {
            let group = group(self.wanted, after);
            group.is_some_and(|group| group == **after)
        });
        let shown = self.names.common_prefixes.last();
        let shown = shown.map(String::as_str).or(before);
        shown.is_some_and(|shown| text.starts_with(shown))
    }

    fn file(&mut self, text: &str) -> Walked {
        let Wanted {
            prefix,
            after,
            most,
            ..
        } = *self.wanted;
        let is_wanted = text.starts_with(prefix) && after.is_none_or(|after| text > after);
        if !is_wanted || self.is_shown_already(text) {
            return Walked::ToTheEnd;
        }
        let Some(key) = ObjectKey::parse(text) else {
            return Walked::ToTheEnd;
        };
        let names = &mut self.names;
        if names.keys.len() + names.common_prefixes.len() >= most {
            names.next = (most > 0).then(|| self.last.clone());
            return Walked::Enough;
        }
        match group(self.wanted, text) {
            Some(group) => {
                self.last.clone_from(&group);
                names.common_prefixes.push(group);
            }
            None => {
                text.clone_into(&mut self.last);
                names.keys.push(key);
            }
        }
        Walked::ToTheEnd
    }
}

/// What a name is shown as together with others, if it is.
fn group(wanted: &Wanted<'_>, name: &str) -> Option<String> {
    let (prefix, delimiter) = (wanted.prefix, wanted.delimiter?);
    let (group, _) = name.strip_prefix(prefix)?.split_once(delimiter)?;
    Some(format!("{prefix}{group}{delimiter}"))
}

/// What is in a folder, in the order of names, in which a folder ends in a slash. A folder that is
/// not there has nothing in it.
fn entries(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in found(fs::read_dir(path))?.into_iter().flatten() {
        let entry = entry?;
        if let Some(name) = entry.file_name().to_str() {
            let end = if entry.file_type()?.is_dir() { "/" } else { "" };
            names.push(format!("{name}{end}"));
        }
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    fn key(account: char, digest: bool, region: &str, day: u8, hour: u8) -> String {
        let account = account.to_string().repeat(12);
        let (folder, name) = if digest {
            (
                "CloudTrail-Digest",
                format!("keystead_us-east-1_202601{day:02}T{hour:02}0000Z"),
            )
        } else {
            (
                "CloudTrail",
                format!("202601{day:02}T{hour:02}00Z_ABCDEFGHIJKLMNOP"),
            )
        };
        format!(
            "AWSLogs/{account}/{folder}/{region}/2026/01/{day:02}/{account}_{folder}_{region}_{name}.json.gz"
        )
    }

    fn keys() -> Vec<String> {
        let mut keys = Vec::new();
        for (region, day, hour) in [
            ("eu-west-1", 1, 0),
            ("eu-west-1", 1, 1),
            ("eu-west-1", 2, 0),
            ("us-east-1", 1, 0),
        ] {
            keys.extend([true, false].map(|digest| key('1', digest, region, day, hour)));
        }
        keys.sort();
        keys
    }

    fn bucket() -> (TempDir, Catalogue) {
        let scratch = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(scratch.path().join("bucket"));
        for key in keys() {
            let path = catalogue.bucket.join(&key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "0123456789").unwrap();
            fs::write(path.with_extension("gz.signature"), "ab").unwrap();
            fs::write(path.with_extension("gz.new"), "").unwrap();
        }
        fs::write(catalogue.bucket.join("AWSLogs/stray"), "").unwrap();
        (scratch, catalogue)
    }

    fn names(names: &Names) -> Vec<String> {
        let keys = names.keys.iter().map(ObjectKey::to_string);
        let mut all: Vec<_> = keys.chain(names.common_prefixes.clone()).collect();
        all.sort();
        all
    }

    /// All pages of a list.
    fn all(catalogue: &Catalogue, wanted: Wanted<'_>) -> Vec<String> {
        let (mut found, mut after) = (Vec::new(), wanted.after.map(str::to_owned));
        loop {
            let page = Wanted {
                after: after.as_deref(),
                ..wanted
            };
            let page = catalogue.list(&page).unwrap();
            assert!(page.keys.len() + page.common_prefixes.len() <= wanted.most);
            found.extend(names(&page));
            after = page.next.clone();
            if after.is_none() {
                return found;
            }
        }
    }

    /// The list, by a way that shares nothing with the walk.
    fn expected(wanted: Wanted<'_>) -> Vec<String> {
        let after = wanted.after.unwrap_or_default();
        let behind = keys().into_iter().filter(|key| key.as_str() > after);
        let shown = behind.filter_map(|key| {
            let rest = key.strip_prefix(wanted.prefix)?;
            let cut = wanted.delimiter.and_then(|d| Some(rest.find(d)? + d.len()));
            let shown = cut.map(|cut| key[..wanted.prefix.len() + cut].to_owned());
            Some(shown.unwrap_or(key))
        });
        let mut shown: Vec<_> = shown.filter(|shown| shown != after).collect();
        shown.sort();
        shown.dedup();
        shown
    }

    #[test]
    fn objects_are_found_by_their_names_alone() {
        let (_scratch, catalogue) = bucket();
        let there = ObjectKey::parse(&keys()[0]).unwrap();
        let facts = catalogue.facts(&there).unwrap().unwrap();
        assert_eq!(facts.size, 10);
        assert!(facts.modified.as_millis() > 0);
        let read = |part| catalogue.read(&there, part).unwrap().unwrap();
        assert_eq!(read(None), b"0123456789");
        assert_eq!(read(Some((2, 3))), b"234");
        assert_eq!(read(Some((20, 3))), b"");
        assert_eq!(catalogue.signature(&there).unwrap().as_deref(), Some("ab"));
        let absent = ObjectKey::parse(&key('2', true, "eu-west-1", 1, 0)).unwrap();
        assert_eq!(catalogue.facts(&absent).unwrap(), None);
        assert_eq!(catalogue.read(&absent, None).unwrap(), None);
        assert_eq!(catalogue.signature(&absent).unwrap(), None);
    }

    #[test]
    fn a_bucket_that_is_not_there_is_empty() {
        let scratch = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(scratch.path().join("none"));
        let wanted = Wanted {
            most: 10,
            ..Wanted::default()
        };
        assert_eq!(catalogue.list(&wanted).unwrap(), Names::default());
    }

    #[test]
    fn a_list_of_no_names_ends() {
        let (_scratch, catalogue) = bucket();
        assert_eq!(
            catalogue.list(&Wanted::default()).unwrap(),
            Names::default()
        );
    }

    #[test]
    fn lists_are_in_order_and_whole_whatever_a_page_holds() {
        let (_scratch, catalogue) = bucket();
        let account = "AWSLogs/111111111111/";
        let marker = key('1', true, "eu-west-1", 1, 0);
        for prefix in [
            "",
            "AWSLogs",
            account,
            "AWSLogs/111111111111/CloudTrail/",
            "AWSLogs/111111111111/CloudTrail-Digest/eu-west-1",
            "x",
        ] {
            for after in [
                None,
                Some(""),
                Some("AWSLogs/111111111111/CloudTrail/eu"),
                Some(marker.as_str()),
                Some("z"),
            ] {
                for delimiter in [None, Some("/"), Some("_"), Some("-")] {
                    for most in [1, 2, 3, 1000] {
                        let wanted = Wanted {
                            prefix,
                            after,
                            delimiter,
                            most,
                        };
                        assert_eq!(all(&catalogue, wanted), expected(wanted), "{wanted:?}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_list_begins_after_any_text(cut in 0_usize..120, more in "[ -~]{0,2}", most in 1_usize..4) {
            let (_scratch, catalogue) = bucket();
            let key = &keys()[3];
            let after = format!("{}{more}", &key[..cut.min(key.len())]);
            let wanted = Wanted { after: Some(&after), most, ..Wanted::default() };
            prop_assert_eq!(all(&catalogue, wanted), expected(wanted));
        }
    }
}
