//! Every operation of KMS, called by everybody: a committed table of the answers, so that a change
//! of who may do what shows in the difference.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod calls;
mod invariants;
mod page;
mod scene;
mod situations;
mod world;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use keystead_server::router;
use keystead_testkit::committed;

use crate::calls::CALLS;
use crate::situations::{PANELS, Situation};
use crate::world::World;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/authz_matrix.txt");
/// How many situations are played at once.
const PLAYERS: usize = 8;

#[test]
fn every_operation_has_its_rows_in_order() {
    let routes: BTreeSet<&str> = router::KMS.iter().map(|route| route.name).collect();
    let rows: BTreeSet<&str> = CALLS.iter().map(|call| call.operation).collect();
    assert_eq!(rows, routes);
    assert!(CALLS.is_sorted_by_key(|call| call.operation));
}

#[test]
fn the_matrix_is_as_it_is_written_down() {
    let situations: Vec<&Situation> = PANELS.iter().flat_map(|panel| panel.situations).collect();
    let names: BTreeSet<&str> = situations.iter().map(|situation| situation.name).collect();
    assert_eq!(names.len(), situations.len());
    let columns = play(&situations);
    let broken = invariants::broken(&columns);
    assert!(broken.is_empty(), "never to be:\n{}", broken.join("\n"));
    committed::check(Path::new(FILE), &page::page(&columns));
}

/// The cells of each situation.
fn play(situations: &[&Situation]) -> Vec<Vec<String>> {
    let world = World::new();
    let waiting = Mutex::new(situations.iter().enumerate());
    let columns = Mutex::new(vec![Vec::new(); situations.len()]);
    std::thread::scope(|scope| {
        for _ in 0..PLAYERS {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((index, situation)) = next else {
                        break;
                    };
                    let column = cells(&world, situation);
                    columns.lock().unwrap()[index] = column;
                }
            });
        }
    });
    columns.into_inner().unwrap()
}

fn cells(world: &World, situation: &Situation) -> Vec<String> {
    let stage = (situation.build)(world, &situation.name.replace([' ', ','], "-"));
    let cell = |call: &calls::Call| {
        let answer = stage
            .caller
            .call(call.operation, &(call.input)(&stage.scene));
        page::cell(&answer)
    };
    CALLS.iter().map(cell).collect()
}
