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
    otherwise   the error's code without `CustomKey`, `CloudHsm` and its ending `Exception`
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
        let code = code.trim_end_matches("Exception");
        return code.replace("CustomKey", "").replace("CloudHsm", "");
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
