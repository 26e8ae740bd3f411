//! The life of keys: random sequences of everything that happens to them, on two nodes in turn and in
//! a model that was written from the documentation alone. After each step both must show the same.
//!
//! Ordinary runs take a few hundred steps, of seeds that never change; `KEYSTEAD_LIFE_CASES` asks for
//! more, as `cargo xtask soak` does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "life/action.rs"]
mod action;
#[path = "life/model.rs"]
mod model;
#[path = "life/world.rs"]
mod world;
#[path = "support/wrapping.rs"]
mod wrapping;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::action::Action;
use crate::world::World;

/// Sequences in an ordinary run.
const CASES: u32 = 10;
/// The longest sequence.
const STEPS: usize = 60;

#[test]
fn nodes_and_model_live_alike() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to look for trouble is the runner's choice"
    )]
    let cases = std::env::var("KEYSTEAD_LIFE_CASES").ok();
    let cases = cases.map_or(CASES, |cases| cases.parse().unwrap());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let seeds = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, seeds);
    let sequences = proptest::collection::vec(any::<Action>(), STEPS / 2..STEPS);
    let result = runner.run(&sequences, |actions| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(live(&actions));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

async fn live(actions: &[Action]) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(folder.path()).await;
    for action in actions {
        world = world.act(action).await;
    }
    world.end().await;
}
