//! What Organizations' operations are about, in the words of their tables.
//!
//! Source: "Actions, resources, and condition keys for AWS Organizations" in the Service
//! Authorization Reference.

use keystead_wire::organizations::input::Tag;

use crate::target::{Named, Parts};

/// The organization as a whole.
pub(super) const fn whole<I>(_input: &I) -> Named<'_> {
    parts([None; 3], false)
}

/// A root, a unit, an account or a policy.
pub(super) const fn one(id: &str) -> Named<'_> {
    parts([Some(id), None, None], false)
}

/// A policy and what it is or will be attached to.
pub(super) const fn attachment<'a>(policy: &'a str, target: &'a str) -> Named<'a> {
    parts([Some(policy), Some(target), None], false)
}

/// An account, where it stands and where it is to stand.
pub(super) const fn way<'a>(account: &'a str, source: &'a str, destination: &'a str) -> Named<'a> {
    parts([Some(account), Some(source), Some(destination)], false)
}

/// Something that is to be made below a root or unit, or in no particular place.
pub(super) const fn new<'a>(parent: Option<&'a str>, tags: &[Tag]) -> Named<'a> {
    parts([parent, None, None], !tags.is_empty())
}

const fn parts(ids: [Option<&str>; 3], tagged: bool) -> Named<'_> {
    Named::Organization(Parts { ids, tagged })
}
