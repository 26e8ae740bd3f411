//! A plan and its progress, for people and for programs.

use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::plan::{Kind, Step};

/// Who hears of progress.
pub(super) trait Listener {
    /// A step is done.
    fn done(&mut self, step: &Step);
    /// An access key was made, and its secret is told this once.
    fn access_key(&mut self, owner: &str, id: &str, secret: &str);
}

/// Progress in words.
pub(super) struct Words;

/// Progress as lines of JSON.
pub(super) struct Lines;

impl Kind {
    const fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Change => '~',
            Self::Remove => '-',
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

/// The difference in words.
pub(super) fn words(steps: &[Step], own: &str) -> String {
    let mut shown = String::new();
    for step in steps {
        let account = match step.account.trim_matches(['{', '}']) {
            account if account == own => String::new(),
            account => format!(
                " ({})",
                if account.starts_with("account") {
                    account.to_owned()
                } else {
                    format!("account {account}")
                }
            ),
        };
        let (sign, verb) = (step.kind.sign(), step.kind.verb());
        shown.push_str(&format!("{sign} {verb} {}{account}\n", step.item));
        for line in &step.lines {
            shown.push_str(&format!("      {line}\n"));
        }
    }
    let count = |kind| steps.iter().filter(|step| step.kind == kind).count();
    let (create, change) = (count(Kind::Create), count(Kind::Change));
    let remove = count(Kind::Remove);
    shown.push_str(&match steps.len() {
        0 => "Nothing differs.\n".to_owned(),
        _ => format!("{create} to create, {change} to change, {remove} to remove.\n"),
    });
    shown
}

/// The difference as an object.
pub(super) fn object(steps: &[Step]) -> Value {
    let step = |step: &Step| {
        json!({
            "change": step.kind.verb(),
            "item": step.item,
            "account": step.account,
            "lines": step.lines,
        })
    };
    json!({"steps": steps.iter().map(step).collect::<Vec<_>>()})
}

/// Prints a text. Nobody may be listening, which is no reason to stop.
pub(super) fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
    let _ = io::stdout().flush();
}

impl Listener for Words {
    fn done(&mut self, step: &Step) {
        print(&format!("done: {} {}\n", step.kind.verb(), step.item));
    }

    fn access_key(&mut self, owner: &str, id: &str, secret: &str) {
        // Whoever asked for the key reads it here, and nowhere else.
        print(&format!(
            "access key of {owner}, shown this once:\n  aws_access_key_id = {id}\n  aws_secret_access_key = {secret}\n"
        ));
    }
}

impl Listener for Lines {
    fn done(&mut self, step: &Step) {
        print(&format!("{}\n", json!({"done": step.item})));
    }

    fn access_key(&mut self, owner: &str, id: &str, secret: &str) {
        let key = json!({"owner": owner, "access_key_id": id, "secret_access_key": secret});
        print(&format!("{}\n", json!({"access_key": key})));
    }
}
