//! `cargo xtask layers`: which crate may depend on which.
//!
//! `keystead → server → {store, crypto, wire} → core` and `pkcs11 → crypto`; `wire` and `core` know
//! nothing of each other. The table in [`table`] is the rule, `cargo metadata` the fact.

mod graph;
mod table;

use std::fmt;

use cargo_metadata::MetadataCommand;
use thiserror::Error;

use crate::root::root;
use graph::{Edge, Graph, Kind};
use table::{LAYERS, Layer, Outside};

/// Why the layers are not in order.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// Crates depend on what they may not; each was printed.
    #[error("{count} dependencies break the layers. Move the code, or argue for another table")]
    Broken {
        /// How many.
        count: usize,
    },
    /// Cargo could not tell what depends on what.
    #[error("cargo metadata: {source}")]
    Metadata {
        /// What went wrong.
        #[from]
        source: cargo_metadata::Error,
    },
}

/// Checks the workspace and prints every violation.
pub(crate) fn run() -> Result<(), Error> {
    println!("==> layers");
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()?;
    let graph = Graph::of(&metadata);
    let violations = violations(&graph);
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("    {} crates in order", graph.crates.len());
        return Ok(());
    }
    Err(Error::Broken {
        count: violations.len(),
    })
}

/// One dependency that may not be, or one crate that the table doesn't know.
#[derive(Debug, PartialEq, Eq)]
enum Violation {
    Unknown {
        name: String,
    },
    Forbidden {
        from: String,
        to: String,
        why: &'static str,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => write!(f, "crate {name} has no row in the table of layers"),
            Self::Forbidden { from, to, why } => {
                write!(f, "crate {from} may not depend on {to}: {why}")
            }
        }
    }
}

fn violations(graph: &Graph) -> Vec<Violation> {
    let unknown = graph
        .crates
        .iter()
        .filter(|name| layer(name).is_none())
        .map(|name| Violation::Unknown { name: name.clone() });
    let forbidden = graph.edges.iter().filter_map(|edge| {
        Some(Violation::Forbidden {
            from: edge.from.clone(),
            to: edge.to.clone(),
            why: objection(layer(&edge.from)?, edge, graph.crates.contains(&edge.to))?,
        })
    });
    unknown.chain(forbidden).collect()
}

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// What speaks against a dependency of a crate in `layer`, if anything does.
fn objection(layer: &Layer, edge: &Edge, to_is_inside: bool) -> Option<&'static str> {
    let to = edge.to.as_str();
    if !to_is_inside {
        return (edge.kind != Kind::Dev && !layer.outside.allows(to)).then_some(layer.refuses);
    }
    match (to, edge.kind) {
        _ if to == layer.name => None,
        ("xtask", _) => Some("development tasks are nobody's library"),
        ("keystead-testkit", Kind::Dev) => None,
        ("keystead-testkit", _) if !layer.inside.contains(&to) => {
            Some("the test kit is a dev-dependency and never ships")
        }
        _ => (!layer.inside.contains(&to)).then_some(layer.refuses),
    }
}

impl Outside {
    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.contains(&name),
            Self::Except(names) => !names.contains(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The violations of a workspace of all layers with these dependencies, each as
    /// `from -> to`, `from -dev-> to` or `from -build-> to`.
    fn check(edges: &[&str]) -> Vec<String> {
        let edges = edges.iter().map(|text| {
            let mut words = text.split(' ');
            let (from, arrow, to) = (
                words.next().unwrap(),
                words.next().unwrap(),
                words.next().unwrap(),
            );
            Edge {
                from: from.into(),
                to: to.into(),
                kind: match arrow {
                    "->" => Kind::Normal,
                    "-build->" => Kind::Build,
                    "-dev->" => Kind::Dev,
                    other => panic!("{other}"),
                },
            }
        });
        let graph = Graph {
            crates: LAYERS.iter().map(|layer| layer.name.to_owned()).collect(),
            edges: edges.collect(),
        };
        violations(&graph)
            .iter()
            .map(Violation::to_string)
            .collect()
    }

    #[test]
    fn the_design_is_in_order() {
        let none: [String; 0] = [];
        assert_eq!(
            check(&[
                "keystead -> keystead-server",
                "keystead -> keystead-store",
                "keystead-server -> keystead-store",
                "keystead-server -> keystead-crypto",
                "keystead-server -> keystead-wire",
                "keystead-server -> keystead-core",
                "keystead-store -> keystead-core",
                "keystead-crypto -> keystead-core",
                "keystead-pkcs11 -> keystead-crypto",
                "keystead-server -> hyper",
                "keystead-core -> serde",
                "keystead-core -dev-> proptest",
                "keystead-core -dev-> keystead-testkit",
                "keystead-store -dev-> keystead-testkit",
                "keystead-store -dev-> keystead-store",
                "xtask -> keystead-wire",
                "xtask -> keystead-testkit",
            ]),
            none
        );
    }

    #[test]
    fn what_the_design_forbids_is_found() {
        for edge in [
            "keystead-core -> keystead-wire",
            "keystead-core -> keystead-store",
            "keystead-core -dev-> keystead-wire",
            "keystead-wire -> keystead-core",
            "keystead-wire -> keystead-crypto",
            "keystead-wire -> keystead-store",
            "keystead-crypto -> keystead-wire",
            "keystead-crypto -> keystead-store",
            "keystead-store -> keystead-crypto",
            "keystead-store -> keystead-wire",
            "keystead-store -build-> keystead-wire",
            "keystead-store -> keystead-server",
            "keystead-server -> keystead",
            "keystead-server -> keystead-pkcs11",
            "keystead-pkcs11 -> keystead-core",
            "keystead-crypto -> keystead-pkcs11",
            "keystead-testkit -> keystead",
            "keystead-server -> keystead-testkit",
            "keystead -> keystead-testkit",
            "keystead-server -build-> keystead-testkit",
            "keystead-server -> xtask",
            "keystead -dev-> xtask",
            "keystead-core -> tokio",
            "keystead-core -> hyper",
            "keystead-core -> rusqlite",
            "keystead-core -> aws-lc-rs",
            "keystead-core -> never-heard-of",
            "keystead-core -build-> tokio",
            "keystead-wire -> tokio",
            "keystead-crypto -> hyper",
            "keystead-store -> hyper",
        ] {
            let found = check(&[edge]);
            let (from, to) = (
                edge.split(' ').next().unwrap(),
                edge.split(' ').nth(2).unwrap(),
            );
            let expected = format!("crate {from} may not depend on {to}: ");
            assert_eq!(found.len(), 1, "{edge}: {found:?}");
            assert!(found[0].starts_with(&expected), "{edge}: {found:?}");
        }
    }

    #[test]
    fn every_violation_is_reported_and_nothing_else() {
        let found = check(&[
            "keystead-core -> tokio",
            "keystead-core -> serde",
            "keystead-wire -> keystead-core",
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let graph = Graph {
            crates: vec!["keystead-gateway".into()],
            edges: Vec::new(),
        };
        assert_eq!(
            violations(&graph),
            [Violation::Unknown {
                name: "keystead-gateway".into()
            }]
        );
    }

    #[test]
    fn the_table_has_no_cycle_and_names_only_itself() {
        fn walk(name: &'static str, path: &mut Vec<&'static str>) {
            assert!(!path.contains(&name), "{path:?} -> {name}");
            path.push(name);
            let layer = layer(name).unwrap_or_else(|| panic!("{name} has no row"));
            layer.inside.iter().for_each(|next| walk(next, path));
            path.pop();
        }
        LAYERS
            .iter()
            .for_each(|layer| walk(layer.name, &mut Vec::new()));
    }
}
