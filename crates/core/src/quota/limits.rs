//! Which limits are in force: AWS's numbers for resources, the operator's where they are set.

use std::collections::BTreeMap;

use super::{Measure, Quota, QuotaId, Rate, Resource, TABLE};
use crate::arn::AccountId;

/// What a quota is set to that is none.
const NONE: &str = "none";

/// The most aliases that a key may be let have: they are destroyed with it in one commit of the
/// store, which takes 128 records.
const MAX_ALIASES_PER_KEY: usize = 100;

/// How much of something an account can have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// So much at the same time.
    Count(usize),
    /// So many calls per second.
    Rate(Rate),
    /// As much as there is.
    None,
}

/// The limits of an account: one for each row of the table.
#[derive(Debug, Clone)]
pub struct Limits(Vec<Limit>);

impl Default for Limits {
    fn default() -> Self {
        let limit = |quota: &Quota| match quota.measure {
            Measure::Count(_, most) => Limit::Count(most),
            Measure::PerSecond(..) => Limit::None,
        };
        Self(TABLE.iter().map(limit).collect())
    }
}

impl Limits {
    /// How much of a resource there can be.
    #[must_use]
    pub fn count(&self, resource: Resource) -> usize {
        match self.0.get(resource as usize) {
            Some(Limit::Count(most)) => *most,
            _ => usize::MAX,
        }
    }

    /// How often what a quota covers can be called; `None` if as often as anybody likes.
    #[must_use]
    pub fn rate(&self, quota: QuotaId) -> Option<&Rate> {
        match self.0.get(quota.index()) {
            Some(Limit::Rate(rate)) => Some(rate),
            _ => None,
        }
    }

    /// Every quota with its limit.
    pub fn all(&self) -> impl Iterator<Item = (&'static Quota, &Limit)> {
        TABLE.iter().zip(&self.0)
    }

    fn has_rates(&self) -> bool {
        self.0.iter().any(|limit| matches!(limit, Limit::Rate(_)))
    }
}

/// The limits of all accounts.
#[derive(Debug, Clone, Default)]
pub struct Quotas {
    everybody: Limits,
    accounts: BTreeMap<AccountId, Limits>,
    has_rates: bool,
}

/// Why a quota can't be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// No quota has this name.
    #[error("there is no quota {name}; there is {}", near.join(", "))]
    Unknown {
        /// What was written.
        name: String,
        /// The names that are nearest to it.
        near: Vec<&'static str>,
    },
    /// AWS does not raise or lower it for anybody.
    #[error("the quota {name} is the same for every account, as at AWS, and can't be set")]
    NotAdjustable {
        /// Its name.
        name: &'static str,
    },
    /// The value is not one that the quota can have.
    #[error("the quota {name} can't be {value}: it takes {takes}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What was written.
        value: String,
        /// What it can be.
        takes: &'static str,
    },
}

impl Quotas {
    /// Sets quotas: those of everybody first, then those of accounts that differ. Names are the
    /// table's settings, values numbers or, for a rate, `none`.
    ///
    /// # Errors
    /// [`QuotaError`].
    pub fn new<'a>(
        everybody: impl IntoIterator<Item = (&'a str, &'a str)>,
        accounts: impl IntoIterator<Item = (AccountId, &'a str, &'a str)>,
    ) -> Result<Self, QuotaError> {
        let mut quotas = Self::default();
        for (name, value) in everybody {
            set(&mut quotas.everybody, name, value)?;
        }
        for (account, name, value) in accounts {
            let everybody = &quotas.everybody;
            let limits = quotas.accounts.entry(account);
            set(limits.or_insert_with(|| everybody.clone()), name, value)?;
        }
        let mut all = std::iter::once(&quotas.everybody).chain(quotas.accounts.values());
        quotas.has_rates = all.any(Limits::has_rates);
        Ok(quotas)
    }

    /// The limits of an account.
    #[must_use]
    pub fn of(&self, account: AccountId) -> &Limits {
        self.accounts.get(&account).unwrap_or(&self.everybody)
    }

    /// Whether anybody's calls are limited.
    #[must_use]
    pub const fn has_rates(&self) -> bool {
        self.has_rates
    }
}

fn set(limits: &mut Limits, name: &str, value: &str) -> Result<(), QuotaError> {
    let mut rows = TABLE.iter().zip(&mut limits.0);
    let Some((quota, limit)) = rows.find(|(quota, _)| quota.setting == name) else {
        return Err(QuotaError::Unknown {
            name: name.to_owned(),
            near: near(name),
        });
    };
    let name = quota.setting;
    if !quota.adjustable {
        return Err(QuotaError::NotAdjustable { name });
    }
    let (parsed, takes) = match quota.measure {
        Measure::Count(Resource::AliasesPerKey, ..) => {
            let count = value
                .parse()
                .ok()
                .filter(|count| *count <= MAX_ALIASES_PER_KEY);
            (count.map(Limit::Count), "a whole number up to 100")
        }
        Measure::Count(..) => (value.parse().ok().map(Limit::Count), "a whole number"),
        Measure::PerSecond(..) if value == NONE => (Some(Limit::None), NONE),
        Measure::PerSecond(..) => (
            value
                .parse()
                .ok()
                .and_then(Rate::per_second)
                .map(Limit::Rate),
            "calls per second from 0 to a billion, or none",
        ),
    };
    *limit = parsed.ok_or_else(|| QuotaError::Value {
        name,
        value: value.to_owned(),
        takes,
    })?;
    Ok(())
}

/// The settings whose names are nearest to one that is not known.
fn near(name: &str) -> Vec<&'static str> {
    let mut all: Vec<_> = TABLE.iter().map(|quota| quota.setting).collect();
    all.sort_by_key(|known| distance(name, known));
    all.truncate(3);
    all
}

/// How many letters have to be put in, taken out or replaced to make one text of the other
/// (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, found) in row.iter_mut().skip(1).zip(other.chars()) {
            let replaced = diagonal + usize::from(letter != found);
            diagonal = *cell;
            *cell = replaced.min(left + 1).min(diagonal + 1);
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::Charge;

    fn account(digits: &str) -> AccountId {
        digits.parse().unwrap()
    }

    fn id(operation: &str) -> QuotaId {
        match Charge::of(operation) {
            Some(Charge::Operation(id)) => id,
            _ => panic!("{operation} has no quota of its own"),
        }
    }

    #[test]
    fn resources_are_limited_and_calls_are_not() {
        let quotas = Quotas::default();
        let limits = quotas.of(account("111122223333"));
        let counts = [
            (Resource::Keys, 100_000),
            (Resource::AliasesPerKey, 50),
            (Resource::GrantsPerKey, 50_000),
            (Resource::OnDemandRotationsPerKey, 25),
            (Resource::TagsPerKey, 50),
            (Resource::KeyPolicyBytes, 32_768),
        ];
        for (resource, count) in counts {
            assert_eq!(limits.count(resource), count, "{resource:?}");
        }
        assert!(!quotas.has_rates() && limits.rate(id("CreateKey")).is_none());
    }

    #[test]
    fn an_account_has_what_everybody_has_but_for_what_it_says() {
        let (one, other) = (account("111122223333"), account("444455556666"));
        let everybody = [
            ("keys", "5"),
            ("create_key_rate", "0.5"),
            ("list_keys_rate", "9"),
        ];
        let accounts = [(one, "keys", "7"), (one, "list_keys_rate", "none")];
        let quotas = Quotas::new(everybody, accounts).unwrap();
        let rate = |account, operation| quotas.of(account).rate(id(operation)).map(Rate::calls);
        assert!(quotas.has_rates());
        assert_eq!(quotas.of(one).count(Resource::Keys), 7);
        assert_eq!(quotas.of(other).count(Resource::Keys), 5);
        assert_eq!(rate(one, "CreateKey"), Some(0.5));
        assert_eq!(rate(one, "ListKeys"), None);
        assert_eq!(rate(other, "ListKeys"), Some(9.0));
        let alone = Quotas::new([], [(one, "list_keys_rate", "1")]).unwrap();
        assert!(alone.has_rates());
    }

    #[test]
    fn what_can_not_be_set() {
        for (name, value, message) in [
            (
                "create_keys_rate",
                "1",
                "there is no quota create_keys_rate; there is create_key_rate,",
            ),
            (
                "tags_per_key",
                "51",
                "the quota tags_per_key is the same for every account",
            ),
            (
                "on_demand_rotations_per_key",
                "1",
                "the quota on_demand_rotations_per_key is the same",
            ),
            (
                "keys",
                "1.5",
                "the quota keys can't be 1.5: it takes a whole number",
            ),
            ("keys", "none", "the quota keys can't be none"),
            (
                "aliases_per_key",
                "101",
                "the quota aliases_per_key can't be 101",
            ),
            (
                "rsa_rate",
                "-1",
                "the quota rsa_rate can't be -1: it takes calls per second",
            ),
            ("rsa_rate", "nan", "the quota rsa_rate can't be nan"),
        ] {
            let error = Quotas::new([(name, value)], []).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn distances() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("kitten", "sitting", 3),
            ("keys", "key", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
