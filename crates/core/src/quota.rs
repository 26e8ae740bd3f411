//! Quotas: how much of everything an account can have in a Region, and how often it can call.
//!
//! Their names, numbers and what they count are AWS's, in one table ([`TABLE`]); everything that is
//! counted is counted by a row of it. Resource quotas hold by themselves, with AWS's numbers.
//! Request quotas hold where the operator sets them: AWS protects others from an account by them,
//! and here an account is mostly alone.
//!
//! Sources: "Resource quotas" and "Request quotas" in the AWS KMS Developer Guide.

mod bucket;
mod charge;
mod limits;
mod table;

use crate::key::KeySpec;

pub use self::bucket::{Bucket, Rate};
pub use self::charge::{Charge, PAIR_OPERATIONS};
pub use self::limits::{Limit, Limits, QuotaError, Quotas};
pub use self::table::TABLE;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// Its name in Keystead's settings.
    pub setting: &'static str,
    /// Its name in AWS's Service Quotas.
    pub name: &'static str,
    /// Its code there. `L-…` are AWS's; those that no public document tells are ours, `KS-…`.
    pub code: &'static str,
    /// Whether an account can have another number than the default.
    pub adjustable: bool,
    /// What is counted, and AWS's number.
    pub measure: Measure,
}

/// What a quota counts, and how much of it AWS allows by default.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// Things that are there at the same time.
    Count(Resource, usize),
    /// Calls in each second.
    PerSecond(Covers, RegionalRate),
}

/// What there can be only so much of. In the order of the table's first rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// Keys of an account in a Region that the account manages itself, whatever their state.
    Keys,
    /// Aliases of a key.
    AliasesPerKey,
    /// Grants on a key.
    GrantsPerKey,
    /// Custom key stores of an account in a Region, of both types.
    CustomKeyStores,
    /// Rotations that somebody asked for, in the whole life of a key.
    OnDemandRotationsPerKey,
    /// Tags on a key.
    TagsPerKey,
    /// Bytes of a key policy.
    KeyPolicyBytes,
}

/// Which calls share a quota.
#[derive(Debug, Clone, Copy)]
pub enum Covers {
    /// Those of one operation.
    Operation(&'static str),
    /// Those of these operations with keys of these specs.
    Keys(&'static [KeySpec], &'static [&'static str]),
    /// Those that make a data key pair of this spec.
    Pairs(KeySpec),
}

/// How many calls per second AWS allows by default.
#[derive(Debug, Clone, Copy)]
pub struct RegionalRate {
    /// In Regions that are not named.
    pub elsewhere: f64,
    /// In these Regions.
    pub regions: &'static [(&'static [&'static str], f64)],
}

impl Quota {
    /// AWS's number in a Region.
    #[must_use]
    pub fn aws_default(&self, region: &str) -> f64 {
        match self.measure {
            Measure::Count(_, count) => u32::try_from(count).map_or(f64::MAX, f64::from),
            Measure::PerSecond(_, rate) => rate.in_region(region),
        }
    }
}

impl RegionalRate {
    fn in_region(&self, region: &str) -> f64 {
        let mut named = self.regions.iter();
        named
            .find(|(regions, _)| regions.contains(&region))
            .map_or(self.elsewhere, |(_, rate)| *rate)
    }
}

/// The place of a quota in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaId(usize);

impl QuotaId {
    /// Where this quota stands among as many cells as the table has rows.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }

    /// All quotas, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len()).map(Self)
    }

    /// Its name in the configuration.
    #[must_use]
    pub fn setting(self) -> &'static str {
        TABLE.get(self.0).map_or("", |quota| quota.setting)
    }

    /// The quota of cryptographic operations with keys of this spec.
    #[must_use]
    pub fn of_keys(spec: KeySpec) -> Option<Self> {
        Self::of_rate(|covers| matches!(covers, Covers::Keys(specs, _) if specs.contains(&spec)))
    }

    /// The quota of cryptographic operations that need no key, such as `GenerateRandom`.
    #[must_use]
    pub fn without_key() -> Option<Self> {
        Self::of_keys(KeySpec::SymmetricDefault)
    }

    /// The quota of making data key pairs of this spec, by its name.
    #[must_use]
    pub fn of_pairs(spec: &str) -> Option<Self> {
        Self::of_rate(|covers| matches!(covers, Covers::Pairs(made) if made.as_str() == spec))
    }

    fn of_rate(is_it: impl Fn(&Covers) -> bool) -> Option<Self> {
        let is_it = |quota: &Quota| matches!(&quota.measure, Measure::PerSecond(covers, _) if is_it(covers));
        TABLE.iter().position(is_it).map(Self)
    }
}
