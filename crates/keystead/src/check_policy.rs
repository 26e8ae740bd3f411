//! `keystead check-policy`: what is wrong with the text of a policy, and what looks wrong.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use keystead_core::policy::{
    Document, KeyPolicy, PolicyError, PolicyKind, Position, ResourceControlPolicy, Span,
    statement_positions, warnings,
};
use serde_json::{Value, json};

use crate::cli::{CheckPolicyArguments, PolicyChoice};
use crate::greeting;
use crate::text_file;
use crate::words::counted;

pub(crate) const EXAMPLES: &str = "Examples:
  keystead check-policy key-policy.json
  aws kms get-key-policy --key-id alias/app --query Policy --output text | keystead check-policy -
  keystead check-policy --kind trust --strict role.json

Ends with 0 if the policy is accepted, also with warnings; with 1 if it is not, or if there are \
warnings and --strict is given.";

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
}

/// One thing in a policy that is wrong, or looks wrong.
struct Finding {
    is_error: bool,
    /// What it is about; empty for an error.
    about: String,
    at: Option<Position>,
    path: String,
    text: String,
}

impl Report {
    fn of(text: &str, kind: PolicyChoice) -> Self {
        let spans = statement_positions(text).unwrap_or_default();
        let findings = match parse(text, kind.kind()) {
            Err(error) => vec![Finding::of_error(&error, &spans)],
            Ok(document) => {
                let warnings = warnings(&document, kind.kind()).into_iter();
                let finding = |warning: keystead_core::policy::Warning| Finding {
                    is_error: false,
                    about: format!("{:?}", warning.kind),
                    at: position(&warning.path, &spans),
                    path: warning.path,
                    text: warning.text,
                };
                warnings.map(finding).collect()
            }
        };
        Self {
            kind,
            statements: spans.len(),
            findings,
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
            let path = match found.path.as_str() {
                "" => String::new(),
                _ if found.is_error => String::new(),
                path => format!("{path}: "),
            };
            let _ = writeln!(text, "{place}: {severity}: {path}{}", found.text);
        }
        let verdict = match (self.count(true), self.count(false)) {
            (0, 0) => format!("accepted, {}", counted(self.statements, "statement")),
            (0, warnings) => format!("accepted, {}", counted(warnings, "warning")),
            _ => "not accepted".to_owned(),
        };
        let _ = writeln!(text, "{name}: {} policy: {verdict}", self.kind.name());
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
            "errors": list(true),
            "warnings": list(false),
        })
    }
}

impl Finding {
    fn of_error(error: &PolicyError, spans: &[Span]) -> Self {
        let path = error.path().unwrap_or_default().to_owned();
        let (at, text) = match error {
            PolicyError::NotJson { source } => {
                let at = Position {
                    line: source.line(),
                    column: source.column(),
                };
                (Some(at), format!("{error}: {source}"))
            }
            _ => (position(&path, spans), error.to_string()),
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

/// Parses as whoever writes such a policy does.
fn parse(text: &str, kind: PolicyKind) -> Result<Document, PolicyError> {
    let document = Document::parse(text, kind)?;
    match kind {
        PolicyKind::Key => KeyPolicy::parse(text)?.check_writable()?,
        PolicyKind::ResourceControl => drop(ResourceControlPolicy::parse(text)?),
        _ => {}
    }
    Ok(document)
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
    fn a_good_policy_is_accepted_in_silence() {
        let report = Report::of(GOOD, PolicyChoice::Key);
        assert_eq!(
            report.to_text("p"),
            "p: key policy: accepted, 1 statement\n"
        );
        assert_eq!(report.code(true), ExitCode::SUCCESS);
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
                "p:2:2: error: Statement[1].Effect: \"allow\" is neither",
            ),
            (
                "{\"Statement\":\n{\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"*\"}}",
                PolicyChoice::Session,
                "p:2:1: error: Statement.Action: \"x\" is not a valid action",
            ),
            (
                GOOD,
                PolicyChoice::Identity,
                "p:2:3: error: Statement[0].Principal",
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}"#,
                PolicyChoice::ResourceControl,
                "p:1:15: error: Statement[0].Effect may only be",
            ),
        ];
        for (text, kind, expected) in cases {
            let report = Report::of(text, kind);
            let shown = report.to_text("p");
            assert!(shown.starts_with(expected), "{shown}");
            assert!(shown.ends_with("policy: not accepted\n"), "{shown}");
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
            shown.starts_with("p:2:3: warning: Statement[0].Principal: "),
            "{shown}"
        );
        assert!(
            shown.ends_with("warnings\n") || shown.ends_with("warning\n"),
            "{shown}"
        );
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
