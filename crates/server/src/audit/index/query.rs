//! What is looked for among events.

use std::hash::Hasher as _;

use roaring::RoaringBitmap;
use siphasher::sip::SipHasher13;

use super::error::IndexError;
use super::facts::Facts;
use super::seconds::Seconds;
use super::term::Term;

/// Which events are looked for: those of a time, and with all of what is asked for. Everything unless more is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// One of the terms of each.
    clauses: Vec<Vec<Term>>,
    since: Option<Seconds>,
    until: Option<Seconds>,
}

impl Query {
    /// Only events with this.
    #[must_use]
    pub fn with(self, term: Term) -> Self {
        self.with_any([term])
    }

    /// Only events with one of these.
    #[must_use]
    pub fn with_any(mut self, terms: impl IntoIterator<Item = Term>) -> Self {
        self.clauses.push(terms.into_iter().collect());
        self
    }

    /// Only events at or after this time.
    #[must_use]
    pub const fn since(mut self, seconds: Seconds) -> Self {
        self.since = Some(seconds);
        self
    }

    /// Only events at or before this time.
    #[must_use]
    pub const fn until(mut self, seconds: Seconds) -> Self {
        self.until = Some(seconds);
        self
    }

    /// Only events at or after this time, and after what was said before.
    #[must_use]
    pub fn since_at_least(self, seconds: Seconds) -> Self {
        let earliest = self.earliest().max(seconds);
        self.since(earliest)
    }

    /// What the query is told from others by. It is the same in every process.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        for terms in &self.clauses {
            hasher.write_u64(terms.len() as u64);
            for term in terms {
                hasher.write_u64(term.hash());
            }
        }
        for time in [self.since, self.until] {
            hasher.write_u64(time.map_or(u64::MAX, u64::from));
        }
        hasher.finish()
    }

    /// Whether an event at this time may be meant.
    #[must_use]
    pub fn is_at(&self, seconds: Seconds) -> bool {
        self.earliest() <= seconds && seconds <= self.latest()
    }

    /// Whether this record is meant, time aside.
    #[must_use]
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        let mut missing: Vec<&[Term]> = self.clauses.iter().map(Vec::as_slice).collect();
        facts.each(|attribute, value| {
            missing.retain(|terms| !terms.iter().any(|term| term.is(attribute, value)));
        });
        missing.is_empty()
    }

    pub(super) fn earliest(&self) -> Seconds {
        self.since.unwrap_or(Seconds::MIN)
    }

    pub(super) fn latest(&self) -> Seconds {
        self.until.unwrap_or(Seconds::MAX)
    }

    /// The lines that may be meant, time aside; `None` if any may be.
    pub(super) fn candidates(
        &self,
        mut lines: impl FnMut(&Term) -> Result<RoaringBitmap, IndexError>,
    ) -> Result<Option<RoaringBitmap>, IndexError> {
        let mut candidates: Option<RoaringBitmap> = None;
        for terms in &self.clauses {
            if candidates.as_ref().is_some_and(RoaringBitmap::is_empty) {
                break;
            }
            let mut any = RoaringBitmap::new();
            for term in terms {
                any |= lines(term)?;
            }
            candidates = Some(match candidates {
                Some(all) => all & any,
                None => any,
            });
        }
        Ok(candidates)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::term::Attribute;
    use super::*;

    #[test]
    fn all_clauses_must_hold_and_one_term_of_each() {
        let line = br#"{"userIdentity":{"type":"Root"},"eventTime":"1970-01-01T00:00:09Z",
            "eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"r","eventID":"e",
            "readOnly":true,"recipientAccountId":"1"}"#;
        let facts = Facts::of(line).unwrap();
        let name = |name: &str| Term::new(Attribute::EventName, name);
        let account = |account: &str| Term::new(Attribute::Account, account);
        let all = Query::default;
        for (query, expected) in [
            (all(), true),
            (all().with(name("Decrypt")), true),
            (all().with(name("Encrypt")), false),
            (all().with_any([name("Encrypt"), name("Decrypt")]), true),
            (all().with_any([]), false),
            (all().with(name("Decrypt")).with(account("1")), true),
            (all().with(name("Decrypt")).with(account("2")), false),
        ] {
            assert_eq!(query.matches(&facts), expected, "{query:?}");
            let lines = |term: &Term| {
                let alone = Query::default().with(term.clone());
                Ok((0..1).filter(|_| alone.matches(&facts)).collect())
            };
            let candidates = query.candidates(lines).unwrap();
            assert_eq!(candidates.is_none_or(|lines| !lines.is_empty()), expected);
        }
    }

    #[test]
    fn queries_have_fingerprints_of_their_own() {
        let name = |name: &str| Term::new(Attribute::EventName, name);
        let all = Query::default;
        let queries = [
            all(),
            all().since(0),
            all().until(0),
            all().with(name("a")),
            all().with(name("a")).with(name("b")),
            all().with_any([name("a"), name("b")]),
        ];
        let prints: HashSet<_> = queries.iter().map(Query::fingerprint).collect();
        assert_eq!(prints.len(), queries.len());
        assert_eq!(all().since(5).since_at_least(3), all().since(5));
        assert_eq!(all().since_at_least(3), all().since(3));
    }

    #[test]
    fn times_are_from_one_to_another() {
        let query = Query::default().since(5).until(9);
        let inside: Vec<_> = (0..20).filter(|at| query.is_at(*at)).collect();
        assert_eq!(inside, [5, 6, 7, 8, 9]);
        assert!(Query::default().is_at(0) && Query::default().is_at(Seconds::MAX));
    }
}
