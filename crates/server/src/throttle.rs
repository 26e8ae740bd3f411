//! Request quotas: the calls of each account in a Region, counted against the rates that it has.
//!
//! The calling account is charged, whoever owns the keys; a dry run is charged like any other call,
//! one that is refused for what it asks is not. While nobody has a rate, nothing is counted.
//!
//! Source: "Request quotas" in the AWS KMS Developer Guide.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use keystead_core::arn::AccountId;
use keystead_core::key::KeySpec;
use keystead_core::policy::{ConditionKey, KnownKey};
use keystead_core::quota::{Bucket, Charge, Limits, QuotaId, Quotas, TABLE};
use keystead_core::time::Timestamp;

use crate::fault::Fault;
use crate::operation::Operation;
use crate::target::Target;

/// What accounts have called of late in one Region.
#[derive(Debug, Default)]
pub struct Throttle(DashMap<AccountId, Arc<Buckets>>);

/// A meter for each row of the table.
#[derive(Debug)]
struct Buckets(Box<[Meter]>);

/// How one quota of an account is used.
#[derive(Debug, Default)]
struct Meter {
    bucket: Bucket,
    allowed: AtomicU64,
    refused: AtomicU64,
}

/// What a quota did with an account's calls since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How many calls it allowed.
    pub allowed: u64,
    /// How many it did not.
    pub refused: u64,
}

impl Default for Buckets {
    fn default() -> Self {
        Self(TABLE.iter().map(|_| Meter::default()).collect())
    }
}

impl Throttle {
    /// Counts a call that may be made, if its quotas allow one more.
    ///
    /// # Errors
    /// [`Fault::Throttled`].
    pub(crate) fn charge<O: Operation>(
        &self,
        quotas: &Quotas,
        account: AccountId,
        input: &O::Input,
        target: &O::Target,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if !quotas.has_rates() || O::CHARGE == Charge::Nothing {
            return Ok(());
        }
        let limits = quotas.of(account);
        charged::<O>(input, target)
            .into_iter()
            .flatten()
            .try_for_each(|quota| self.take(limits, account, quota, now))
    }

    fn take(
        &self,
        limits: &Limits,
        account: AccountId,
        quota: QuotaId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(rate) = limits.rate(quota) else {
            return Ok(());
        };
        let buckets = self.buckets(account);
        let Some(meter) = buckets.0.get(quota.index()) else {
            return Ok(());
        };
        if meter.bucket.take(rate, now) {
            meter.allowed.fetch_add(1, Ordering::Relaxed);
            Ok(())
        } else {
            meter.refused.fetch_add(1, Ordering::Relaxed);
            Err(Fault::Throttled)
        }
    }

    /// What was counted, of quotas that were asked for a call at least once.
    pub fn counts(&self) -> Vec<(AccountId, QuotaId, Counts)> {
        let mut all = Vec::new();
        for buckets in &self.0 {
            let account = *buckets.key();
            let meters = QuotaId::all().zip(buckets.0.iter());
            all.extend(meters.filter_map(|(quota, meter)| {
                let counts = Counts {
                    allowed: meter.allowed.load(Ordering::Relaxed),
                    refused: meter.refused.load(Ordering::Relaxed),
                };
                let is_used = counts.allowed + counts.refused > 0;
                is_used.then_some((account, quota, counts))
            }));
        }
        all
    }

    fn buckets(&self, account: AccountId) -> Arc<Buckets> {
        if let Some(buckets) = self.0.get(&account) {
            return Arc::clone(&buckets);
        }
        Arc::clone(&self.0.entry(account).or_default())
    }
}

/// The quotas that a call counts against: of two keys of a kind, one.
fn charged<O: Operation>(input: &O::Input, target: &O::Target) -> [Option<QuotaId>; 2] {
    match O::CHARGE {
        Charge::Nothing => [None; 2],
        Charge::Operation(quota) => [Some(quota), None],
        Charge::Keys => groups(target.keys().map(|key| key.map(|key| key.record.spec))),
        Charge::Pair => {
            // What policies may ask about such a call.
            let key = ConditionKey::Known(KnownKey::DataKeyPairSpec);
            let spec = O::conditions(input, O::NAME, &key);
            let spec = spec.as_slice().first();
            [spec.and_then(|spec| QuotaId::of_pairs(spec)), None]
        }
    }
}

/// The quotas of cryptographic operations with keys of these specs, or with none.
fn groups(specs: [Option<KeySpec>; 2]) -> [Option<QuotaId>; 2] {
    match specs.map(|spec| spec.and_then(QuotaId::of_keys)) {
        [None, None] => [QuotaId::without_key(), None],
        [one, other] if one == other => [one, None],
        both => both,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_of_a_kind_count_once() {
        let [symmetric, hmac, rsa, curve] = [
            KeySpec::SymmetricDefault,
            KeySpec::Hmac256,
            KeySpec::Rsa2048,
            KeySpec::EccNistP256,
        ]
        .map(Some);
        let group = |spec: Option<KeySpec>| spec.and_then(QuotaId::of_keys);
        for (specs, expected) in [
            ([None, None], [group(symmetric), None]),
            ([symmetric, None], [group(symmetric), None]),
            ([symmetric, symmetric], [group(symmetric), None]),
            ([symmetric, hmac], [group(symmetric), None]),
            ([symmetric, rsa], [group(symmetric), group(rsa)]),
            ([rsa, curve], [group(rsa), group(curve)]),
        ] {
            assert_eq!(groups(specs), expected, "{specs:?}");
        }
    }
}
