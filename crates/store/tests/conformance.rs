//! The conformance suite and the model, on a file and in memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keystead_store::conformance::{self, Subject, model};
use keystead_store::{Pending, SqliteStore, Store};
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

/// Stores in files of one directory, numbered. The directory knows which store is which file.
struct Files {
    directory: TempDir,
    opened: AtomicU64,
}

impl Files {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            opened: AtomicU64::new(0),
        }
    }

    fn open(&self, number: u64) -> Arc<dyn Store> {
        let path = self.directory.path().join(format!("{number}.db"));
        Arc::new(SqliteStore::open(path).unwrap())
    }
}

impl Subject for Files {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        let number = self.opened.fetch_add(1, Ordering::Relaxed) + 1;
        Box::pin(async move { self.open(number) })
    }

    /// Only the newest store is ever opened again: cases run one after the other.
    fn reopen(&self, store: Arc<dyn Store>) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async move {
            assert_eq!(Arc::strong_count(&store), 1, "the file must be let go");
            drop(store);
            self.open(self.opened.load(Ordering::Relaxed))
        })
    }
}

struct Memory;

impl Subject for Memory {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async { Arc::new(SqliteStore::in_memory().unwrap()) as Arc<dyn Store> })
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async { store })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_conforms() {
    conformance::run(&Files::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_conforms() {
    conformance::run(&Memory).await;
}

#[test]
fn a_file_agrees_with_the_model() {
    agrees_with_the_model(&Files::new(), 24);
}

#[test]
fn memory_agrees_with_the_model() {
    agrees_with_the_model(&Memory, 128);
}

fn agrees_with_the_model(subject: &dyn Subject, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    TestRunner::new(Config::with_cases(cases))
        .run(&model::steps(), |steps| {
            runtime.block_on(model::check(subject, steps));
            Ok(())
        })
        .unwrap();
}
