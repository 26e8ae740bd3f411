//! What a server shows to those who watch, and that the dashboard and the alerts which ship with it
//! ask for nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use keystead_testkit::{Server, ServerOptions};
use promql_parser::parser::{self, Expr};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde::Deserialize;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

fn start() -> Server {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there.
    let settings = "[audit.webhook.nowhere]\nurl = 'http://127.0.0.1:1'\n";
    fs::write(folder.path().join("keystead.toml"), settings).unwrap();
    ServerOptions::new(BINARY)
        .arg(format!(
            "--config={}",
            folder.path().join("keystead.toml").display()
        ))
        .arg("--metrics-listen=127.0.0.1:0")
        .arg("--quota=symmetric_rate=2")
        .start()
}

/// A request at the address of the metrics: the status line and the body.
fn get(server: &Server, method: &str, path: &str) -> (String, String) {
    let output = server.output();
    let address = output.split_once("metrics are at http://").unwrap().1;
    let address = address.split_once('/').unwrap().0;
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: metrics\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

fn metrics(server: &Server) -> String {
    let (status, body) = get(server, "GET", "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    body
}

/// The value of a metric with exactly these labels, which are in alphabetical order.
fn value(metrics: &str, name_and_labels: &str) -> Option<f64> {
    let of_it = |line: &str| {
        line.strip_prefix(name_and_labels)?
            .strip_prefix(' ')?
            .parse()
            .ok()
    };
    metrics.lines().find_map(of_it)
}

#[test]
fn calls_keys_quotas_and_the_log_are_shown() {
    let server = start();
    let client = server.client();
    let made = client.ok("CreateKey", &json!({}));
    let key = &made["KeyMetadata"]["KeyId"];
    let _ = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": "aGk="}));
    let import = client.ok("CreateKey", &json!({"Origin": "EXTERNAL"}));
    assert_eq!(import["KeyMetadata"]["KeyState"], "PendingImport");
    let _ = client.err(
        "Encrypt",
        &json!({"KeyId": "alias/none", "Plaintext": "aGk="}),
    );
    let _ = client.err("Encrypt", &json!({"KeyId": key, "Plaintext": ""}));
    for _ in 0..8 {
        let _ = client.call("Encrypt", &json!({"KeyId": key, "Plaintext": "aGk="}));
    }
    let stranger = client.with_credentials("AKIAIOSFODNN7EXAMPLE", "no secret of anybody");
    assert_eq!(stranger.call("ListKeys", &json!({})).status, 400);

    let metrics = metrics(&server);
    let value = |name: &str| value(&metrics, name).unwrap_or_else(|| panic!("{name}\n{metrics}"));
    let requests = |operation: &str, error: &str| {
        let labels = format!("error=\"{error}\",operation=\"{operation}\",service=\"kms\"");
        value(&format!("keystead_requests_total{{{labels}}}"))
    };
    assert_eq!(requests("CreateKey", ""), 2.0);
    assert_eq!(requests("Encrypt", "NotFoundException"), 1.0);
    assert_eq!(requests("Encrypt", "ValidationException"), 1.0);
    let took = "keystead_request_duration_seconds_count{operation=\"CreateKey\",service=\"kms\"}";
    assert_eq!(value(took), 2.0);
    let turned_away = "keystead_requests_rejected_total{error=\"UnrecognizedClientException\"}";
    assert_eq!(value(turned_away), 1.0);
    assert!(value("keystead_decisions_total{decision=\"allowed\"}") >= 4.0);
    let keys = |state: &str| {
        let labels = format!(
            "manager=\"CUSTOMER\",region=\"us-east-1\",spec=\"SYMMETRIC_DEFAULT\",state=\"{state}\""
        );
        value(&format!("keystead_keys{{{labels}}}"))
    };
    assert_eq!((keys("Enabled"), keys("PendingImport")), (1.0, 1.0));
    let quota = |name: &str, quota: &str| {
        let labels = format!("account_id=\"000000000000\",quota=\"{quota}\",region=\"us-east-1\"");
        value(&format!("keystead_quota_{name}{{{labels}}}"))
    };
    assert_eq!(quota("limit", "keys"), 100_000.0);
    assert_eq!(quota("used", "keys"), 2.0);
    assert_eq!(quota("limit", "symmetric_rate"), 2.0);
    let throttled = quota("throttled_total", "symmetric_rate");
    assert_eq!(requests("Encrypt", "ThrottlingException"), throttled);
    assert!(throttled >= 1.0);
    assert_eq!(
        quota("calls_total", "symmetric_rate"),
        requests("Encrypt", "")
    );
    for (name, expected) in [
        ("keystead_ready", 1.0),
        ("keystead_audit_failing", 0.0),
        ("keystead_aliases{region=\"us-east-1\"}", 0.0),
        ("keystead_grants{region=\"us-east-1\"}", 0.0),
        ("keystead_build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    check_log_and_store(&metrics);
}

fn check_log_and_store(metrics: &str) {
    let value = |name: &str| value(metrics, name).unwrap_or_else(|| panic!("{name}"));
    for reader in ["index", "trail"] {
        for what in ["bytes", "seconds"] {
            let name = format!("keystead_audit_behind_{what}{{reader=\"{reader}\"}}");
            assert!(value(&name) >= 0.0, "{name}");
        }
    }
    assert!(value("keystead_audit_log_bytes") > 1000.0);
    assert!(value("keystead_audit_append_seconds_count") >= 12.0);
    assert_eq!(
        value("keystead_store_commit_seconds_count{store=\"us-east-1\"}"),
        2.0
    );
    let shipped = |name: &str| {
        let labels = "destination=\"nowhere\",kind=\"webhook\"";
        value(&format!("keystead_audit_ship_{name}{{{labels}}}"))
    };
    assert_eq!(
        shipped("behind_bytes"),
        value("keystead_audit_log_bytes"),
        "nothing was sent"
    );
    assert!(shipped("behind_seconds") >= 0.0 && shipped("failures_total") >= 0.0);
    for secret in ["aGk=", "AKIA"] {
        assert!(!metrics.contains(secret), "{secret}");
    }
}

#[test]
fn whoever_asks_for_something_else_is_told() {
    let server = start();
    for (method, path, expected) in [
        ("GET", "/health/live", "200 OK"),
        ("GET", "/health/ready", "200 OK"),
        ("GET", "/health", "200 OK"),
        ("POST", "/metrics", "405 Method Not Allowed"),
        ("GET", "/", "404 Not Found"),
        ("POST", "/health/live", "404 Not Found"),
    ] {
        let (status, body) = get(&server, method, path);
        assert_eq!(status, format!("HTTP/1.1 {expected}"), "{method} {path}");
        assert!(!body.is_empty());
    }
    // At the address of calls there are no metrics, and health is for everybody.
    let client = server.client();
    for (path, expected) in [
        ("/metrics", 400),
        ("/health/live", 200),
        ("/health/ready", 200),
    ] {
        let answer = client
            .raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        assert_eq!(answer.status, expected, "{path}");
    }
}

/// The metrics that an expression asks for, and the labels by which it chooses or groups.
#[derive(Default)]
struct Asked {
    metrics: BTreeSet<String>,
    labels: BTreeSet<String>,
}

impl ExprVisitor for Asked {
    type Error = String;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, String> {
        match expr {
            Expr::VectorSelector(selector) => self.selector(selector),
            Expr::MatrixSelector(range) => self.selector(&range.vs),
            _ => {}
        }
        Ok(true)
    }
}

impl Asked {
    fn selector(&mut self, selector: &parser::VectorSelector) {
        self.metrics.extend(selector.name.clone());
        let names = selector.matchers.matchers.iter().map(|m| m.name.clone());
        self.labels.extend(names);
    }

    fn of(expression: &str) -> Self {
        let expression = expression
            .replace("$__rate_interval", "5m")
            .replace("$instance", "x");
        let parsed =
            parser::parse(&expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        let mut asked = Self::default();
        walk_expr(&mut asked, &parsed).unwrap();
        assert!(
            !asked.metrics.is_empty() || expression.starts_with("vector"),
            "{expression}"
        );
        asked
    }
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    alert: String,
    expr: String,
    labels: std::collections::BTreeMap<String, String>,
    annotations: std::collections::BTreeMap<String, String>,
}

fn shipped(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// All expressions of a dashboard, wherever they stand.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name == "expr" => found.push(text.to_owned()),
                    _ => expressions(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// Every metric that the alerts and the dashboard name exists, with every label that they choose by;
/// and each of ours is on the dashboard or in an alert, or it would be for nobody.
#[test]
fn alerts_and_dashboard_ask_for_what_there_is() {
    let server = start();
    let client = server.client();
    let _ = client.ok("CreateKey", &json!({}));
    let _ = client.err(
        "Encrypt",
        &json!({"KeyId": "alias/none", "Plaintext": "aGk="}),
    );
    let _ = client
        .with_credentials("AKIAIOSFODNN7EXAMPLE", "no secret of anybody")
        .call("ListKeys", &json!({}));
    let key = client.ok("CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone();
    let _ = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": "aGk="}));
    let metrics = metrics(&server);
    // A family without a sample is told of by nobody: imported material is there only if somebody
    // imports some.
    let only_sometimes = ["aws_kms_seconds_until_key_material_expiration_minimum"];
    let ours: BTreeSet<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .chain(only_sometimes)
        .collect();

    let rules: Rules = serde_saphyr::from_str(&shipped("prometheus/keystead.rules.yml")).unwrap();
    let rules: Vec<Rule> = rules
        .groups
        .into_iter()
        .flat_map(|group| group.rules)
        .collect();
    let mut all: Vec<String> = Vec::new();
    for rule in &rules {
        assert!(rule.labels.contains_key("severity"), "{}", rule.alert);
        assert!(rule.annotations.contains_key("action"), "{}", rule.alert);
        all.push(rule.expr.clone());
    }
    let dashboard: Value = serde_json::from_str(&shipped("grafana/keystead.json")).unwrap();
    expressions(&dashboard, &mut all);
    assert!(all.len() > rules.len() + 15);

    let mut named = BTreeSet::new();
    for expression in &all {
        let asked = Asked::of(expression);
        for metric in &asked.metrics {
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| {
                    metric
                        .strip_suffix(end)
                        .filter(|family| ours.contains(family))
                })
                .unwrap_or(metric);
            assert!(
                ours.contains(family) || metric == "up",
                "{metric} in {expression}"
            );
            named.insert(family.to_owned());
        }
        for label in &asked.labels {
            let is_ours = metrics.contains(&format!("{label}=\""));
            assert!(
                is_ours || ["instance", "job"].contains(&label.as_str()),
                "{label}"
            );
        }
    }
    let of_nobody: Vec<_> = ours
        .iter()
        .filter(|name| !named.contains(**name))
        // For whoever compares many servers.
        .filter(|name| **name != "keystead_build_info")
        .collect();
    assert_eq!(of_nobody, Vec::<&&str>::new());
}
