//! `keystead serve`: opens everything in order, serves until told to stop, closes in reverse.

use std::env::VarError;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use keystead_core::arn::Region;
use keystead_core::policy::{Attached, EndpointPolicy, PolicySource};
use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};
use keystead_server::audit::log::{AuditLog, Durability, LogError, LogOptions};
use keystead_server::audit::retention::Retention;
use keystead_server::authn::Trust;
use keystead_server::bootstrap::{self, Bootstrap, Credentials};
use keystead_server::clock::{Clock, SystemClock};
use keystead_server::endpoint::Endpoint;
use keystead_server::http::{Entrance, HttpServer, Reserved, WatchServer, tls};
use keystead_server::identities::Secrets;
use keystead_server::node::{Node, Parts};
use keystead_server::private_file;
use keystead_server::spans::Spans;
use keystead_store::{SqliteStore, Store};
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;

use crate::config::{Config, EndpointSettings, SealSettings, Storage, Transport};
use crate::data_dir::DataDir;
use crate::greeting::{Greeting, Keeps};
use crate::otlp::Exporter;
use crate::shipping::Destinations;
use crate::tokens::ConfiguredTokens;
use crate::{harden, outbound, seal, telemetry};

type Failure = Box<dyn Error>;

/// `SIGXFSZ`, which a file size limit sends and which would end the process.
const FILE_TOO_LARGE: i32 = 25;

/// How long a stop waits for the collector of spans.
const LAST_SPANS_WITHIN: Duration = Duration::from_secs(3);

/// How long a stop waits for threads that can't be told to end. What has to be durable is by then.
const LEFTOVERS_WITHIN: Duration = Duration::from_secs(1);

/// Half of an access key would be passed over, and its owner could not sign.
const HALF_ADMIN: &str =
    "KEYSTEAD_ADMIN_ACCESS_KEY_ID and KEYSTEAD_ADMIN_SECRET_ACCESS_KEY go together";

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(config: Config) -> Result<(), Failure> {
    telemetry::start(config.log_format);
    harden::harden();
    // Before any key is in it. In development mode there are none that matter.
    if matches!(config.storage, Storage::Directory { .. }) {
        harden::lock_memory();
    }
    harden::raise_file_limit();
    // Connections have runtimes of their own; this one does the work in the background.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(serve(config));
    // What is left looks up names for connections that nobody waits for any more.
    runtime.shutdown_timeout(LEFTOVERS_WITHIN);
    ended
}

async fn serve(config: Config) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Caught so that a write beyond the limit fails like one on a full disk.
    let _too_large = signal(SignalKind::from_raw(FILE_TOO_LARGE))?;

    // What keeps it from serving is found before a data directory is made.
    let given_tls = given_tls(&config)?;
    let destinations = Destinations::open(&config.shipping)?;
    let (exporter, spans) = spans(&config)?;
    let entrances = Reserved::bind(entrances(&config)?)?;
    let watching = match config.metrics_listen {
        Some(address) => Some(WatchServer::bind(address).await?),
        None => None,
    };
    let opened = match &config.storage {
        Storage::Directory { path, seal } => {
            open(DataDir::open(path)?, seal, destinations, &config).await?
        }
        Storage::Development => open_development(&config)?,
    };
    let parts = Parts {
        spans,
        ..opened.parts
    };
    let node = Node::start(parts).await?;
    let (acceptor, certificate) = transport(given_tls, &config, opened.data_dir.as_ref())?;
    let http = HttpServer::start(
        node.corridor(),
        entrances,
        acceptor.as_ref(),
        config.limits,
        config.threads,
    )?;
    let watching = watching.map(|bound| bound.start(node.corridor()));
    let credentials = opened
        .data_dir
        .as_ref()
        .map(DataDir::admin_credentials)
        .filter(|path| path.exists());
    let (front, behind) = match http.addresses() {
        [front, behind @ ..] => (*front, behind),
        [] => (config.listen, [].as_slice()),
    };
    let ids = config.endpoints.iter().map(|endpoint| endpoint.id.as_str());
    Greeting {
        address: front,
        tls: acceptor.is_some(),
        metrics: watching.as_ref().map(WatchServer::address),
        endpoints: ids.zip(behind.iter().copied()).collect(),
        region: &config.first_region,
        credentials: credentials.as_deref(),
        certificate: certificate.as_deref(),
        keeps: opened.data_dir.as_ref().map(|data_dir| Keeps {
            data_dir: data_dir.root(),
            keys_found: (!opened.is_first_start).then(|| node.corridor().key_count()),
        }),
    }
    .print();

    let reason = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    tracing::info!(reason, "stopping: calls in flight are served to their end");
    http.stop().await;
    drop(watching);
    node.stop().await?;
    if let Some(exporter) = exporter {
        exporter.stop(LAST_SPANS_WITHIN).await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// What makes spans of calls, and what sends them if they are wanted.
fn spans(config: &Config) -> Result<(Option<Exporter>, Spans), Failure> {
    let Some(settings) = &config.tracing else {
        return Ok((None, Spans::none()));
    };
    let ca_file = settings.ca_file.as_deref();
    let tls = outbound::trusting(ca_file).map_err(|source| -> Failure {
        match ca_file {
            Some(path) => format!("tracing.ca_file {}: {source}", path.display()).into(),
            None => source,
        }
    })?;
    let (exporter, spans) = Exporter::start(settings, &tls);
    Ok((Some(exporter), spans))
}

/// Everything that a node needs, opened.
struct Opened {
    parts: Parts,
    /// Held until the end, since it locks the directory.
    data_dir: Option<DataDir>,
    /// Whether everything was made that is there.
    is_first_start: bool,
}

async fn open(
    data_dir: DataDir,
    settings: &SealSettings,
    destinations: Destinations,
    config: &Config,
) -> Result<Opened, Failure> {
    let environment = Environment::read()?;
    let identity_store: Arc<dyn Store> = Arc::new(SqliteStore::open(data_dir.identities())?);
    let root = Arc::new(
        seal::open_root(
            &data_dir,
            identity_store.as_ref(),
            settings,
            environment.passphrase,
        )
        .await?,
    );
    let is_first_start = set_up_admin(
        &data_dir,
        identity_store.as_ref(),
        &root,
        environment.admin,
        config,
    )
    .await?;

    let log = open_log(&data_dir, config.durability)?;
    let region_store = |region: &Region| -> Result<(Region, Arc<dyn Store>), Failure> {
        Ok((
            region.clone(),
            Arc::new(SqliteStore::open(data_dir.region(region))?),
        ))
    };
    let parts = Parts {
        clock: Arc::new(SystemClock),
        root: Arc::clone(&root),
        provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
        tokens: tokens(config),
        identity_store,
        trust: Trust::Signatures,
        outbound: outbound::to_providers(false)?,
        first_region: region_store(&config.first_region)?,
        other_regions: config
            .other_regions
            .iter()
            .map(region_store)
            .collect::<Result<_, _>>()?,
        log,
        retention: config.retention,
        trail: config
            .trail
            .map(|trail| trail.in_directory(data_dir.trail())),
        shipping: destinations.in_directory(data_dir.shipping()),
        quotas: config.quotas.clone(),
        spans: Spans::none(),
    };
    Ok(Opened {
        parts,
        data_dir: Some(data_dir),
        is_first_start,
    })
}

fn tokens(config: &Config) -> Arc<ConfiguredTokens> {
    Arc::new(ConfiguredTokens::new(config.tokens.clone()))
}

fn open_log(data_dir: &DataDir, durability: Durability) -> Result<AuditLog, LogError> {
    if durability == Durability::Buffered {
        tracing::warn!(
            "audit.durability is \"buffered\": calls are answered before their records are on the disk, and a crash loses the last records"
        );
    }
    let options = LogOptions {
        durability,
        ..LogOptions::default()
    };
    AuditLog::open(data_dir.audit(), options)
}

fn open_development(config: &Config) -> Result<Opened, Failure> {
    let root = Arc::new(RootKey::generate(&SystemRandom)?);
    let region_store = |region: &Region| -> Result<(Region, Arc<dyn Store>), Failure> {
        Ok((region.clone(), Arc::new(SqliteStore::in_memory()?)))
    };
    let parts = Parts {
        clock: Arc::new(SystemClock),
        root: Arc::clone(&root),
        provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
        tokens: tokens(config),
        identity_store: Arc::new(SqliteStore::in_memory()?),
        trust: Trust::Anyone {
            account: config.account,
        },
        outbound: outbound::to_providers(true)?,
        first_region: region_store(&config.first_region)?,
        other_regions: config
            .other_regions
            .iter()
            .map(region_store)
            .collect::<Result<_, _>>()?,
        log: AuditLog::discard(),
        retention: Retention::Forever,
        trail: None,
        shipping: None,
        quotas: config.quotas.clone(),
        spans: Spans::none(),
    };
    Ok(Opened {
        parts,
        data_dir: None,
        is_first_start: true,
    })
}

/// Makes the admin on the first start; later makes sure that it has the access key given. Tells
/// whether it was the first.
async fn set_up_admin(
    data_dir: &DataDir,
    store: &dyn Store,
    root: &Arc<RootKey>,
    given: Option<Credentials>,
    config: &Config,
) -> Result<bool, Failure> {
    let bootstrap = Bootstrap {
        store,
        secrets: &Secrets::new(Arc::clone(root)),
        random: &SystemRandom,
        now: SystemClock.now(),
        account: config.account,
    };
    if !bootstrap::is_first_start(store).await? {
        bootstrap.later_start(given.as_ref()).await?;
        return Ok(false);
    }
    let credentials = match given {
        Some(given) => given,
        None => {
            let made = Credentials::generate(&SystemRandom)?;
            // Before they are committed: after a crash in between they are made anew, but an admin
            // whose secret nobody knows could never be replaced.
            private_file::replace(&data_dir.admin_credentials(), made.to_file().expose())?;
            made
        }
    };
    bootstrap.first_start(&credentials).await?;
    Ok(true)
}

/// What is told by the environment alone, because a command line is for everybody to read.
struct Environment {
    admin: Option<Credentials>,
    passphrase: Option<String>,
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads secrets from the environment"
    )]
    fn read() -> Result<Self, Failure> {
        // What is not UTF-8 is not shown: it may be half a secret.
        let read = |name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
        };
        let id = read("KEYSTEAD_ADMIN_ACCESS_KEY_ID")?;
        let secret = read("KEYSTEAD_ADMIN_SECRET_ACCESS_KEY")?;
        if id.is_some() != secret.is_some() {
            return Err(HALF_ADMIN.into());
        }
        let admin = id.zip(secret).map(|(access_key_id, secret)| Credentials {
            access_key_id,
            secret_access_key: secret.into_bytes().into(),
        });
        Ok(Self {
            admin,
            passphrase: read("KEYSTEAD_SEAL_PASSPHRASE")?,
        })
    }
}

/// The front door, and the VPC endpoints. A policy that does not parse keeps Keystead from starting:
/// nobody knows what it was to keep out.
fn entrances(config: &Config) -> Result<Vec<Entrance>, Failure> {
    let front = Entrance {
        address: config.listen,
        endpoint: None,
    };
    let endpoint = |settings: &EndpointSettings| {
        let policy = settings
            .policy
            .as_deref()
            .map(endpoint_policy)
            .transpose()?;
        let endpoint = Endpoint {
            id: settings.id.clone(),
            vpc: settings.vpc.clone(),
            account: settings.account.unwrap_or(config.account),
            policy,
        };
        Ok(Entrance {
            address: settings.listen,
            endpoint: Some(Arc::new(endpoint)),
        })
    };
    std::iter::once(Ok(front))
        .chain(config.endpoints.iter().map(endpoint))
        .collect()
}

fn endpoint_policy(path: &Path) -> Result<Attached<EndpointPolicy>, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("can't read the endpoint policy {shown}: {error}"))?;
    let policy = EndpointPolicy::parse(&text)
        .map_err(|error| format!("the endpoint policy {shown} is not right: {error}"))?;
    Ok(Attached {
        source: PolicySource::Inline {
            name: shown.to_string(),
        },
        policy: Arc::new(Ok(policy)),
    })
}

/// What serves HTTPS with the certificate that is given, if one is.
fn given_tls(config: &Config) -> Result<Option<TlsAcceptor>, Failure> {
    match &config.transport {
        Transport::Tls { certificate, key } => Ok(Some(tls::acceptor(certificate, key)?)),
        Transport::SelfSigned | Transport::Plain => Ok(None),
    }
}

/// What serves HTTPS, if anything does, and the self-made certificate that clients must trust.
fn transport(
    given: Option<TlsAcceptor>,
    config: &Config,
    data_dir: Option<&DataDir>,
) -> Result<(Option<TlsAcceptor>, Option<std::path::PathBuf>), Failure> {
    match (&config.transport, data_dir) {
        (Transport::SelfSigned, Some(data_dir)) => {
            let names = [
                "localhost".to_owned(),
                "127.0.0.1".to_owned(),
                "::1".to_owned(),
            ];
            let listen = config.listen.ip();
            let own =
                (!listen.is_unspecified() && !listen.is_loopback()).then(|| listen.to_string());
            let names: Vec<String> = names.into_iter().chain(own).collect();
            let files = tls::self_signed(data_dir.root(), &names)?;
            Ok((
                Some(tls::acceptor(&files.certificate, &files.key)?),
                Some(files.certificate),
            ))
        }
        (Transport::SelfSigned, None) | (Transport::Tls { .. } | Transport::Plain, _) => {
            Ok((given, None))
        }
    }
}
