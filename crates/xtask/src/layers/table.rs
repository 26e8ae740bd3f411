//! The layers: the crates of the workspace and what each may know.

/// One crate.
pub(super) struct Layer {
    /// The package's name.
    pub(super) name: &'static str,
    /// The crates of the workspace that it may depend on.
    pub(super) inside: &'static [&'static str],
    /// The crates from outside that it may depend on; its tests are free.
    pub(super) outside: Outside,
    /// What it refuses, as the reason given for a violation.
    pub(super) refuses: &'static str,
}

/// A rule about crates from outside the workspace.
pub(super) enum Outside {
    /// Whatever serves.
    Any,
    /// These and no others.
    Only(&'static [&'static str]),
    /// Anything but these.
    Except(&'static [&'static str]),
}

const CORE: &str = "keystead-core";
const CRYPTO: &str = "keystead-crypto";
const PKCS11: &str = "keystead-pkcs11";
const SERVER: &str = "keystead-server";
const STORE: &str = "keystead-store";
const TESTKIT: &str = "keystead-testkit";
const WIRE: &str = "keystead-wire";

/// All layers, from the binary down. A new crate needs a row.
pub(super) const LAYERS: &[Layer] = &[
    Layer {
        name: "keystead",
        inside: &[SERVER, STORE, CRYPTO, PKCS11, WIRE, CORE],
        outside: Outside::Any,
        refuses: "the binary wires the product's own layers and nothing else",
    },
    Layer {
        name: SERVER,
        inside: &[STORE, CRYPTO, WIRE, CORE],
        outside: Outside::Any,
        refuses: "the server is handed its providers and stores, it doesn't choose them",
    },
    Layer {
        name: STORE,
        inside: &[CORE],
        outside: Outside::Except(&["aws-lc-rs", "http", "hyper"]),
        refuses: "the store keeps bytes: no AWS protocol, no cryptography, no server",
    },
    Layer {
        name: PKCS11,
        inside: &[CRYPTO],
        outside: Outside::Any,
        refuses: "a provider knows what providers are, and nothing else",
    },
    Layer {
        name: CRYPTO,
        inside: &[CORE],
        outside: Outside::Except(&["http", "hyper", "rusqlite", "tokio"]),
        refuses: "cryptography knows no HTTP, no storage and no reactor",
    },
    Layer {
        name: WIRE,
        inside: &[],
        outside: Outside::Except(&["hyper", "rusqlite", "tokio"]),
        refuses: "the wire is AWS's protocols and SigV4 alone: no domain, no I/O",
    },
    Layer {
        name: CORE,
        inside: &[],
        outside: Outside::Only(&[
            "base64",
            "serde",
            "serde_json",
            "sonic-rs",
            "thiserror",
            "time",
            "uuid",
        ]),
        refuses: "the domain is pure: no I/O, no clock, no async, no cryptography, no HTTP",
    },
    Layer {
        name: TESTKIT,
        inside: &[SERVER, STORE, CRYPTO, WIRE, CORE],
        outside: Outside::Any,
        refuses: "the test kit builds on the product's libraries, not on programs",
    },
    Layer {
        name: "keystead-fuzz-targets",
        inside: &[TESTKIT, SERVER, STORE, CRYPTO, WIRE, CORE],
        outside: Outside::Any,
        refuses: "fuzz targets call the product's libraries, and nothing depends on them",
    },
    Layer {
        name: "xtask",
        inside: &[TESTKIT, SERVER, STORE, CRYPTO, WIRE, CORE],
        outside: Outside::Any,
        refuses: "tasks run the binary, they don't link it",
    },
];
