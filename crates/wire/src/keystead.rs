//! The API of Keystead's own service: what AWS has no operation for. It is spoken in JSON 1.1, with targets
//! `Keystead.<Operation>`.
//!
//! A new operation is an input and an output, a line for each member; a new shape is a line in [`shapes`].

pub mod enums;
pub mod input;
pub mod output;
pub mod shapes;

mod pattern;

pub use enums::*;

use crate::json::recorded_inputs as inputs;

/// There is no model of AWS's to compare with: the declarations must at least agree with themselves.
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{enums, shapes};
    use crate::model::Rule;

    #[test]
    fn every_shape_is_declared_once_and_can_be_met() {
        let mut seen = BTreeSet::new();
        for (name, rules) in shapes::TABLE.iter().chain(enums::TABLE) {
            assert!(seen.insert(*name), "{name} is declared twice");
            let (mut most, mut least) = (i64::MAX, i64::MIN);
            for rule in *rules {
                match *rule {
                    Rule::Longest(n) => most = most.min(i64::try_from(n).unwrap()),
                    Rule::Shortest(n) => least = least.max(i64::try_from(n).unwrap()),
                    Rule::AtMost(n) => most = most.min(n),
                    Rule::AtLeast(n) => least = least.max(n),
                    _ => {}
                }
            }
            assert!(least <= most, "nothing can be a {name}");
        }
    }
}
