//! A journal beside segments that lose what they were not synced for.

use keystead_testkit::Seeded;
use tempfile::TempDir;

use super::super::directory::segment_path;
use super::*;

/// A log's directory and its journal.
struct Scene {
    folder: TempDir,
    journal: Journal,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = make(folder.path()).unwrap();
        let journal = Journal::start(folder.path(), file).unwrap();
        Self { folder, journal }
    }

    fn path(&self, segment: u64) -> PathBuf {
        segment_path(self.folder.path(), segment)
    }

    fn segment(&self, number: u64) -> Arc<File> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        Arc::new(options.open(self.path(number)).unwrap())
    }

    /// Appends lines to a segment and makes them durable.
    fn append(&mut self, segment: u64, lines: &str) {
        let file = self.segment(segment);
        let place = Place {
            segment,
            offset: file.metadata().unwrap().len(),
        };
        file.write_all_at(lines.as_bytes(), place.offset).unwrap();
        let mut group = Group::default();
        group.extend(lines.as_bytes());
        self.journal.put(&file, place, &mut group).unwrap();
    }

    /// What segments hold after the server comes back.
    fn recovered(&self, segments: &[u64]) -> Vec<String> {
        let journal = recover(self.folder.path()).unwrap().unwrap();
        let mut content = vec![0; usize::try_from(FILE_BYTES).unwrap()];
        journal.read_exact_at(&mut content, 0).unwrap();
        assert!(content.iter().all(|byte| *byte == 0), "emptied");
        let read = |number: &u64| fs::read_to_string(self.path(*number)).unwrap();
        segments.iter().map(read).collect()
    }
}

fn lines(count: usize, bytes: usize) -> String {
    let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat(bytes));
    line.repeat(count)
}

#[test]
fn what_a_segment_lost_comes_back() {
    let mut scene = Scene::new();
    scene.append(1, "{\"a\":1}\n");
    scene.append(1, "{\"a\":2}\n{\"a\":3}\n");
    scene.append(2, "{\"a\":4}\n");
    scene.segment(1).set_len(3).unwrap();
    fs::write(scene.path(2), b"\0\0\0\0").unwrap();
    let whole = ["{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "{\"a\":4}\n"];
    assert_eq!(scene.recovered(&[1, 2]), whole);
    assert_eq!(scene.recovered(&[1, 2]), whole, "again");
}

#[test]
fn a_segment_that_was_removed_stays_away() {
    let mut scene = Scene::new();
    scene.append(1, "{\"a\":1}\n");
    scene.append(2, "{\"a\":2}\n");
    fs::remove_file(scene.path(1)).unwrap();
    assert_eq!(scene.recovered(&[2]), ["{\"a\":2}\n"]);
    assert!(!scene.path(1).exists());
}

#[test]
fn behind_the_last_lines_only_whole_records_stay() {
    let cases = [
        ("", "", false),
        ("{\"b\":1}\n{\"b\":2}\n", "{\"b\":1}\n{\"b\":2}\n", false),
        ("{\"b\":1}\n{\"b\"", "{\"b\":1}\n", false),
        ("\"b\":{}}\n{\"b\":2}\n", "", true),
        ("{}}\n", "", true),
        ("{\"b\":1}\n\0\0\0\0", "{\"b\":1}\n", true),
    ];
    for (behind, left, is_put_aside) in cases {
        let mut scene = Scene::new();
        scene.append(1, "{\"a\":1}\n");
        let segment = scene.segment(1);
        segment.write_all_at(behind.as_bytes(), 8).unwrap();
        let expected = format!("{{\"a\":1}}\n{left}");
        assert_eq!(
            scene.recovered(&[1]),
            std::slice::from_ref(&expected),
            "{behind:?}"
        );
        let aside = scene
            .path(1)
            .with_extension(format!("{}.torn", expected.len()));
        assert_eq!(aside.exists(), is_put_aside, "{behind:?}");
    }
}

#[test]
fn a_refused_group_does_not_come_back_behind_later_ones() {
    let mut scene = Scene::new();
    scene.append(1, &lines(3, 1_000_000));
    let kept = fs::metadata(scene.path(1)).unwrap().len();
    let at = scene.journal.at;
    // The disk says no, but has the frame.
    scene.append(1, &lines(1, 900_000));
    scene.journal.at = at;
    scene.journal.sequence -= 1;
    scene.journal.is_spoiled = true;
    scene.segment(1).set_len(kept).unwrap();
    // There is no room for this where that one is.
    scene.append(1, &lines(2, 700_000));
    assert_eq!((scene.journal.half, scene.journal.is_spoiled), (1, false));
    let expected = lines(3, 1_000_000) + &lines(2, 700_000);
    assert!(scene.recovered(&[1]) == [expected]);
}

#[test]
fn frames_of_an_earlier_run_are_not_taken_for_those_of_this_one() {
    let mut scene = Scene::new();
    for i in 0..4 {
        scene.append(1, &format!("{{\"a\":{i}}}\n"));
    }
    scene.journal.empty().unwrap();
    fs::write(scene.path(1), "{\"b\":1}\n").unwrap();
    let Scene { folder, journal } = scene;
    drop(journal);
    let file = recover(folder.path()).unwrap().unwrap();
    let journal = Journal::start(folder.path(), file).unwrap();
    let mut scene = Scene { folder, journal };
    scene.append(1, "{\"b\":2}\n");
    assert_eq!(scene.recovered(&[1]), ["{\"b\":1}\n{\"b\":2}\n"]);
}

#[test]
fn damage_is_told_and_nothing_is_changed() {
    let mut scene = Scene::new();
    scene.append(1, "{\"a\":1}\n");
    scene.append(1, "{\"a\":2}\n");
    // Lines that were on the disk before any of the journal's.
    let journal = scene.folder.path().join(NAME);
    let whole = fs::read(&journal).unwrap();
    fs::write(
        &journal,
        [&whole[BLOCK_BYTES..], &[0; BLOCK_BYTES]].concat(),
    )
    .unwrap();
    scene.segment(1).set_len(3).unwrap();
    for content in [fs::read(&journal).unwrap(), vec![0; 4096]] {
        fs::write(&journal, &content).unwrap();
        let error = recover(scene.folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(fs::read(&journal).unwrap() == content);
        assert_eq!(fs::read(scene.path(1)).unwrap(), b"{\"a");
    }
}

#[test]
fn an_emptied_journal_is_used_again() {
    let mut scene = Scene::new();
    scene.append(1, &lines(3, 1_000_000));
    scene.journal.empty().unwrap();
    let content = fs::read(scene.folder.path().join(NAME)).unwrap();
    assert!(content.iter().all(|byte| *byte == 0));
    scene.append(1, "{\"a\":2}\n");
    scene.segment(1).set_len(3_000_027).unwrap();
    let expected = lines(3, 1_000_000) + "{\"a\":2}\n";
    assert!(scene.recovered(&[1]) == [expected]);
}

#[test]
fn what_is_put_after_a_blank_that_failed_is_found() {
    let mut scene = Scene::new();
    scene.append(1, "{\"a\":1}\n");
    let unwritable = File::open(scene.folder.path().join(NAME)).unwrap();
    let file = mem::replace(&mut scene.journal.file, unwritable);
    assert!(scene.journal.empty().is_err());
    // As far as it came.
    file.write_all_at(&[0; BLOCK_BYTES], 0).unwrap();
    scene.journal.file = file;
    scene.append(1, "{\"a\":2}\n");
    scene.segment(1).set_len(8).unwrap();
    assert_eq!(scene.recovered(&[1]), ["{\"a\":1}\n{\"a\":2}\n"]);
}

#[test]
fn what_could_not_be_synced_is_written_again() {
    let mut scene = Scene::new();
    scene.append(1, &lines(3, 1_000_000));
    scene.append(1, &lines(3, 1_000_000));
    let whole = fs::read(scene.path(1)).unwrap();
    // As a system does that could not write its pages, and forgot them.
    fs::write(scene.path(1), "").unwrap();
    scene.journal.is_unsettled = true;
    scene.journal.wait_for_other_half().unwrap();
    assert!(fs::read(scene.path(1)).unwrap() == whole);
    assert!(!scene.journal.is_unsettled);
}

/// A power failure at any moment: each segment has what it had when it was last synced, or later, and any part of what was
/// written since. All that was put is there afterwards.
#[test]
fn all_that_was_put_survives() {
    let mut seeded = Seeded::fresh();
    for _ in 0..8 {
        let mut scene = Scene::new();
        let (mut expected, mut segment) = (vec![String::new()], 0);
        for _ in 0..seeded.below(40) {
            if seeded.below(8) == 0 {
                segment += 1;
                expected.push(String::new());
            }
            let count = 1 + usize::try_from(seeded.below(4)).unwrap();
            let bytes = usize::try_from(seeded.below(400_000)).unwrap();
            let group = lines(count, bytes);
            scene.append(segment, &group);
            expected[usize::try_from(segment).unwrap()].push_str(&group);
        }
        // What the settler was not asked for yet may be lost: the frames of both halves at most.
        let mut content = vec![0; usize::try_from(FILE_BYTES).unwrap()];
        scene.journal.file.read_exact_at(&mut content, 0).unwrap();
        for frame in replay::in_order(&content) {
            if seeded.below(2) == 0 {
                let zeros = vec![0; frame.lines.len()];
                let segment = scene.segment(frame.place.segment);
                segment.write_all_at(&zeros, frame.place.offset).unwrap();
            }
        }
        if let Some(last) = replay::in_order(&content).last() {
            let segment = scene.segment(last.place.segment);
            segment
                .set_len(last.place.offset + seeded.below(last.lines.len() as u64))
                .unwrap();
        }
        let numbers: Vec<_> = (0..=segment)
            .filter(|number| scene.path(*number).exists())
            .collect();
        let expected: Vec<_> = expected
            .into_iter()
            .filter(|lines| !lines.is_empty())
            .collect();
        assert!(scene.recovered(&numbers) == expected, "{seeded:?}");
    }
}
