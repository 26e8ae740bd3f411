//! What decisions cost, as a table and as JSON.

use std::fmt;

use serde::Serialize;

/// The whole benchmark.
#[derive(Serialize)]
pub(super) struct Report {
    /// Grants on the key, in the scenes that have any.
    pub(super) grants: usize,
    /// Decisions of each scene that were measured.
    pub(super) decisions: u32,
    /// The scenes in the order they were measured.
    pub(super) scenes: Vec<SceneReport>,
}

/// What a decision of one kind costs.
#[derive(Serialize)]
pub(super) struct SceneReport {
    name: &'static str,
    allowed: bool,
    p50_nanos: u64,
    p99_nanos: u64,
}

impl SceneReport {
    /// Sums up the times of decisions, in nanoseconds.
    pub(super) fn new(name: &'static str, allowed: bool, mut nanos: Vec<u64>) -> Self {
        nanos.sort_unstable();
        let at = |percent: usize| {
            let index = nanos.len().saturating_sub(1) * percent / 100;
            nanos.get(index).copied().unwrap_or_default()
        };
        Self {
            name,
            allowed,
            p50_nanos: at(50),
            p99_nanos: at(99),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            grants, decisions, ..
        } = self;
        writeln!(
            f,
            "{decisions} decisions each; {grants} grants where there are any\n"
        )?;
        writeln!(
            f,
            "{:<44} {:>8} {:>9} {:>9}",
            "", "answer", "p50 ns", "p99 ns"
        )?;
        for scene in &self.scenes {
            let answer = if scene.allowed { "allow" } else { "deny" };
            writeln!(
                f,
                "{:<44} {answer:>8} {:>9} {:>9}",
                scene.name, scene.p50_nanos, scene.p99_nanos
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_tail_are_told() {
        let scene = SceneReport::new("a scene", true, (1..=101).rev().collect());
        assert_eq!((scene.p50_nanos, scene.p99_nanos), (51, 100));
        let report = Report {
            grants: 2,
            decisions: 101,
            scenes: vec![scene],
        };
        let text = report.to_string();
        let row = text.lines().last().unwrap();
        let cells: Vec<_> = row.split_whitespace().collect();
        assert_eq!(cells, ["a", "scene", "allow", "51", "100"]);
        let none = SceneReport::new("none", false, Vec::new());
        assert_eq!(none.p99_nanos, 0);
    }
}
