//! One of the nodes: a server with a store on the disk, whose audit log is as it is told.

use std::error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::quota::Quotas;
use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};
use keystead_server::audit::log::{AuditLog, Durability, LogError, LogOptions};
use keystead_server::audit::retention::Retention;
use keystead_server::audit::trail::TrailOptions;
use keystead_server::authn::Trust;
use keystead_server::bootstrap::{Bootstrap, Credentials};
use keystead_server::clock::{Clock as _, SystemClock};
use keystead_server::http::{Entrance, HttpServer, Limits, Reserved};
use keystead_server::identities::Secrets;
use keystead_server::key_stores::NoTokens;
use keystead_server::node::{Node, Parts};
use keystead_server::private_file;
use keystead_server::sessions::web_identity::Outbound;
use keystead_server::spans::Spans;
use keystead_store::{SqliteStore, Store};
use tokio::runtime;

use super::super::client::{CREDENTIALS, REGION};

/// What becomes of the records of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Records {
    /// On the disk before a call is answered.
    Durable,
    /// In the queue before a call is answered.
    Buffered,
    /// Nothing is recorded.
    None,
}

impl Records {
    /// As the command line and the report have it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Buffered => "buffered",
            Self::None => "none",
        }
    }

    fn log(self, folder: &Path) -> Result<AuditLog, LogError> {
        let durability = match self {
            Self::Durable => Durability::Durable,
            Self::Buffered => Durability::Buffered,
            Self::None => return Ok(AuditLog::discard()),
        };
        let options = LogOptions {
            durability,
            ..LogOptions::default()
        };
        AuditLog::open(folder, options)
    }
}

/// What a node is told.
#[derive(Debug, clap::Args)]
pub(crate) struct NodeOptions {
    /// What becomes of records
    #[arg(long)]
    records: Records,
    /// An empty folder for everything that it keeps
    #[arg(long)]
    data_dir: PathBuf,
}

/// Why a node can't serve.
#[derive(Debug, thiserror::Error)]
#[error("the node: {source}")]
pub(crate) struct NodeError {
    #[from]
    source: Box<dyn error::Error + Send + Sync>,
}

/// Serves on a free port of loopback, which it names on standard output, until the process is ended.
pub(super) fn run(options: &NodeOptions) -> Result<(), NodeError> {
    // As Keystead has it: connections have runtimes of their own.
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(boxed)?;
    runtime.block_on(serve(options))?;
    Ok(())
}

fn boxed(source: io::Error) -> NodeError {
    NodeError {
        source: source.into(),
    }
}

async fn serve(options: &NodeOptions) -> Result<(), Box<dyn error::Error + Send + Sync>> {
    let folder = &options.data_dir;
    let root = Arc::new(RootKey::generate(&SystemRandom)?);
    let identity_store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(folder.join("identities.sqlite"))?);
    make_admin(identity_store.as_ref(), &root, &folder.join(CREDENTIALS)).await?;
    let audit = folder.join("audit");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.join("region.sqlite"))?);
    let node = Node::start(Parts {
        clock: Arc::new(SystemClock),
        root: Arc::clone(&root),
        provider: Arc::new(SoftwareProvider::new(root, Arc::new(SystemRandom))),
        tokens: Arc::new(NoTokens),
        identity_store,
        trust: Trust::Signatures,
        outbound: Outbound {
            tls: None,
            plain_loopback: false,
        },
        first_region: (REGION.parse()?, store),
        other_regions: Vec::new(),
        log: options.records.log(&audit)?,
        retention: Retention::Forever,
        shipping: None,
        trail: Some(TrailOptions::new(audit.join("trail"))),
        quotas: Quotas::default(),
        spans: Spans::none(),
    })
    .await?;
    let front = Entrance {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        endpoint: None,
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let entrances = Reserved::bind(vec![front])?;
    let http = HttpServer::start(node.corridor(), entrances, None, Limits::default(), threads)?;
    for address in http.addresses() {
        println!("listening on http://{address}");
    }
    // Ends with the process alone.
    std::future::pending::<()>().await;
    Ok(())
}

async fn make_admin(
    store: &dyn Store,
    root: &Arc<RootKey>,
    file: &Path,
) -> Result<(), Box<dyn error::Error + Send + Sync>> {
    let credentials = Credentials::generate(&SystemRandom)?;
    private_file::replace(file, credentials.to_file().expose())?;
    let bootstrap = Bootstrap {
        store,
        secrets: &Secrets::new(Arc::clone(root)),
        random: &SystemRandom,
        now: SystemClock.now(),
        account: AccountId::ZEROS,
    };
    bootstrap.first_start(&credentials).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_command_line_knows_the_names() {
        for records in Records::value_variants() {
            let found = Records::from_str(records.name(), false);
            assert_eq!(found.as_ref(), Ok(records));
        }
    }

    #[test]
    fn only_one_of_them_keeps_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        for records in Records::value_variants() {
            let log = records.log(&scratch.path().join(records.name())).unwrap();
            let is_kept = log.status().unwrap().is_some();
            assert_eq!(is_kept, *records != Records::None, "{records:?}");
        }
    }
}
