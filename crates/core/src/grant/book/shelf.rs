//! The grants to one grantee, found by what is asked.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use super::{Entry, GrantRequest};
use crate::grant::{ContextConstraint, GrantOperation};
use crate::policy::Naming;

/// The grants to one grantee. A grant lies on one pile for each of its operations.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    piles: HashMap<u64, Pile>,
    /// How many grants lie here that are constrained by an encryption context.
    constrained: usize,
}

/// What the grants of a pile have in common. Only its hash is kept: two piles may become one, since
/// whoever takes a grant from a pile reads whether it permits.
#[derive(Hash, Clone, Copy)]
struct Label<'a> {
    operation: GrantOperation,
    source_arn: Option<&'a str>,
    context: ContextLabel<'a>,
}

#[derive(Hash, Clone, Copy)]
enum ContextLabel<'a> {
    /// Any encryption context will do.
    Any,
    /// The encryption context is this one.
    Whole(&'a BTreeMap<String, String>),
    /// The encryption context has this pair, and all others of the grant.
    Pair(&'a str, &'a str),
}

impl Shelf {
    pub(super) fn is_empty(&self) -> bool {
        self.piles.is_empty()
    }

    /// The grants, each once for each of its operations.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.piles.values().flat_map(Pile::iter)
    }

    /// The first grant that permits, among those that may.
    pub(super) fn find(
        &self,
        request: &GrantRequest<'_>,
        permits: &impl Fn(&Entry) -> Option<Naming>,
    ) -> Option<(Naming, &Entry)> {
        let operation = request.operation;
        let source = request.source_arn.filter(|_| operation.heeds_source_arn());
        let sources = [Some(None), source.map(Some)];
        sources.into_iter().flatten().find_map(|source_arn| {
            let look = |context| {
                let label = Label {
                    operation,
                    source_arn,
                    context,
                };
                self.find_labelled(label, permits)
            };
            look(ContextLabel::Any).or_else(|| {
                let context = self.context_that_counts(request)?;
                let pairs = || {
                    context
                        .iter()
                        .find_map(|(name, value)| look(ContextLabel::Pair(name, value)))
                };
                look(ContextLabel::Whole(context)).or_else(pairs)
            })
        })
    }

    fn context_that_counts<'a>(
        &self,
        request: &GrantRequest<'a>,
    ) -> Option<&'a BTreeMap<String, String>> {
        let counts = self.constrained > 0 && request.operation.heeds_encryption_context();
        request.encryption_context.filter(|_| counts)
    }

    fn find_labelled(
        &self,
        label: Label<'_>,
        permits: &impl Fn(&Entry) -> Option<Naming>,
    ) -> Option<(Naming, &Entry)> {
        let pile = self.piles.get(&self.hash(label))?;
        pile.iter()
            .find_map(|entry| Some((permits(entry)?, &**entry)))
    }

    pub(super) fn put(&mut self, entry: &Arc<Entry>) {
        for operation in entry.grant.operations.iter() {
            let labels = labels(entry, operation).map(|label| self.hash(label));
            // Of several pairs the one that fewest grants have tells most.
            let size = |hash: &u64| self.piles.get(hash).map_or(0, Pile::len);
            if let Some(hash) = labels.min_by_key(size) {
                self.piles.entry(hash).or_default().put(Arc::clone(entry));
            }
        }
        self.constrained += usize::from(entry.grant.constraints.context.is_some());
    }

    pub(super) fn take(&mut self, entry: &Entry) {
        for operation in entry.grant.operations.iter() {
            for label in labels(entry, operation) {
                let hash = self.hash(label);
                if let Slot::Occupied(mut pile) = self.piles.entry(hash) {
                    pile.get_mut().take(&entry.grant.id);
                    if pile.get().is_empty() {
                        pile.remove();
                    }
                }
            }
        }
        self.constrained -= usize::from(entry.grant.constraints.context.is_some());
    }

    #[cfg(test)]
    pub(super) fn pile_sizes(&self) -> impl Iterator<Item = usize> {
        self.piles.values().map(Pile::len)
    }

    fn hash(&self, label: Label<'_>) -> u64 {
        self.piles.hasher().hash_one(label)
    }
}

/// The piles that a grant can lie on for one of its operations: one, or one for each pair.
fn labels(entry: &Entry, operation: GrantOperation) -> impl Iterator<Item = Label<'_>> {
    let constraints = &entry.grant.constraints;
    let source_arn = constraints.source_arn.as_deref();
    let source_arn = source_arn.filter(|_| operation.heeds_source_arn());
    let context = constraints.context.as_ref();
    let (one, pairs) = match context.filter(|_| operation.heeds_encryption_context()) {
        Some(ContextConstraint::Equals(whole)) => (Some(ContextLabel::Whole(whole)), None),
        Some(ContextConstraint::Subset(pairs)) if !pairs.is_empty() => (None, Some(pairs)),
        Some(ContextConstraint::Subset(_)) | None => (Some(ContextLabel::Any), None),
    };
    let pairs = pairs.into_iter().flatten();
    let pairs = pairs.map(|(name, value)| ContextLabel::Pair(name, value));
    one.into_iter().chain(pairs).map(move |context| Label {
        operation,
        source_arn,
        context,
    })
}

/// Grants in the order of their ids.
#[derive(Debug, Default)]
pub(super) struct Pile(Vec<Arc<Entry>>);

impl Pile {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.0.iter()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn put(&mut self, entry: Arc<Entry>) {
        match self.place(&entry.grant.id) {
            Ok(_) => {}
            Err(place) => self.0.insert(place, entry),
        }
    }

    /// Takes a grant off, if it lies here.
    pub(super) fn take(&mut self, id: &str) {
        if let Ok(place) = self.place(id) {
            self.0.remove(place);
        }
    }

    fn place(&self, id: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|entry| entry.grant.id.as_str().cmp(id))
    }
}
