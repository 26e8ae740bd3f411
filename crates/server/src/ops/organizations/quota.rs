//! How much of everything there can be.
//!
//! Source: "Quotas and service limits for AWS Organizations" in the Organizations guide; where a
//! quota can be raised, as far as AWS raises it.

/// Accounts of the organization, closed ones among them.
pub(super) const ACCOUNTS: usize = 10_000;
/// Units of the organization.
pub(super) const UNITS: usize = 2000;
/// Units that stand in one another, not counting the root.
pub(super) const UNIT_DEPTH: usize = 5;
/// Policies of a kind, AWS's own not counted.
pub(super) const POLICIES: usize = 1000;
/// Policies of a kind that are attached to one node.
pub(super) const ATTACHED_POLICIES: usize = 5;
/// Makings of accounts that failed and are still told of.
pub(super) const FAILED_CREATIONS: usize = 20;
