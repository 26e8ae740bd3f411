//! The matrix as text.

use std::fmt::Write as _;

use keystead_testkit::Answer;

use crate::calls::{CALLS, Call};
use crate::situations::{PANELS, Panel};

const HEADER: &str = "\
The authorization matrix of KMS: what each operation answers to whom.

Written by `cargo test -p keystead --test authz_matrix` from the answers of a running server, and
compared with them ever after. When a change of behaviour is meant, set KEYSTEAD_UPDATE=1, run the
test, and read the difference.

Each table is a kind of situation, each column a caller, each row a call. Every situation has keys,
aliases and grants of its own, whose policy names their keeper besides; RetireGrant is asked of a
grant that names no retiring principal, and whose grantee is the caller where the caller has grants
at all. The root user has no access key: a service calls on its behalf.

    ok          the call succeeds
    no X        AccessDeniedException: because no X allows it
    deny X      AccessDeniedException: with an explicit deny in X
                X: key policy, identity policy, boundary, session policy, SCP, RCP, endpoint policy
    hidden      AccessDeniedException in words that do not tell whether the resource is there
    ciphertext  AccessDeniedException in words that do not tell whose the ciphertext is
    otherwise   the error's code without its ending `Exception`
";

/// The kinds of policies in AWS's words, and in ours.
const KINDS: [(&str, &str); 7] = [
    ("resource-based policy", "key policy"),
    ("identity-based policy", "identity policy"),
    ("permissions boundary", "boundary"),
    ("session policy", "session policy"),
    ("service control policy", "SCP"),
    ("resource control policy", "RCP"),
    ("VPC endpoint policy", "endpoint policy"),
];

/// What a cell says of an answer.
pub(crate) fn cell(answer: &Answer) -> String {
    if answer.status == 200 {
        return "ok".to_owned();
    }
    let (code, message) = (answer.error(), answer.message());
    if code != "AccessDeniedException" {
        return code.trim_end_matches("Exception").to_owned();
    }
    for (theirs, ours) in KINDS {
        if message.contains(&format!("because no {theirs} allows the kms:")) {
            return format!("no {ours}");
        }
        for article in ["a", "an"] {
            let clause = format!("with an explicit deny in {article} {theirs}");
            // An ARN may follow.
            let ends = |(_, rest): (&str, &str)| rest.is_empty() || rest.starts_with(": arn:");
            if message.split_once(&clause).is_some_and(ends) {
                return format!("deny {ours}");
            }
        }
    }
    if message.contains("on this resource because the resource does not exist in this Region") {
        return "hidden".to_owned();
    }
    assert!(message.starts_with("The ciphertext refers to"), "{message}");
    "ciphertext".to_owned()
}

/// The whole file. The cells are those of each situation, from the first table's first on.
pub(crate) fn page(columns: &[Vec<String>]) -> String {
    let mut text = HEADER.to_owned();
    let mut columns = columns.iter();
    for panel in PANELS {
        let own: Vec<_> = columns.by_ref().take(panel.situations.len()).collect();
        table(&mut text, panel, &own);
    }
    text
}

/// The lines that only one of two pages has, with their numbers: `-` for one that is written and no
/// longer found, `+` for one that is new.
pub(crate) fn difference(written: &str, found: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (written.lines().collect(), found.lines().collect());
    let common = common(&old, &new);
    let (mut i, mut j, mut changes) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            i += 1;
            changes.push(format!("-{i}: {}", old[i - 1]));
        } else {
            j += 1;
            changes.push(format!("+{j}: {}", new[j - 1]));
        }
    }
    changes
}

/// How many lines two pages have in common, in order, from each pair of lines to the ends.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}

fn table(text: &mut String, panel: &Panel, columns: &[&Vec<String>]) {
    let mut lines = vec![row("", panel.situations.iter().map(|it| it.name))];
    for (index, call) in CALLS.iter().enumerate() {
        lines.push(row(
            &title(call),
            columns.iter().map(|it| it[index].as_str()),
        ));
    }
    writeln!(
        text,
        "\n{}\n{}\n",
        panel.title,
        "=".repeat(panel.title.len())
    )
    .unwrap();
    for situation in panel.situations {
        writeln!(text, "{:<18}{}", situation.name, situation.says).unwrap();
    }
    writeln!(text, "\n{}", lines.join("\n")).unwrap();
}

/// How a row begins.
pub(crate) fn title(call: &Call) -> String {
    match call.variant {
        "" => call.operation.to_owned(),
        variant => format!("{} {variant}", call.operation),
    }
}

fn row<'a>(title: &str, cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = format!("{title:<37}");
    for cell in cells {
        write!(line, "{cell:<22}").unwrap();
    }
    line.trim_end().to_owned()
}

#[test]
fn a_difference_shows_what_vanished_and_what_is_new() {
    let cases: [(&str, &str, &[&str]); 6] = [
        ("a\nb", "a\nb", &[]),
        ("", "a", &["+1: a"]),
        ("a\nb\nc", "a\nc", &["-2: b"]),
        ("a\nb", "a", &["-2: b"]),
        ("a\nb\nc", "a\nB\nc", &["-2: b", "+2: B"]),
        ("a\nb", "b\na", &["-1: a", "+2: a"]),
    ];
    for (written, found, shown) in cases {
        assert_eq!(difference(written, found), shown, "{written} {found}");
    }
}
