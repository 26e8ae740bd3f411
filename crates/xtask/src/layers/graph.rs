//! Who depends on whom, as the manifests say it.

use cargo_metadata::{DependencyKind, Metadata};

/// The workspace's crates and their direct dependencies.
pub(super) struct Graph {
    /// The names of the workspace's packages.
    pub(super) crates: Vec<String>,
    /// Their dependencies, those on other crates of the workspace and those from outside.
    pub(super) edges: Vec<Edge>,
}

/// One line of a manifest.
pub(super) struct Edge {
    /// The package whose manifest it is.
    pub(super) from: String,
    /// The package that it names, whatever it is renamed to.
    pub(super) to: String,
    /// The table that it stands in.
    pub(super) kind: Kind,
}

/// The kind of a dependency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Linked into the product.
    Normal,
    /// Run while building.
    Build,
    /// Of tests, examples and benchmarks.
    Dev,
}

impl Graph {
    /// The graph of a workspace; optional and platform-specific dependencies count like others.
    pub(super) fn of(metadata: &Metadata) -> Self {
        let packages = metadata.workspace_packages();
        let edges = packages.iter().flat_map(|package| {
            package.dependencies.iter().map(|dependency| Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                kind: match dependency.kind {
                    DependencyKind::Development => Kind::Dev,
                    DependencyKind::Build => Kind::Build,
                    // What a later cargo may add is taken for the strictest.
                    _ => Kind::Normal,
                },
            })
        });
        Self {
            edges: edges.collect(),
            crates: packages
                .iter()
                .map(|package| package.name.to_string())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;

    #[test]
    fn this_workspace_is_read() {
        let metadata = cargo_metadata::MetadataCommand::new()
            .manifest_path(root().join("Cargo.toml"))
            .no_deps()
            .exec()
            .unwrap();
        let graph = Graph::of(&metadata);
        let has = |to: &str, kind| {
            graph
                .edges
                .iter()
                .any(|edge| edge.from == "xtask" && edge.to == to && edge.kind == kind)
        };
        assert!(graph.crates.iter().any(|name| name == "keystead-core"));
        assert!(has("clap", Kind::Normal));
        assert!(has("proptest", Kind::Dev));
        assert!(!has("proptest", Kind::Normal));
    }
}
