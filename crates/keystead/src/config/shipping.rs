//! Where the audit log is shipped to: the tables `[audit.webhook.NAME]`, `[audit.syslog.NAME]` and
//! `[audit.copy.NAME]` of the file.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;
use keystead_core::arn::AccountId;
use keystead_server::audit::ship::Begin;
use serde::Deserialize;
use url::Url;

use super::audit::AuditTable;

/// A webhook that records are sent to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookTable {
    url: String,
    headers_file: Option<PathBuf>,
    secret_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    insecure_http: bool,
    #[serde(default)]
    begin: BeginWord,
    max_records: Option<u64>,
    max_bytes: Option<u64>,
    timeout_seconds: Option<u64>,
}

/// A syslog server that records are sent to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SyslogTable {
    address: String,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    insecure_tcp: bool,
    #[serde(default)]
    begin: BeginWord,
    hostname: Option<String>,
    confirm_seconds: Option<u64>,
    timeout_seconds: Option<u64>,
}

/// An object store that files are copied to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyTable {
    url: String,
    account: Option<AccountId>,
    endpoint: Option<String>,
    region: Option<String>,
    credentials_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    insecure_http: bool,
}

/// Where a new destination begins.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BeginWord {
    #[default]
    Oldest,
    Now,
}

impl From<BeginWord> for Begin {
    fn from(word: BeginWord) -> Self {
        match word {
            BeginWord::Oldest => Self::Oldest,
            BeginWord::Now => Self::Now,
        }
    }
}

/// Everywhere that the audit log is shipped to, checked.
#[derive(Debug, Default)]
pub(crate) struct ShippingSettings {
    pub(crate) webhooks: Vec<WebhookSettings>,
    pub(crate) syslogs: Vec<SyslogSettings>,
    pub(crate) copies: Vec<CopySettings>,
}

/// A webhook.
#[derive(Debug)]
pub(crate) struct WebhookSettings {
    pub(crate) name: String,
    pub(crate) url: Uri,
    pub(crate) headers_file: Option<PathBuf>,
    pub(crate) secret_file: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) begin: Begin,
    pub(crate) max_records: usize,
    pub(crate) max_bytes: usize,
    pub(crate) timeout: Duration,
}

/// A syslog server.
#[derive(Debug)]
pub(crate) struct SyslogSettings {
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) has_tls: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) begin: Begin,
    pub(crate) hostname: Option<String>,
    pub(crate) confirm: Duration,
    pub(crate) timeout: Duration,
}

/// An object store.
#[derive(Debug)]
pub(crate) struct CopySettings {
    pub(crate) name: String,
    pub(crate) url: Url,
    pub(crate) account: Option<AccountId>,
    pub(crate) endpoint: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) credentials_file: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) insecure_http: bool,
}

/// Why the audit log can't be shipped so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShippingError {
    #[error(
        "audit.{kind}.{name}: a destination's name is of lower-case letters, digits and hyphens, and has 32 of them at most"
    )]
    Name { kind: &'static str, name: String },
    #[error("audit.{kind}.{name}.{setting} is to be {expected}")]
    Wrong {
        kind: &'static str,
        name: String,
        setting: &'static str,
        expected: &'static str,
    },
    #[error("audit.{kind}.{name}.{setting} is to be a whole number from {least} to {most}")]
    Range {
        kind: &'static str,
        name: String,
        setting: &'static str,
        least: u64,
        most: u64,
    },
    #[error(
        "audit.{kind}.{name}.{setting} is http://, which shows everybody on the way who calls what: use https://, or add insecure_http = true"
    )]
    Plain {
        kind: &'static str,
        name: String,
        setting: &'static str,
    },
    #[error("--dev records nothing, and there is nothing to ship: leave out audit.{kind}")]
    Development { kind: &'static str },
    #[error(
        "audit.copy copies the files of the audit trail: leave out audit.trail.enabled = false"
    )]
    NoTrail,
}

const WEBHOOK: &str = "webhook";
const SYSLOG: &str = "syslog";
const COPY: &str = "copy";

/// The port of syslog over TLS (RFC 5425), and that which is usual for TCP.
const SYSLOG_PORTS: &str = "a host and a port, such as \"siem.example.com:6514\"";

/// Takes the files that are named to be in a folder, that of the configuration file.
pub(super) fn by_folder(audit: &mut AuditTable, folder: &Path) {
    let webhooks = audit.webhook.values_mut();
    let webhooks =
        webhooks.flat_map(|to| [&mut to.headers_file, &mut to.secret_file, &mut to.ca_file]);
    let syslogs = audit.syslog.values_mut().map(|to| &mut to.ca_file);
    let copies = audit.copy.values_mut();
    let copies = copies.flat_map(|to| [&mut to.credentials_file, &mut to.ca_file]);
    for path in webhooks.chain(syslogs).chain(copies).flatten() {
        *path = folder.join(&*path);
    }
}

/// The settings, checked.
pub(super) fn resolve(
    audit: AuditTable,
    dev: bool,
    has_trail: bool,
) -> Result<ShippingSettings, ShippingError> {
    let given = [
        (WEBHOOK, !audit.webhook.is_empty()),
        (SYSLOG, !audit.syslog.is_empty()),
        (COPY, !audit.copy.is_empty()),
    ];
    if let Some((kind, _)) = given.into_iter().find(|(_, given)| dev && *given) {
        return Err(ShippingError::Development { kind });
    }
    if !audit.copy.is_empty() && !has_trail {
        return Err(ShippingError::NoTrail);
    }
    let webhooks = audit.webhook.into_iter();
    let syslogs = audit.syslog.into_iter();
    let copies = audit.copy.into_iter();
    Ok(ShippingSettings {
        webhooks: webhooks
            .map(|(name, table)| webhook(Place::new(WEBHOOK, name)?, table))
            .collect::<Result<_, _>>()?,
        syslogs: syslogs
            .map(|(name, table)| syslog(Place::new(SYSLOG, name)?, table))
            .collect::<Result<_, _>>()?,
        copies: copies
            .map(|(name, table)| copy(Place::new(COPY, name)?, table))
            .collect::<Result<_, _>>()?,
    })
}

/// Which table is being read.
struct Place {
    kind: &'static str,
    name: String,
}

impl Place {
    fn new(kind: &'static str, name: String) -> Result<Self, ShippingError> {
        let is_letter =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match (1..=32).contains(&name.len()) && name.bytes().all(is_letter) {
            true => Ok(Self { kind, name }),
            false => Err(ShippingError::Name { kind, name }),
        }
    }

    fn wrong(&self, setting: &'static str, expected: &'static str) -> ShippingError {
        ShippingError::Wrong {
            kind: self.kind,
            name: self.name.clone(),
            setting,
            expected,
        }
    }

    fn plain(&self, setting: &'static str) -> ShippingError {
        ShippingError::Plain {
            kind: self.kind,
            name: self.name.clone(),
            setting,
        }
    }

    fn within(
        &self,
        setting: &'static str,
        value: Option<u64>,
        default: u64,
        range: &RangeInclusive<u64>,
    ) -> Result<u64, ShippingError> {
        let value = value.unwrap_or(default);
        match range.contains(&value) {
            true => Ok(value),
            false => Err(ShippingError::Range {
                kind: self.kind,
                name: self.name.clone(),
                setting,
                least: *range.start(),
                most: *range.end(),
            }),
        }
    }

    fn seconds(
        &self,
        setting: &'static str,
        value: Option<u64>,
        default: u64,
    ) -> Result<Duration, ShippingError> {
        let seconds = self.within(setting, value, default, &(1..=3600))?;
        Ok(Duration::from_secs(seconds))
    }
}

fn webhook(place: Place, table: WebhookTable) -> Result<WebhookSettings, ShippingError> {
    let wrong = || {
        place.wrong(
            "url",
            "a URL, such as \"https://siem.example.com/keystead\"",
        )
    };
    let url: Uri = table.url.parse().map_err(|_| wrong())?;
    let host = url.host().ok_or_else(wrong)?;
    match url.scheme_str() {
        Some("https") => {}
        Some("http") if table.insecure_http || is_loopback(host) => {}
        Some("http") => return Err(place.plain("url")),
        _ => return Err(wrong()),
    }
    let whole = |setting, value, default, range| {
        let value = place.within(setting, value, default, &range)?;
        Ok::<_, ShippingError>(usize::try_from(value).unwrap_or(usize::MAX))
    };
    Ok(WebhookSettings {
        max_records: whole("max_records", table.max_records, 500, 1..=100_000)?,
        max_bytes: whole("max_bytes", table.max_bytes, 1 << 20, 1..=64 << 20)?,
        timeout: place.seconds("timeout_seconds", table.timeout_seconds, 30)?,
        name: place.name,
        url,
        headers_file: table.headers_file,
        secret_file: table.secret_file,
        ca_file: table.ca_file,
        begin: table.begin.into(),
    })
}

fn syslog(place: Place, table: SyslogTable) -> Result<SyslogSettings, ShippingError> {
    let wrong = || place.wrong("address", SYSLOG_PORTS);
    let (host, port) = table.address.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().map_err(|_| wrong())?;
    if host.is_empty() || host.contains('/') {
        return Err(wrong());
    }
    let is_name = |name: &String| {
        (1..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if !table.hostname.iter().all(is_name) {
        return Err(place.wrong("hostname", "printable ASCII without spaces"));
    }
    if table.insecure_tcp && table.ca_file.is_some() {
        return Err(place.wrong("ca_file", "left out, or insecure_tcp"));
    }
    Ok(SyslogSettings {
        host: host.to_owned(),
        port,
        has_tls: !table.insecure_tcp,
        ca_file: table.ca_file,
        begin: table.begin.into(),
        hostname: table.hostname,
        confirm: place.seconds("confirm_seconds", table.confirm_seconds, 30)?,
        timeout: place.seconds("timeout_seconds", table.timeout_seconds, 30)?,
        name: place.name,
    })
}

fn copy(place: Place, table: CopyTable) -> Result<CopySettings, ShippingError> {
    let expected =
        "file:///folder, s3://bucket/folder, az://container/folder or gs://bucket/folder";
    let url = Url::parse(&table.url).map_err(|_| place.wrong("url", expected))?;
    if let Some(endpoint) = &table.endpoint {
        let expected = "a URL, such as \"https://minio.example.com:9000\"";
        let wrong = || place.wrong("endpoint", expected);
        let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
        let host = uri.host().ok_or_else(wrong)?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if table.insecure_http || is_loopback(host) => {}
            Some("http") => return Err(place.plain("endpoint")),
            _ => return Err(wrong()),
        }
    }
    Ok(CopySettings {
        insecure_http: table.insecure_http
            || table.endpoint.iter().any(|url| url.starts_with("http://")),
        endpoint: table.endpoint,
        name: place.name,
        url,
        account: table.account,
        region: table.region,
        credentials_file: table.credentials_file,
        ca_file: table.ca_file,
    })
}

/// Whether a URL's host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = |address: std::net::IpAddr| address.to_canonical().is_loopback();
    host == "localhost" || host.parse().is_ok_and(is_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(file: &str) -> Result<ShippingSettings, String> {
        let audit: AuditTable = toml::from_str(file).map_err(|error| error.to_string())?;
        resolve(audit, false, true).map_err(|error| error.to_string())
    }

    #[test]
    fn destinations_have_defaults() {
        let settings = resolved(
            r#"
            [webhook.siem]
            url = "https://siem.example.com/in"
            [syslog.collector]
            address = "[::1]:6514"
            begin = "now"
            [copy.archive]
            url = "s3://bucket/folder"
            endpoint = "http://127.0.0.1:9000"
            "#,
        )
        .unwrap();
        let webhook = &settings.webhooks[0];
        assert_eq!((webhook.max_records, webhook.max_bytes), (500, 1 << 20));
        assert_eq!(webhook.begin, Begin::Oldest);
        let syslog = &settings.syslogs[0];
        assert_eq!((syslog.host.as_str(), syslog.port), ("::1", 6514));
        assert_eq!((syslog.has_tls, syslog.begin), (true, Begin::Now));
        let copy = &settings.copies[0];
        assert_eq!(copy.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert!(copy.insecure_http);
    }

    #[test]
    fn what_can_not_be_is_refused_with_advice() {
        for (file, word) in [
            ("[webhook.A]\nurl = 'https://a'", "lower-case"),
            ("[webhook.a]\nurl = 'a'", "such as"),
            ("[webhook.a]\nurl = 'ftp://a'", "such as"),
            ("[webhook.a]\nurl = 'http://a'", "insecure_http"),
            (
                "[webhook.a]\nurl = 'http://127.0.0.1.example.com'",
                "insecure_http",
            ),
            ("[webhook.a]\nurl = 'https://a'\nmax_records = 0", "from 1"),
            ("[webhook.a]\nurl = 'https://a'\ntoken = 't'", "unknown"),
            ("[webhook.a]\nurl = 'https://a'\nbegin = 'then'", "then"),
            ("[webhook.a]", "url"),
            ("[syslog.a]\naddress = 'a'", "6514"),
            ("[syslog.a]\naddress = 'tls://a:1'", "6514"),
            ("[syslog.a]\naddress = 'a:1'\nhostname = 'a b'", "spaces"),
            ("[syslog.a]\naddress = 'a:1'\nconfirm_seconds = 0", "from 1"),
            (
                "[syslog.a]\naddress = 'a:1'\ninsecure_tcp = true\nca_file = 'c'",
                "insecure_tcp",
            ),
            ("[copy.a]\nurl = 'bucket'", "s3://"),
            (
                "[copy.a]\nurl = 's3://b'\nendpoint = 'http://a'",
                "insecure_http",
            ),
            ("[copy.a]\nurl = 's3://b'\naccount = '1'", "account"),
        ] {
            let error = resolved(file).unwrap_err();
            assert!(error.contains(word), "{file}: {error}");
        }
        for file in [
            "[webhook.a]\nurl = 'http://127.0.0.1:1'",
            "[webhook.a]\nurl = 'http://[::1]:1'",
            "[webhook.a]\nurl = 'http://a'\ninsecure_http = true",
        ] {
            assert!(resolved(file).is_ok(), "{file}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_shipped() {
        let audit = |file: &str| toml::from_str::<AuditTable>(file).unwrap();
        let webhook = "[webhook.a]\nurl = 'https://a'";
        assert!(resolve(audit(webhook), true, false).is_err());
        assert!(resolve(audit(webhook), false, false).is_ok());
        assert!(resolve(audit("[copy.a]\nurl = 's3://b'"), false, false).is_err());
        assert!(resolve(audit(""), true, false).is_ok());
    }

    #[test]
    fn files_are_found_by_the_configuration() {
        let mut audit: AuditTable =
            toml::from_str("[webhook.a]\nurl = 'https://a'\nsecret_file = 's'\nca_file = '/c'")
                .unwrap();
        by_folder(&mut audit, Path::new("/etc/keystead"));
        let to = &audit.webhook["a"];
        assert_eq!(
            to.secret_file.as_deref(),
            Some(Path::new("/etc/keystead/s"))
        );
        assert_eq!(to.ca_file.as_deref(), Some(Path::new("/c")));
    }
}
