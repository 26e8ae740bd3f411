//! Every rule, asked of all that it is about.

use std::collections::BTreeMap;

use keystead_core::time::Timestamp;
use serde::Serialize;

use super::account::Account;
use super::identities::{self, IdentityPolicy};
use super::reading::{Reading, Unread};
use super::rules::KEY_RULES;

/// What the rules go by.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) now: Timestamp,
    /// The account whose keys they are, 12 digits.
    pub(super) account: String,
    pub(super) region: String,
    /// A key that nobody used for as many days is unused.
    pub(super) unused_days: u32,
    /// A grant of as many days is old.
    pub(super) grant_days: u32,
    /// Material that expires within as many days expires soon.
    pub(super) expiring_days: u32,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Outcome {
    /// The rule's name, that of AWS Config where it has one.
    pub(super) name: &'static str,
    /// What it finds.
    pub(super) finds: &'static str,
    /// Of how many keys or policies it could tell.
    pub(super) checked: usize,
    /// Of how many it could not, because something was not read.
    pub(super) unknown: usize,
    pub(super) findings: Vec<Finding>,
    #[serde(skip)]
    pub(super) unread: BTreeMap<Unread, usize>,
}

/// Something that an auditor asks about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Finding {
    /// The ARN of the key, identity or policy.
    pub(super) arn: String,
    /// What people call it.
    pub(super) name: String,
    /// What is so about it.
    pub(super) detail: String,
}

/// A rule on the policies of identities.
struct PolicyRule {
    name: &'static str,
    finds: &'static str,
    inline: bool,
}

const POLICY_RULES: [PolicyRule; 2] = [
    PolicyRule {
        name: "iam-inline-policy-blocked-kms-actions",
        finds: "inline policies that allow decrypting with all keys",
        inline: true,
    },
    PolicyRule {
        name: "iam-customer-policy-blocked-kms-actions",
        finds: "managed policies that allow decrypting with all keys",
        inline: false,
    },
];

/// Asks all rules.
pub(super) fn judge(account: &Account, limits: &Limits) -> Vec<Outcome> {
    let mut all = Vec::new();
    for rule in &KEY_RULES {
        let mut outcome = Outcome::of(rule.name, rule.finds);
        for key in &account.keys {
            let is_foreign = key
                .about
                .as_ref()
                .is_ok_and(|about| !about.is_customer_managed);
            if !is_foreign {
                outcome.take(&key.arn, &key.name, (rule.check)(key, limits));
            }
        }
        all.push(outcome);
    }
    for rule in &POLICY_RULES {
        let mut outcome = Outcome::of(rule.name, rule.finds);
        match &account.identities {
            Ok(policies) => {
                for policy in policies.iter().filter(|one| one.is_inline == rule.inline) {
                    let found = identities::check(policy, limits);
                    outcome.take(&policy.arn, holder(policy), found);
                }
            }
            Err(unread) => outcome.take("", "", Err(unread.clone())),
        }
        all.push(outcome);
    }
    all
}

/// `user/ada` of an ARN.
fn holder(policy: &IdentityPolicy) -> &str {
    policy.arn.rsplit(':').next().unwrap_or_default()
}

impl Outcome {
    const fn of(name: &'static str, finds: &'static str) -> Self {
        Self {
            name,
            finds,
            checked: 0,
            unknown: 0,
            findings: Vec::new(),
            unread: BTreeMap::new(),
        }
    }

    fn take(&mut self, arn: &str, name: &str, found: Reading<Vec<String>>) {
        match found {
            Ok(details) => {
                self.checked += 1;
                self.findings
                    .extend(details.into_iter().map(|detail| Finding {
                        arn: arn.to_owned(),
                        name: name.to_owned(),
                        detail,
                    }));
            }
            Err(unread) => {
                self.unknown += 1;
                *self.unread.entry(unread).or_default() += 1;
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The usual limits, on a day of 2026.
    pub(in crate::report) fn limits() -> Limits {
        Limits {
            now: Timestamp::from_millis(1_767_323_045_000),
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            unused_days: 90,
            grant_days: 365,
            expiring_days: 30,
        }
    }

    #[test]
    fn what_is_not_known_is_counted() {
        let mut outcome = Outcome::of("n", "f");
        let why = Unread {
            action: "kms:A".to_owned(),
            code: "C".to_owned(),
        };
        outcome.take("arn:1", "1", Ok(vec!["x".to_owned(), "y".to_owned()]));
        outcome.take("arn:2", "2", Ok(Vec::new()));
        outcome.take("arn:3", "3", Err(why.clone()));
        outcome.take("arn:4", "4", Err(why.clone()));
        assert_eq!((outcome.checked, outcome.unknown), (2, 2));
        assert_eq!(outcome.findings.len(), 2);
        assert_eq!(outcome.unread, BTreeMap::from([(why, 2)]));
    }
}
