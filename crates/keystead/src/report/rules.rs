//! What is looked for in keys: a table of rules, each a pure function of what was read of a key.
//!
//! Source of the names: the list of managed rules of AWS Config. Where it has none, the name says in
//! the same style what ought to be.

use keystead_core::policy::{Document, PolicyKind, combined_duties, is_public, outsiders};
use keystead_core::time::Timestamp;

use super::account::{About, Key};
use super::findings::Limits;
use super::reading::{Reading, Unread};
use crate::words::counted;

/// A rule on customer managed keys.
pub(super) struct KeyRule {
    pub(super) name: &'static str,
    /// What it finds.
    pub(super) finds: &'static str,
    /// What is so about a key that ought not to be.
    pub(super) check: fn(&Key, &Limits) -> Reading<Vec<String>>,
}

pub(super) const KEY_RULES: [KeyRule; 10] = [
    KeyRule {
        name: "cmk-backing-key-rotation-enabled",
        finds: "keys without automatic rotation",
        check: rotation,
    },
    KeyRule {
        name: "kms-cmk-not-scheduled-for-deletion",
        finds: "keys that wait for their deletion",
        check: deletion,
    },
    KeyRule {
        name: "kms-key-enabled",
        finds: "keys that are disabled",
        check: disabled,
    },
    KeyRule {
        name: "kms-key-used-recently",
        finds: "keys that nobody uses",
        check: unused,
    },
    KeyRule {
        name: "kms-key-tagged",
        finds: "keys without tags",
        check: tags,
    },
    KeyRule {
        name: "kms-key-policy-no-public-access",
        finds: "key policies that let everybody in",
        check: public,
    },
    KeyRule {
        name: "kms-key-policy-no-cross-account-access",
        finds: "key policies that let other accounts in",
        check: other_accounts,
    },
    KeyRule {
        name: "kms-key-policy-separation-of-duties",
        finds: "key policies that give the same principal administration and use",
        check: duties,
    },
    KeyRule {
        name: "kms-grant-not-outdated",
        finds: "old grants",
        check: old_grants,
    },
    KeyRule {
        name: "kms-imported-key-material-not-expiring",
        finds: "imported material that expires soon",
        check: expiry,
    },
];

/// About a key that is to stay: whoever decided to delete it has been found already.
fn staying(key: &Key) -> Reading<Option<&About>> {
    let about = key.about.as_ref().map_err(Unread::clone)?;
    Ok((!about.is_pending_deletion()).then_some(about))
}

fn known<T>(reading: &Reading<T>) -> Reading<&T> {
    reading.as_ref().map_err(Unread::clone)
}

fn found_if(is_so: bool, detail: impl FnOnce() -> String) -> Vec<String> {
    if is_so { vec![detail()] } else { Vec::new() }
}

fn rotation(key: &Key, _: &Limits) -> Reading<Vec<String>> {
    let Some(about) = staying(key)? else {
        return Ok(Vec::new());
    };
    if !about.is_symmetric() || about.origin != "AWS_KMS" {
        return Ok(Vec::new());
    }
    let rotates = *known(&key.rotates)?;
    Ok(found_if(!rotates, || {
        "is not rotated automatically".to_owned()
    }))
}

fn deletion(key: &Key, _: &Limits) -> Reading<Vec<String>> {
    let about = known(&key.about)?;
    Ok(found_if(about.is_pending_deletion(), || {
        match about.deletion {
            Some(at) => format!("will be deleted at {at}"),
            None => "will be deleted".to_owned(),
        }
    }))
}

fn disabled(key: &Key, _: &Limits) -> Reading<Vec<String>> {
    let about = known(&key.about)?;
    Ok(found_if(about.state == "Disabled", || {
        "is disabled".to_owned()
    }))
}

/// A key that was never used counts from the day on which its uses are known.
fn unused(key: &Key, limits: &Limits) -> Reading<Vec<String>> {
    if staying(key)?.is_none() {
        return Ok(Vec::new());
    }
    let last = known(&key.last_use)?;
    let days = last
        .at
        .or(last.known_since)
        .map(|at| limits.now.days_since(at));
    let is_unused = days.is_some_and(|days| days >= i64::from(limits.unused_days));
    Ok(found_if(is_unused, || match (last.at, last.known_since) {
        (Some(at), _) => format!("was last used at {at}"),
        (None, Some(since)) => format!("was never used since {since}"),
        (None, None) => "was never used".to_owned(),
    }))
}

fn tags(key: &Key, _: &Limits) -> Reading<Vec<String>> {
    if staying(key)?.is_none() {
        return Ok(Vec::new());
    }
    Ok(found_if(*known(&key.tags)? == 0, || {
        "has no tags".to_owned()
    }))
}

/// The policy; none of a key that is about to go.
fn policy(key: &Key) -> Reading<Option<Document>> {
    if staying(key)?.is_none() {
        return Ok(None);
    }
    let parsed = Document::parse(known(&key.policy)?, PolicyKind::Key);
    parsed.map(Some).map_err(|_| Unread {
        action: "kms:GetKeyPolicy".to_owned(),
        code: "MalformedPolicyDocument".to_owned(),
    })
}

fn public(key: &Key, _: &Limits) -> Reading<Vec<String>> {
    let is_so = policy(key)?.is_some_and(|policy| is_public(&policy));
    Ok(found_if(is_so, || {
        "lets everybody in, of any account".to_owned()
    }))
}

fn other_accounts(key: &Key, limits: &Limits) -> Reading<Vec<String>> {
    let Some(policy) = policy(key)? else {
        return Ok(Vec::new());
    };
    let outsiders = outsiders(&policy, &limits.account);
    let mut found: Vec<_> = outsiders
        .accounts
        .iter()
        .map(|account| format!("lets account {account} in"))
        .collect();
    if outsiders.on_conditions {
        found.push("lets everybody in who fulfils its conditions".to_owned());
    }
    Ok(found)
}

fn duties(key: &Key, limits: &Limits) -> Reading<Vec<String>> {
    let Some(policy) = policy(key)? else {
        return Ok(Vec::new());
    };
    let both = combined_duties(&policy, &limits.account).into_iter();
    Ok(both
        .map(|who| match who.as_str() {
            "*" => {
                "may be administered and used by everybody whom a statement on * means".to_owned()
            }
            who => format!("may be administered and used by {who}"),
        })
        .collect())
}

fn old_grants(key: &Key, limits: &Limits) -> Reading<Vec<String>> {
    if staying(key)?.is_none() {
        return Ok(Vec::new());
    }
    let is_old =
        |created: &Timestamp| limits.now.days_since(*created) >= i64::from(limits.grant_days);
    let grants = known(&key.grants)?.iter();
    Ok(grants
        .filter_map(|grant| {
            let created = grant.created.filter(is_old)?;
            let (id, grantee) = (&grant.id, &grant.grantee);
            Some(format!("has grant {id} to {grantee}, of {created}"))
        })
        .collect())
}

fn expiry(key: &Key, limits: &Limits) -> Reading<Vec<String>> {
    let Some(about) = staying(key)? else {
        return Ok(Vec::new());
    };
    let until = limits.now.plus_days(limits.expiring_days);
    let soon = about
        .valid_to
        .filter(|at| about.origin == "EXTERNAL" && *at <= until);
    Ok(soon
        .map(|at| {
            let days = u64::try_from(at.days_since(limits.now)).unwrap_or(0);
            let days = usize::try_from(days).unwrap_or(usize::MAX);
            format!(
                "has material that expires at {at}, in {}",
                counted(days, "day")
            )
        })
        .into_iter()
        .collect())
}

#[cfg(test)]
mod tests;
