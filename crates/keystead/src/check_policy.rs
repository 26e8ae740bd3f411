//! `keystead check-policy`: what is wrong with the text of a policy, and what looks wrong.

mod place;

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use keystead_core::policy::{
    Document, Listed, NamedPrincipal, PolicyError, PolicyKind, Position, Span, check_policy,
    statement_positions, warnings,
};
use serde_json::{Value, json};

use self::place::Sids;
use crate::cli::{CheckPolicyArguments, PolicyChoice};
use crate::greeting;
use crate::text_file;
use crate::words::counted;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead check-policy key-policy.json
  aws kms get-key-policy --key-id alias/app --query Policy --output text | keystead check-policy -
  keystead check-policy --kind trust --strict role.json

Ends with 0 if the policy is accepted, also with warnings; with 1 if it is not, or if there are \
warnings and --strict is given. Whether the principals exist that a policy names is only checked by \
the server that it is given to.";

/// Checks the policy and says what was found.
pub(crate) fn run(arguments: &CheckPolicyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let text = text_file::read(&arguments.file).map_err(|error| {
        let shown = arguments.file.display();
        format!("can't read the policy {shown}: {error}")
    })?;
    let report = Report::of(&text, arguments.kind);
    let name = match arguments.file.to_str() {
        Some("-") | None => "policy".to_owned(),
        Some(name) => name.to_owned(),
    };
    greeting::answer(&if arguments.json {
        format!("{:#}\n", report.to_json(&name))
    } else {
        report.to_text(&name)
    });
    Ok(report.code(arguments.strict))
}

/// What was found in a policy.
struct Report {
    kind: PolicyChoice,
    statements: usize,
    findings: Vec<Finding>,
    /// Whether it names principals that the server looks for when it is given the policy.
    names_principals: bool,
}

/// One thing in a policy that is wrong, or looks wrong.
struct Finding {
    is_error: bool,
    /// What it is about; empty for an error.
    about: String,
    at: Option<Position>,
    path: String,
    /// What is wrong, in words for people, with the place in the policy.
    text: String,
}

impl Report {
    fn of(text: &str, kind: PolicyChoice) -> Self {
        let spans = statement_positions(text).unwrap_or_default();
        let sids = Sids::of(text);
        let mut names_principals = false;
        let findings = match check_policy(text, kind.kind()) {
            Err(errors) => {
                let errors = errors.iter();
                errors
                    .map(|error| Finding::of_error(error, &spans, &sids))
                    .collect()
            }
            Ok(document) => {
                names_principals = names_those_to_be_looked_for(&document);
                let warnings = warnings(&document, kind.kind()).into_iter();
                let finding = |warning: keystead_core::policy::Warning| Finding {
                    is_error: false,
                    about: format!("{:?}", warning.kind),
                    at: position(&warning.path, &spans),
                    text: format!("{}: {}", sids.place(&warning.path), warning.text),
                    path: warning.path,
                };
                warnings.map(finding).collect()
            }
        };
        Self {
            kind,
            statements: spans.len(),
            findings,
            names_principals,
        }
    }

    fn count(&self, is_error: bool) -> usize {
        let found = self.findings.iter();
        found.filter(|found| found.is_error == is_error).count()
    }

    fn code(&self, strict: bool) -> ExitCode {
        if self.count(true) > 0 || strict && self.count(false) > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Lines as compilers write them, so that editors find the places.
    fn to_text(&self, name: &str) -> String {
        let mut text = String::new();
        for found in &self.findings {
            let severity = if found.is_error { "error" } else { "warning" };
            let place = match found.at {
                Some(Position { line, column }) => format!("{name}:{line}:{column}"),
                None => name.to_owned(),
            };
            let _ = writeln!(text, "{place}: {severity}: {}", found.text);
        }
        let verdict = match (self.count(true), self.count(false)) {
            (0, 0) => format!("accepted, {}", counted(self.statements, "statement")),
            (0, warnings) => format!("accepted, {}", counted(warnings, "warning")),
            (errors, _) => format!("not accepted, {}", counted(errors, "error")),
        };
        let besides = match self.names_principals {
            true => "; principals are only checked by the server",
            false => "",
        };
        let _ = writeln!(
            text,
            "{name}: {} policy: {verdict}{besides}",
            self.kind.name()
        );
        text
    }

    fn to_json(&self, name: &str) -> Value {
        let list = |is_error| -> Vec<Value> {
            let found = self.findings.iter();
            let found = found.filter(|found| found.is_error == is_error);
            found.map(Finding::to_json).collect()
        };
        json!({
            "file": name,
            "kind": self.kind.name(),
            "accepted": self.count(true) == 0,
            "principalsUnchecked": self.names_principals,
            "errors": list(true),
            "warnings": list(false),
        })
    }
}

impl Finding {
    fn of_error(error: &PolicyError, spans: &[Span], sids: &Sids) -> Self {
        let path = error.path().unwrap_or_default().to_owned();
        let (at, text) = match error {
            PolicyError::NotJson { source } => {
                let at = Position {
                    line: source.line(),
                    column: source.column(),
                };
                (Some(at), format!("{error}: {source}"))
            }
            _ => {
                let text = error.to_string().replacen(&path, &sids.place(&path), 1);
                (position(&path, spans), text)
            }
        };
        Self {
            is_error: true,
            about: String::new(),
            at,
            path,
            text,
        }
    }

    fn to_json(&self) -> Value {
        let mut json = json!({"path": self.path, "text": self.text});
        if let (Some(object), Some(at)) = (json.as_object_mut(), self.at) {
            object.insert("line".to_owned(), at.line.into());
            object.insert("column".to_owned(), at.column.into());
        }
        if let (Some(object), false) = (json.as_object_mut(), self.about.is_empty()) {
            object.insert("kind".to_owned(), self.about.as_str().into());
        }
        json
    }
}

/// Whether a policy names somebody whom the server looks for when the policy is written.
fn names_those_to_be_looked_for(document: &Document) -> bool {
    let listed = document
        .statements
        .iter()
        .filter_map(|one| one.principals.as_ref());
    let mut named = listed.flat_map(Listed::items);
    named.any(|principal| {
        !matches!(
            principal,
            NamedPrincipal::Everyone | NamedPrincipal::Service { .. }
        )
    })
}

/// Where the statement begins that a path leads into.
fn position(path: &str, spans: &[Span]) -> Option<Position> {
    let rest = path.strip_prefix("Statement")?;
    let index = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next()?.parse().ok())
        .unwrap_or(0);
    spans.get(index).map(|span: &Span| span.start)
}

impl PolicyChoice {
    const fn kind(self) -> PolicyKind {
        match self {
            Self::Key => PolicyKind::Key,
            Self::Identity => PolicyKind::Identity,
            Self::Trust => PolicyKind::Trust,
            Self::ServiceControl => PolicyKind::ServiceControl,
            Self::ResourceControl => PolicyKind::ResourceControl,
            Self::Endpoint => PolicyKind::Endpoint,
            Self::Session => PolicyKind::Session,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Identity => "identity",
            Self::Trust => "trust",
            Self::ServiceControl => "service-control",
            Self::ResourceControl => "resource-control",
            Self::Endpoint => "endpoint",
            Self::Session => "session",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    const GOOD: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}"#;

    #[test]
    fn a_good_policy_is_accepted_as_far_as_it_can_be_known() {
        let report = Report::of(GOOD, PolicyChoice::Key);
        assert_eq!(
            report.to_text("p"),
            "p: key policy: accepted, 1 statement; principals are only checked by the server\n"
        );
        assert_eq!(report.code(true), ExitCode::SUCCESS);
        assert_eq!(report.to_json("p")["principalsUnchecked"], true);
        let nobody = r#"{"Statement":[]}"#;
        let report = Report::of(nobody, PolicyChoice::Identity);
        assert_eq!(
            report.to_text("p"),
            "p: identity policy: accepted, 0 statements\n"
        );
    }

    #[test]
    fn all_errors_are_told_with_their_statements() {
        let text = r#"{"Version":"2012","Statement":[
  {"Sid":"use it","Effect":"Allow","Principal":{"AWS":["ada","*"]},"Action":["kms:Encrypt","x"]},
  {"Effect":"allow","Principal":"*"}]}"#;
        let report = Report::of(text, PolicyChoice::Key);
        let expected = r#"p: error: Version: "2012" is not a version of the policy language
p:2:3: error: statement "use it", Principal.AWS, item 1: "ada" is not a valid principal
p:2:3: error: statement "use it", Action, item 2: "x" is not a valid action
p:3:3: error: statement 2, Effect: "allow" is neither "Allow" nor "Deny"
p: key policy: not accepted, 4 errors
"#;
        assert_eq!(report.to_text("p"), expected);
        let json = report.to_json("p");
        assert_eq!(json["errors"][2]["path"], "Statement[0].Action[1]");
        assert_eq!(json["errors"][2]["line"], 2);
    }

    #[test]
    fn errors_tell_the_line_of_their_statement() {
        let cases = [
            (
                "{",
                PolicyChoice::Key,
                "p:1:1: error: the policy is not valid JSON: ",
            ),
            ("[]", PolicyChoice::Key, "p: error: the document: expected"),
            (
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"},\n {\"Effect\":\"allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}]}",
                PolicyChoice::Identity,
                "p:2:2: error: statement 2, Effect: \"allow\" is neither",
            ),
            (
                "{\"Statement\":\n{\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"*\"}}",
                PolicyChoice::Session,
                "p:2:1: error: statement 1, Action: \"x\" is not a valid action",
            ),
            (
                GOOD,
                PolicyChoice::Identity,
                "p:2:3: error: statement 1, Principal does not belong",
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}"#,
                PolicyChoice::ResourceControl,
                "p:1:15: error: statement 1, Effect may only be",
            ),
        ];
        for (text, kind, expected) in cases {
            let report = Report::of(text, kind);
            let shown = report.to_text("p");
            assert!(shown.starts_with(expected), "{shown}");
            assert!(
                shown.ends_with("policy: not accepted, 1 error\n"),
                "{shown}"
            );
            assert_eq!(report.code(false), ExitCode::FAILURE);
            assert_eq!(report.to_json("p")["accepted"], false);
        }
    }

    #[test]
    fn warnings_fail_only_if_strict() {
        let open = GOOD.replace(r#"{"AWS":"111122223333"}"#, r#""*""#);
        let report = Report::of(&open, PolicyChoice::Key);
        let shown = report.to_text("p");
        assert!(
            shown.starts_with("p:2:3: warning: statement 1, Principal: "),
            "{shown}"
        );
        assert!(shown.ends_with("accepted, 2 warnings\n"), "{shown}");
        assert_eq!(report.code(false), ExitCode::SUCCESS);
        assert_eq!(report.code(true), ExitCode::FAILURE);
        let json = report.to_json("p");
        assert_eq!(json["warnings"][0]["kind"], "OpenToEveryone");
        assert_eq!(json["warnings"][0]["line"], 2);
        assert_eq!(json["errors"], json!([]));
    }

    #[test]
    fn every_kind_can_be_chosen_by_its_name() {
        for choice in PolicyChoice::value_variants() {
            let named = PolicyChoice::from_str(choice.name(), false);
            assert_eq!(named, Ok(*choice));
        }
        assert_eq!(PolicyChoice::value_variants().len(), PolicyKind::ALL.len());
    }
}
