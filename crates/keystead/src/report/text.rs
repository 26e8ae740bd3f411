//! The report for a terminal, 100 columns wide where names allow.

use std::fmt::Write as _;

use super::outcome::Report;
use crate::table::Table;
use crate::words::{clean, counted};

/// How wide a line is.
const COLUMNS: usize = 100;

/// How many findings of a rule, and how many uses, are shown: who wants all takes another output.
const MOST: usize = 20;

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut page = String::new();
    head(&mut page, report);
    findings(&mut page, report);
    gaps(&mut page, report);
    usage(&mut page, report);
    cost(&mut page, report);
    page
}

fn head(page: &mut String, report: &Report) {
    let (account, region, time) = (&report.account, &report.region, &report.time);
    let _ = writeln!(page, "Keys of account {account} in {region}, {time}");
    let _ = writeln!(page, "{}", keys(report));
}

/// How many keys there are, in words.
pub(super) fn keys(report: &Report) -> String {
    let keys = &report.keys;
    let unknown = match keys.unknown {
        0 => String::new(),
        unknown => format!(", {unknown} that may not be looked at"),
    };
    let own = counted(keys.customer_managed, "customer managed key");
    format!("{own}, {} managed by services{unknown}", keys.aws_managed)
}

fn findings(page: &mut String, report: &Report) {
    let _ = writeln!(
        page,
        "\n{}",
        counted(report.findings(), "finding").to_uppercase()
    );
    for rule in report.rules.iter().filter(|rule| !rule.findings.is_empty()) {
        let _ = writeln!(page, "{}: {}", rule.name, rule.finds);
        for found in rule.findings.iter().take(MOST) {
            push_wrapped(page, "  ", &format!("{} {}", found.name, found.detail));
        }
        more(page, rule.findings.len());
        if rule.unknown > 0 {
            let _ = writeln!(page, "  … and {} of which it is not known", rule.unknown);
        }
    }
    let nothing = report.rules.iter().filter(|rule| rule.findings.is_empty());
    let (certain, uncertain): (Vec<_>, Vec<_>) = nothing.partition(|rule| rule.unknown == 0);
    for (what, rules) in [
        ("Nothing found by", certain),
        ("Nothing found, but not everything known, by", uncertain),
    ] {
        let names: Vec<_> = rules.iter().map(|rule| rule.name).collect();
        if !names.is_empty() {
            push_wrapped(page, "", &format!("{what} {}", names.join(", ")));
        }
    }
}

fn gaps(page: &mut String, report: &Report) {
    if report.unread.is_empty() {
        return;
    }
    page.push_str("\nNOT READ\n");
    let mut table = Table::default();
    for gap in &report.unread {
        table.push([
            format!("  {}", gap.action),
            counted(gap.count, "time"),
            gap.code.clone(),
        ]);
    }
    let _ = write!(page, "{table}");
}

fn usage(page: &mut String, report: &Report) {
    let Some(usage) = &report.usage else {
        page.push_str("\nUSAGE\n");
        push_wrapped(page, "", report.no_usage.as_deref().unwrap_or_default());
        return;
    };
    let _ = writeln!(page, "\nUSAGE since {}, by the audit log", usage.since);
    if usage.unreadable_lines > 0 {
        let lines = counted(usage.unreadable_lines, "line");
        let _ = writeln!(page, "{lines} of the log can't be read.");
    }
    if usage.uses.is_empty() {
        page.push_str("Nobody used a key.\n");
        return;
    }
    let mut table = Table::headed(["KEY", "PRINCIPAL", "CALLS", "LAST"]);
    for one in usage.uses.iter().take(MOST) {
        table.push([
            one.name.clone(),
            short(&one.principal, &report.account).to_owned(),
            one.calls.to_string(),
            one.last.clone(),
        ]);
    }
    let _ = write!(page, "{table}");
    more(page, usage.uses.len());
}

/// A principal of the account itself without what is the same for all.
fn short<'a>(principal: &'a str, account: &str) -> &'a str {
    let own = principal.split_once(&format!(":iam::{account}:"));
    own.map_or(principal, |(_, name)| name)
}

fn cost(page: &mut String, report: &Report) {
    let cost = &report.cost;
    page.push_str("\nCOST AT AWS\n");
    let mut table = Table::default();
    for row in cost_rows(report) {
        table.push(row);
    }
    let _ = write!(page, "{table}");
    push_wrapped(page, "", cost.note);
}

/// What costs, how much of it there is, and how many dollars.
pub(super) fn cost_rows(report: &Report) -> Vec<[String; 3]> {
    let keys = &report.cost.keys;
    let unknown = match keys.unknown {
        0 => String::new(),
        unknown => format!(", {unknown} not known in full"),
    };
    let mut rows = vec![[
        "Keys, each month".to_owned(),
        format!(
            "{}, {}{unknown}",
            counted(keys.keys, "key"),
            counted(keys.rotations, "rotation")
        ),
        keys.micro_dollars_per_month.to_string(),
    ]];
    match &report.cost.requests {
        None => rows.push([
            "Requests".to_owned(),
            "not known without the audit log".to_owned(),
            "?".to_owned(),
        ]),
        Some(requests) => {
            rows.extend(requests.iter().map(|one| {
                [
                    format!("Requests, {}", one.kind),
                    one.requests.to_string(),
                    one.micro_dollars.to_string(),
                ]
            }));
            let all = report.cost.of_requests().to_string();
            rows.push(["Requests, all".to_owned(), String::new(), all]);
        }
    }
    rows
}

fn more(page: &mut String, all: usize) {
    if let Some(more) = all.checked_sub(MOST).filter(|more| *more > 0) {
        let _ = writeln!(page, "  … and {more} more: --output html or json shows all");
    }
}

/// Adds a text in lines that are not too long if its words allow; all but the first are indented.
fn push_wrapped(page: &mut String, indent: &str, text: &str) {
    let mut line = indent.to_owned();
    let mut is_empty = true;
    for word in clean(text).split(' ') {
        let is_full = line.chars().count() + 1 + word.chars().count() > COLUMNS;
        if is_full && !is_empty {
            let _ = writeln!(page, "{line}");
            line = format!("{indent}    {word}");
        } else {
            line.push_str(if is_empty { "" } else { " " });
            line.push_str(word);
        }
        is_empty = false;
    }
    let _ = writeln!(page, "{line}");
}

#[cfg(test)]
mod tests {
    use super::super::findings::Finding;
    use super::super::outcome::tests::report;
    use super::*;

    #[test]
    fn a_page_fits_a_terminal_and_does_not_act_on_it() {
        let mut report = report();
        let rule = &mut report.rules[0];
        for number in 0..30 {
            rule.findings.push(Finding {
                arn: String::new(),
                name: format!("alias/{number}"),
                detail: "lets in a principal of whom much can be said ".repeat(4),
            });
        }
        let page = page(&report);
        assert!(!page.contains('\u{202e}'), "{page}");
        assert!(
            page.lines().all(|line| line.chars().count() <= COLUMNS),
            "{page}"
        );
        for expected in [
            "Keys of account 111122223333 in us-east-1, 2026-01-02T03:04:05Z\n",
            "0 customer managed keys, 0 managed by services, 1 that may not be looked at\n",
            "\n31 FINDINGS\n",
            "\n  … and 10 more: --output html or json shows all\n",
            "\n  … and 1 of which it is not known\n",
            "\nkms-key-tagged: keys without tags\n  alias/<b> has \\u{202e}no tags\n",
            "\nNothing found, but not everything known, by kms-cmk-not-scheduled-for-deletion, kms-key-enabled,\n",
            "\nNothing found by iam-inline-policy-blocked-kms-actions, ",
            "\n  kms:DescribeKey  1 time  AccessDeniedException\n",
            "\n1 line of the log can't be read.\n",
            "\nalias/<b>  user/\"ada\"  7      2026-01-02T00:00:00Z\n",
            "Requests, symmetric and HMAC keys, management  7                                         0.000021\n",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
    }
}
