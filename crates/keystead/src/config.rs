//! The configuration: command line, environment and file, in this order, then defaults.

mod audit;
mod limits;
mod quotas;
mod retention;
mod shipping;
mod token;
mod tracing;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use keystead_core::arn::{AccountId, Region};
use keystead_core::quota::Quotas;
use keystead_server::audit::log::Durability;
use keystead_server::audit::retention::Retention;
use keystead_server::http::Limits;
use serde::Deserialize;

use crate::cli::{LogFormat, SealChoice, ServeArguments};
use crate::data_dir;
use crate::tokens::TokenSettings;

pub(crate) use self::audit::TrailSettings;
use self::audit::{AuditError, AuditTable};
use self::limits::LimitsTable;
pub(crate) use self::quotas::QuotaSetting;
use self::quotas::{QuotaTable, QuotasError};
use self::shipping::ShippingError;
pub(crate) use self::shipping::{CopySettings, ShippingSettings, SyslogSettings, WebhookSettings};
use self::token::{TokenError, TokenTable};
pub(crate) use self::tracing::TracingSettings;
use self::tracing::{TracingError, TracingTable};

/// Everything that `serve` is told, complete and checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    /// Where metrics are shown, if anywhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) endpoints: Vec<EndpointSettings>,
    pub(crate) storage: Storage,
    pub(crate) first_region: Region,
    pub(crate) other_regions: Vec<Region>,
    pub(crate) account: AccountId,
    pub(crate) transport: Transport,
    pub(crate) threads: usize,
    pub(crate) log_format: LogFormat,
    pub(crate) quotas: Quotas,
    /// What connections and their calls may take.
    pub(crate) limits: Limits,
    /// When a call is answered: once its record is on the disk, or before.
    pub(crate) durability: Durability,
    pub(crate) retention: Retention,
    /// How the audit log is delivered; `None` if it is not.
    pub(crate) trail: Option<TrailSettings>,
    /// Where spans of calls go; `None` if there are none.
    pub(crate) tracing: Option<TracingSettings>,
    /// Where the audit log is shipped to.
    pub(crate) shipping: ShippingSettings,
    /// The tokens that custom key stores may be in, by their cluster ids.
    pub(crate) tokens: BTreeMap<String, TokenSettings>,
}

/// Where everything is kept.
#[derive(Debug)]
pub(crate) enum Storage {
    /// In a directory, for good.
    Directory { path: PathBuf, seal: SealSettings },
    /// In memory, for anybody.
    Development,
}

/// A VPC endpoint: an address of its own, with a policy of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointSettings {
    /// `vpce-…`, which policies know it by.
    pub(crate) id: String,
    /// `vpc-…`, the network that it serves.
    pub(crate) vpc: String,
    pub(crate) listen: SocketAddr,
    /// Whose it is; the account of the deployment unless it says.
    pub(crate) account: Option<AccountId>,
    /// A file with its policy, by the folder of the configuration file; everything may pass without.
    pub(crate) policy: Option<PathBuf>,
}

/// What is said of the seal.
#[derive(Debug)]
pub(crate) struct SealSettings {
    pub(crate) choice: Option<SealChoice>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// How the connection is secured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Plain,
    Tls { certificate: PathBuf, key: PathBuf },
    SelfSigned,
}

/// The settings of a file. Unknown names are refused: a misspelt setting would have no effect.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    metrics_listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    #[serde(alias = "region")]
    regions: Option<Vec<Region>>,
    account: Option<AccountId>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    tls_self_signed: Option<bool>,
    insecure_http: Option<bool>,
    seal: Option<SealChoice>,
    seal_key_file: Option<PathBuf>,
    seal_passphrase_file: Option<PathBuf>,
    threads: Option<usize>,
    log_format: Option<LogFormat>,
    dev: Option<bool>,
    #[serde(default)]
    quotas: QuotaTable,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    audit: AuditTable,
    #[serde(default)]
    tracing: TracingTable,
    #[serde(default)]
    vpc_endpoint: Vec<EndpointSettings>,
    #[serde(default)]
    token: Vec<TokenTable>,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("can't read the configuration file {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the configuration file {} is not right: {source}", path.display())]
    Parse {
        path: PathBuf,
        source: toml::de::Error,
    },
    #[error("--tls-certificate and --tls-key go together")]
    HalfTls,
    #[error("give either --tls-certificate and --tls-key, or --tls-self-signed")]
    TwoTls,
    #[error(
        "{listen} can be reached from other machines, and plain HTTP shows them every plaintext: add --tls-certificate and --tls-key, or --tls-self-signed, or, if something in front of keystead speaks TLS, --insecure-http"
    )]
    PlainHttp { listen: SocketAddr },
    #[error("--dev keeps everything in memory: leave out --{option}")]
    DevWith { option: &'static str },
    #[error("--region is given without a Region")]
    NoRegion,
    #[error(transparent)]
    Quotas {
        #[from]
        source: QuotasError,
    },
    #[error(transparent)]
    Audit {
        #[from]
        source: AuditError,
    },
    #[error(transparent)]
    Tracing {
        #[from]
        source: TracingError,
    },
    #[error(transparent)]
    Shipping {
        #[from]
        source: ShippingError,
    },
    #[error(transparent)]
    Token {
        #[from]
        source: TokenError,
    },
    #[error("Region {region} is given twice")]
    RegionTwice { region: Region },
}

impl Config {
    /// Brings the sources together.
    pub(crate) fn resolve(arguments: ServeArguments) -> Result<Self, ConfigError> {
        let mut file = match &arguments.config {
            Some(path) => read(path)?,
            None => File::default(),
        };
        let folder = arguments.config.as_deref().and_then(Path::parent);
        for endpoint in &mut file.vpc_endpoint {
            let policy = endpoint.policy.take();
            endpoint.policy = policy.map(|policy| folder.unwrap_or(Path::new("")).join(policy));
        }
        shipping::by_folder(&mut file.audit, folder.unwrap_or(Path::new("")));
        tracing::by_folder(&mut file.tracing, folder.unwrap_or(Path::new("")));
        token::by_folder(&mut file.token, folder.unwrap_or(Path::new("")));
        Self::merge(arguments, file)
    }

    fn merge(given: ServeArguments, file: File) -> Result<Self, ConfigError> {
        let listen = given
            .listen
            .or(file.listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7600)));
        let dev = given.dev.or(file.dev) == Some(true);
        let transport = transport(
            given.tls_certificate.or(file.tls_certificate),
            given.tls_key.or(file.tls_key),
            given.tls_self_signed.or(file.tls_self_signed) == Some(true),
        )?;
        let insecure = given.insecure_http.or(file.insecure_http) == Some(true);
        let endpoints = file.vpc_endpoint;
        let addresses = endpoints.iter().map(|endpoint| endpoint.listen);
        let mut open = std::iter::once(listen)
            .chain(addresses)
            .filter(|listen| !listen.ip().to_canonical().is_loopback());
        if let Some(listen) = open.next()
            && transport == Transport::Plain
            && !insecure
        {
            return Err(ConfigError::PlainHttp { listen });
        }
        let data_dir = given.data_dir.or(file.data_dir);
        let seal = SealSettings {
            choice: given.seal.or(file.seal),
            key_file: given.seal_key_file.or(file.seal_key_file),
            passphrase_file: given.seal_passphrase_file.or(file.seal_passphrase_file),
        };
        let storage = if dev {
            check_development(data_dir.as_deref(), &seal, &transport)?;
            Storage::Development
        } else {
            let path = data_dir.unwrap_or_else(|| PathBuf::from(data_dir::DEFAULT));
            Storage::Directory { path, seal }
        };
        let (first_region, other_regions) = regions(given.regions.or(file.regions))?;
        let trail = audit::resolve(&file.audit, dev)?;
        Ok(Self {
            listen,
            metrics_listen: given.metrics_listen.or(file.metrics_listen),
            endpoints,
            storage,
            first_region,
            other_regions,
            account: given.account.or(file.account).unwrap_or(AccountId::ZEROS),
            transport,
            threads: given.threads.or(file.threads).unwrap_or_else(cores),
            log_format: given
                .log_format
                .or(file.log_format)
                .unwrap_or(LogFormat::Text),
            quotas: quotas::resolve(file.quotas, given.quotas.unwrap_or_default())?,
            limits: file.limits.limits(),
            durability: file.audit.durability(),
            retention: file.audit.retention_days.retention(),
            tracing: tracing::resolve(file.tracing)?,
            tokens: token::resolve(file.token)?,
            shipping: shipping::resolve(file.audit, dev, trail.is_some())?,
            trail,
        })
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|source| ConfigError::Parse {
        path: path.to_owned(),
        source,
    })
}

fn transport(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    self_signed: bool,
) -> Result<Transport, ConfigError> {
    match (certificate, key, self_signed) {
        (None, None, false) => Ok(Transport::Plain),
        (None, None, true) => Ok(Transport::SelfSigned),
        (Some(certificate), Some(key), false) => Ok(Transport::Tls { certificate, key }),
        (Some(_), Some(_), true) => Err(ConfigError::TwoTls),
        (Some(_), None, _) | (None, Some(_), _) => Err(ConfigError::HalfTls),
    }
}

/// Development mode keeps nothing, so that whoever asks for both means something else.
fn check_development(
    data_dir: Option<&Path>,
    seal: &SealSettings,
    transport: &Transport,
) -> Result<(), ConfigError> {
    let contradictions = [
        (data_dir.is_some(), "data-dir"),
        (seal.choice.is_some(), "seal"),
        (seal.key_file.is_some(), "seal-key-file"),
        (seal.passphrase_file.is_some(), "seal-passphrase-file"),
        (*transport == Transport::SelfSigned, "tls-self-signed"),
    ];
    match contradictions.into_iter().find(|(given, _)| *given) {
        Some((_, option)) => Err(ConfigError::DevWith { option }),
        None => Ok(()),
    }
}

fn regions(given: Option<Vec<Region>>) -> Result<(Region, Vec<Region>), ConfigError> {
    let default = || {
        "us-east-1"
            .parse()
            .map(|region| vec![region])
            .unwrap_or_default()
    };
    let mut regions = given.unwrap_or_else(default).into_iter();
    let first = regions.next().ok_or(ConfigError::NoRegion)?;
    let mut others: Vec<Region> = Vec::new();
    for region in regions {
        if region == first || others.contains(&region) {
            return Err(ConfigError::RegionTwice { region });
        }
        others.push(region);
    }
    Ok((first, others))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(given: ServeArguments, file: &str) -> Result<Config, ConfigError> {
        Config::merge(given, toml::from_str(file).unwrap())
    }

    #[test]
    fn defaults() {
        let config = merged(ServeArguments::default(), "").unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:7600");
        assert_eq!(config.first_region.as_str(), "us-east-1");
        assert_eq!(config.account.as_str(), "000000000000");
        assert!(
            matches!(config.storage, Storage::Directory { path, .. } if path == Path::new("keystead-data"))
        );
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let given = ServeArguments {
            listen: "127.0.0.1:1".parse().ok(),
            ..ServeArguments::default()
        };
        let file = r#"
            listen = "127.0.0.1:2"
            account = "111122223333"
            regions = ["eu-west-1", "eu-west-2"]
            seal = "passphrase"
        "#;
        let config = merged(given, file).unwrap();
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.account.as_str(), "111122223333");
        assert_eq!(config.other_regions.len(), 1);
        assert!(
            matches!(config.storage, Storage::Directory { seal, .. } if seal.choice == Some(SealChoice::Passphrase))
        );
    }

    #[test]
    fn the_regions_of_a_file_have_two_names() {
        for name in ["region", "regions"] {
            let file = format!("{name} = ['eu-west-1', 'eu-west-2']");
            let config = merged(ServeArguments::default(), &file).unwrap();
            assert_eq!(config.first_region.as_str(), "eu-west-1", "{name}");
            assert_eq!(config.other_regions.len(), 1, "{name}");
        }
        let both = "region = ['eu-west-1']\nregions = ['eu-west-2']";
        assert!(toml::from_str::<File>(both).is_err());
    }

    #[test]
    fn plain_http_stays_on_loopback_unless_told_otherwise() {
        for (listen, allowed) in [
            ("127.0.0.1:7600", true),
            ("127.8.8.8:7600", true),
            ("[::1]:7600", true),
            ("[::ffff:127.0.0.1]:7600", true),
            ("0.0.0.0:7600", false),
            ("[::]:7600", false),
            ("10.0.0.1:7600", false),
        ] {
            let given = || ServeArguments {
                listen: listen.parse().ok(),
                ..ServeArguments::default()
            };
            let refused = matches!(merged(given(), ""), Err(ConfigError::PlainHttp { .. }));
            assert_eq!(refused, !allowed, "{listen}");
            for excuse in ["insecure_http = true", "tls_self_signed = true"] {
                assert!(merged(given(), excuse).is_ok(), "{listen} {excuse}");
            }
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for file in [
            "tls_key = 'k'",
            "tls_certificate = 'c'",
            "tls_certificate = 'c'\ntls_key = 'k'\ntls_self_signed = true",
            "dev = true\ndata_dir = 'd'",
            "dev = true\nseal = 'key-file'",
            "dev = true\ntls_self_signed = true",
            "regions = []",
            "[quotas]\nkesy = 1",
            "[audit.trail]\ninterval_seconds = 0",
            "[tracing]\nsampling_ratio = 0.5",
            "regions = ['us-east-1', 'us-east-1']",
        ] {
            assert!(merged(ServeArguments::default(), file).is_err(), "{file}");
        }
        assert!(toml::from_str::<File>("lisen = '127.0.0.1:1'").is_err());
        assert!(toml::from_str::<File>("account = '1'").is_err());
    }
}
