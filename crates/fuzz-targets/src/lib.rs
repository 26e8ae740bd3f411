//! What must hold of every parser that takes bytes from outside: of strangers, of callers, or of a file that
//! somebody else may have changed.
//!
//! Each target is a function of some bytes that fails by panicking. It asserts properties, not only that nothing
//! panics: what is printed is read again, two ways to one thing agree, what was changed is found. The targets reach
//! parsers through the public interface of the product's crates, as callers do.
//!
//! `fuzz/` has a libFuzzer program for each target, and `tests/replay.rs` runs each on the committed inputs and on
//! mutations of them. Neither ships, and nothing of the product may depend on this crate.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a target fails by panicking"
)]

mod audit_index;
mod audit_log;
mod audit_trail;
mod calls;
mod ciphertexts;
mod decisions;
mod json_bodies;
mod key_material;
mod key_use;
mod message;
mod names;
mod node;
mod operations;
mod parts;
mod policies;
mod query_forms;
mod random;
mod s3_requests;
mod sealed_values;
mod signatures;
mod strangers;
mod tokens;
mod web_identities;
mod xks_answers;
mod xks_requests;

/// One target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name: that of its program, and of the folder of its inputs.
    pub name: &'static str,
    /// Panics if something does not hold of these bytes.
    pub check: fn(&[u8]),
    /// How many mutations the tests try, so that they take about a second.
    pub mutations: u32,
}

const fn target(name: &'static str, check: fn(&[u8]), mutations: u32) -> Target {
    Target {
        name,
        check,
        mutations,
    }
}

/// All targets, in alphabetical order.
pub const TARGETS: &[Target] = &[
    target("audit_index", audit_index::check, 100),
    target("audit_log", audit_log::check, 150),
    target("audit_trail", audit_trail::check, 200),
    target("calls", calls::check, 300),
    target("ciphertexts", ciphertexts::check, 5000),
    target("decisions", decisions::check, 2000),
    target("json_bodies", json_bodies::check, 5000),
    target("key_material", key_material::check, 1000),
    target("key_use", key_use::check, 1000),
    target("names", names::check, 5000),
    target("policies", policies::check, 1000),
    target("query_forms", query_forms::check, 5000),
    target("s3_requests", s3_requests::check, 5000),
    target("sealed_values", sealed_values::check, 5000),
    target("signatures", signatures::check, 2000),
    target("strangers", strangers::check, 500),
    target("tokens", tokens::check, 600),
    target("web_identities", web_identities::check, 500),
    target("xks_answers", xks_answers::check, 5000),
    target("xks_requests", xks_requests::check, 2000),
];

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Checks some bytes with the target of this name.
///
/// # Panics
/// If something does not hold of them, or there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = named(name).expect("a target");
    (target.check)(bytes);
}
