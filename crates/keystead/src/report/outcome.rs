//! The report, before it is shown.

use keystead_server::audit::log::LogError;
use serde::Serialize;

use super::account::{Account, Key};
use super::findings::{Limits, Outcome};
use super::money::MicroDollars;
use super::prices::{self, KeyCost, RequestCost};
use super::reading::Unread;
use super::usage::Usage;

/// All that is told. Its form in JSON is that of docs/report.md.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Report {
    /// 12 digits.
    pub(super) account: String,
    pub(super) region: String,
    pub(super) time: String,
    pub(super) unused_days: u32,
    pub(super) grant_days: u32,
    pub(super) expiring_days: u32,
    pub(super) keys: KeyCounts,
    pub(super) rules: Vec<Outcome>,
    pub(super) unread: Vec<Gap>,
    pub(super) usage: Option<UsageShown>,
    /// Why there is no usage.
    pub(super) no_usage: Option<String>,
    pub(super) cost: Cost,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct KeyCounts {
    pub(super) customer_managed: usize,
    pub(super) aws_managed: usize,
    /// Those that may not be described.
    pub(super) unknown: usize,
}

/// Something that could not be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Gap {
    pub(super) action: String,
    /// A code of the API's errors, or what is wrong with the answer.
    pub(super) code: String,
    /// How often.
    pub(super) count: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UsageShown {
    pub(super) since: String,
    /// Lines of the log that are no records.
    pub(super) unreadable_lines: usize,
    /// Those with the most calls first.
    pub(super) uses: Vec<UseShown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UseShown {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) principal: String,
    pub(super) calls: u64,
    pub(super) last: String,
}

/// An estimate.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cost {
    pub(super) note: &'static str,
    pub(super) keys: KeyCost,
    /// Since the instant of the usage; none without a log.
    pub(super) requests: Option<Vec<RequestCost>>,
}

/// What an estimate leaves open.
const NOTE: &str = "An estimate, in US dollars, at AWS's list prices for most Regions: keys for a month \
    as they are now, requests as the audit log has \
    them, without the free tier.";

impl Report {
    pub(super) fn new(
        account: &Account,
        limits: &Limits,
        rules: Vec<Outcome>,
        usage: Result<Usage, LogError>,
    ) -> Self {
        let requests = usage
            .as_ref()
            .ok()
            .map(|usage| prices::of_requests(&usage.requests));
        let (usage, no_usage) = match usage {
            Ok(usage) => (Some(UsageShown::new(usage, account)), None),
            Err(error) => (None, Some(in_words(&error))),
        };
        Self {
            account: account.id.clone(),
            region: account.region.clone(),
            time: limits.now.to_string(),
            unused_days: limits.unused_days,
            grant_days: limits.grant_days,
            expiring_days: limits.expiring_days,
            keys: KeyCounts::of(&account.keys),
            unread: gaps(account, &rules),
            rules,
            usage,
            no_usage,
            cost: Cost {
                note: NOTE,
                keys: prices::of_keys(&account.keys),
                requests,
            },
        }
    }

    /// How many findings there are.
    pub(super) fn findings(&self) -> usize {
        self.rules.iter().map(|rule| rule.findings.len()).sum()
    }
}

impl KeyCounts {
    fn of(keys: &[Key]) -> Self {
        let about = || keys.iter().filter_map(|key| key.about.as_ref().ok());
        let customer_managed = about().filter(|about| about.is_customer_managed).count();
        Self {
            customer_managed,
            aws_managed: about().count() - customer_managed,
            unknown: keys.len() - about().count(),
        }
    }
}

impl UsageShown {
    fn new(usage: Usage, account: &Account) -> Self {
        let name = |arn: &str| {
            let known = account.keys.iter().find(|key| key.arn == arn);
            // A key that is gone is still known to the log.
            known.map_or_else(
                || arn.rsplit('/').next().unwrap_or(arn).to_owned(),
                |key| key.name.clone(),
            )
        };
        let mut uses: Vec<_> = usage
            .uses
            .into_iter()
            .map(|((arn, principal), uses)| UseShown {
                name: name(&arn),
                arn,
                principal,
                calls: uses.calls,
                last: uses.last,
            })
            .collect();
        uses.sort_by_key(|one| std::cmp::Reverse(one.calls));
        Self {
            since: usage.since.to_string(),
            unreadable_lines: usage.unreadable,
            uses,
        }
    }
}

impl Cost {
    /// What all requests cost.
    pub(super) fn of_requests(&self) -> MicroDollars {
        let requests = self.requests.iter().flatten();
        requests.map(|cost| cost.micro_dollars).sum()
    }
}

/// What could not be read, and what rules could not make sense of. A refusal that several rules met
/// is one.
fn gaps(account: &Account, rules: &[Outcome]) -> Vec<Gap> {
    let mut counts = account.unread();
    for (unread, count) in rules.iter().flat_map(|rule| &rule.unread) {
        let known = counts.entry(unread.clone()).or_default();
        *known = (*known).max(*count);
    }
    let gap = |(unread, count): (Unread, usize)| Gap {
        action: unread.action,
        code: unread.code,
        count,
    };
    counts.into_iter().map(gap).collect()
}

fn in_words(error: &LogError) -> String {
    let source = std::error::Error::source(error);
    let why = source.map_or_else(String::new, |source| format!(" ({source})"));
    format!("{error}{why}: usage is told with the server's --data-dir alone")
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::findings::{Finding, judge, tests::limits};
    use super::*;
    use crate::report::usage::Uses;

    /// A report with a finding, a gap and a use, whose names would act on a page.
    pub(in crate::report) fn report() -> Report {
        let why = Unread {
            action: "kms:DescribeKey".to_owned(),
            code: "AccessDeniedException".to_owned(),
        };
        let key = Key::unknown(
            "arn:aws:kms:us-east-1:111122223333:key/1",
            "alias/<b>".to_owned(),
            &why,
        );
        let account = Account::of("111122223333", "us-east-1", vec![key.clone()]);
        let mut rules = judge(&account, &limits());
        rules[4].findings.push(Finding {
            arn: key.arn.clone(),
            name: key.name.clone(),
            detail: "has \u{202e}no tags".to_owned(),
        });
        let uses = Uses {
            calls: 7,
            last: "2026-01-02T00:00:00Z".to_owned(),
        };
        let who = "arn:aws:iam::111122223333:user/\"ada\"".to_owned();
        let usage = Usage {
            since: limits().now,
            uses: BTreeMap::from([((key.arn, who), uses)]),
            requests: BTreeMap::from([(prices::Kind::Usual, 7)]),
            unreadable: 1,
        };
        Report::new(&account, &limits(), rules, Ok(usage))
    }

    #[test]
    fn a_refusal_that_many_rules_met_is_one() {
        let report = report();
        let gaps: Vec<_> = report
            .unread
            .iter()
            .map(|gap| (gap.action.as_str(), gap.count))
            .collect();
        assert_eq!(gaps, [("kms:DescribeKey", 1)]);
        assert_eq!(report.findings(), 1);
        assert_eq!(report.keys.unknown, 1);
        let shown = serde_json::to_value(&report).unwrap();
        assert_eq!(shown["Rules"][4]["Findings"][0]["Name"], "alias/<b>");
        assert_eq!(shown["Usage"]["Uses"][0]["Calls"], 7);
        assert_eq!(shown["Cost"]["Requests"][0]["MicroDollars"], 21);
    }

    #[test]
    fn without_a_log_it_says_so() {
        let account = Account::of("111122223333", "us-east-1", Vec::new());
        let folder = tempfile::tempdir().unwrap();
        let usage = Usage::read(&folder.path().join("none"), &account, limits().now);
        let report = Report::new(&account, &limits(), Vec::new(), usage);
        assert!(report.usage.is_none() && report.cost.requests.is_none());
        assert!(report.no_usage.unwrap().contains("--data-dir"));
    }
}
