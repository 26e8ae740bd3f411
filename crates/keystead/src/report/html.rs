//! The report as one page that needs nothing else: no script, no picture, nothing from elsewhere.

use std::fmt::Write as _;

use super::findings::Outcome;
use super::outcome::Report;
use super::text::{cost_rows, keys};
use crate::words::{clean, counted};

/// Nothing may be loaded, nor run.
const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Keystead report</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse; width: 100%; margin: 1em 0 }
th, td { text-align: left; vertical-align: top; padding: .25em .75em .25em 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere }
</style>
</head>
<body>
"#;

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut page = HEAD.to_owned();
    let (account, region) = (escaped(&report.account), escaped(&report.region));
    let _ = writeln!(page, "<h1>Keys of account {account} in {region}</h1>");
    let (time, keys) = (escaped(&report.time), escaped(&keys(report)));
    let _ = writeln!(page, "<p>{time}. {keys}.</p>");
    findings(&mut page, report);
    if !report.unread.is_empty() {
        page.push_str("<h2>Not read</h2>\n");
        let gaps = report.unread.iter();
        let rows = gaps.map(|gap| [gap.action.clone(), gap.count.to_string(), gap.code.clone()]);
        table(&mut page, ["Action", "Times", "Why"], rows);
    }
    usage(&mut page, report);
    page.push_str("<h2>Cost at AWS</h2>\n");
    table(
        &mut page,
        ["What", "How much", "US dollars"],
        cost_rows(report),
    );
    let _ = writeln!(
        page,
        "<p>{}</p>\n</body>\n</html>",
        escaped(report.cost.note)
    );
    page
}

fn findings(page: &mut String, report: &Report) {
    let _ = writeln!(page, "<h2>{}</h2>", counted(report.findings(), "finding"));
    let rows = report.rules.iter().map(|rule| {
        let counts = [rule.findings.len(), rule.checked, rule.unknown];
        let [found, checked, unknown] = counts.map(|count| count.to_string());
        [
            rule.name.to_owned(),
            rule.finds.to_owned(),
            found,
            checked,
            unknown,
        ]
    });
    table(page, ["Rule", "Finds", "Found", "Checked", "Unknown"], rows);
    for rule in report.rules.iter().filter(|rule| !rule.findings.is_empty()) {
        found(page, rule);
    }
}

fn found(page: &mut String, rule: &Outcome) {
    let _ = writeln!(page, "<h3>{}</h3>", escaped(rule.name));
    let rows = rule.findings.iter();
    let rows = rows.map(|found| [found.name.clone(), found.detail.clone(), found.arn.clone()]);
    table(page, ["Name", "What", "ARN"], rows);
}

fn usage(page: &mut String, report: &Report) {
    page.push_str("<h2>Usage</h2>\n");
    let Some(usage) = &report.usage else {
        let why = escaped(report.no_usage.as_deref().unwrap_or_default());
        let _ = writeln!(page, "<p>{why}</p>");
        return;
    };
    let since = escaped(&usage.since);
    let unreadable = counted(usage.unreadable_lines, "line");
    let _ = writeln!(
        page,
        "<p>Since {since}, by the audit log, of which {unreadable} can't be read.</p>"
    );
    let uses = usage.uses.iter();
    let rows = uses.map(|one| {
        let (name, principal, last) = (&one.name, &one.principal, &one.last);
        [
            name.clone(),
            principal.clone(),
            one.calls.to_string(),
            last.clone(),
        ]
    });
    table(page, ["Key", "Principal", "Calls", "Last"], rows);
}

fn table<const N: usize>(
    page: &mut String,
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) {
    page.push_str("<table>\n<tr>");
    for heading in headings {
        let _ = write!(page, "<th>{}</th>", escaped(heading));
    }
    page.push_str("</tr>\n");
    for row in rows {
        page.push_str("<tr>");
        for cell in row {
            let _ = write!(page, "<td>{}</td>", escaped(&cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

/// A text as text of a page, whoever wrote it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::outcome::tests::report;
    use super::*;

    #[test]
    fn names_are_text_and_nothing_else() {
        assert_eq!(
            escaped("<a b=\"c\">&'\u{202e}"),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\\u{202e}"
        );
        let page = page(&report());
        assert!(!page.contains("<b>") && !page.contains("\"ada\"") && !page.contains('\u{202e}'));
        for expected in [
            "<h1>Keys of account 111122223333 in us-east-1</h1>",
            "<td>alias/&lt;b&gt;</td><td>has \\u{202e}no tags</td>",
            "<td>arn:aws:iam::111122223333:user/&quot;ada&quot;</td><td>7</td>",
            "<td>kms:DescribeKey</td><td>1</td><td>AccessDeniedException</td>",
            "<td>0.000021</td>",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
        assert!(page.ends_with("</body>\n</html>\n"));
    }
}
