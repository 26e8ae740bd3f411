//! One scene, decided again and again.

use std::hint::black_box;
use std::time::Instant;

use keystead_core::policy::decide;

use super::report::SceneReport;
use super::scene::Scene;

/// Decides the scene's question as often as told, each time by itself, after a tenth of that for
/// warming up.
pub(super) fn measure(scene: &Scene, decisions: u32) -> SceneReport {
    let (question, facts) = (scene.question(), scene.facts());
    let once = || black_box(decide(black_box(&question), black_box(&facts)).is_allowed());
    for _ in 0..decisions / 10 {
        once();
    }
    let time = |_| {
        let start = Instant::now();
        once();
        u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    };
    let nanos: Vec<_> = (0..decisions).map(time).collect();
    SceneReport::new(scene.name, once(), nanos)
}
