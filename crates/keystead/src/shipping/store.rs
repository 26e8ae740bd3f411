//! Object stores, by their URLs.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, ObjectStoreScheme, RetryConfig};
use zeroize::Zeroizing;

use super::http_service::Connector;
use super::{Problem, files, trusting};
use crate::config::CopySettings;

/// How often a request is made again at once. For longer, whoever copies has a patience of its own.
const RETRIES: usize = 2;
const RETRY: Duration = Duration::from_secs(30);

/// An object store, and where in it files go.
pub(super) struct Opened {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) prefix: Path,
    /// What tells both from others.
    pub(super) address: String,
    /// Whether objects have metadata by any name. Azure takes only those that are identifiers.
    pub(super) has_metadata: bool,
}

/// Opens the store of a destination. What its settings do not say is read from the environment, as
/// the tools of each cloud do. Nothing is sent yet.
pub(super) fn open(to: &CopySettings) -> Result<Opened, Problem> {
    let (scheme, prefix) = ObjectStoreScheme::parse(&to.url).map_err(|_| Problem::Scheme)?;
    if scheme != ObjectStoreScheme::AmazonS3 {
        let settings = [("endpoint", &to.endpoint), ("region", &to.region)];
        if let Some((setting, _)) = settings.into_iter().find(|(_, given)| given.is_some()) {
            return Err(Problem::OfS3 { setting });
        }
    }
    let (store, has_metadata): (Arc<dyn ObjectStore>, bool) = match scheme {
        ObjectStoreScheme::Local => return folder(to),
        ObjectStoreScheme::AmazonS3 => (Arc::new(s3(to)?), true),
        ObjectStoreScheme::MicrosoftAzure => (Arc::new(azure(to)?), false),
        ObjectStoreScheme::GoogleCloudStorage => (Arc::new(google(to)?), true),
        _ => return Err(Problem::Scheme),
    };
    Ok(Opened {
        store,
        prefix,
        address: address(to),
        has_metadata,
    })
}

/// Where files go, without a password or a token.
fn address(to: &CopySettings) -> String {
    let mut url = to.url.clone();
    // A URL that can't have a password has none.
    let _ = url.set_password(None);
    url.set_query(None);
    match &to.endpoint {
        Some(endpoint) => format!("{url} at {endpoint}"),
        None => url.to_string(),
    }
}

fn folder(to: &CopySettings) -> Result<Opened, Problem> {
    let path = to.url.to_file_path().map_err(|()| Problem::Scheme)?;
    if !path.is_dir() {
        return Err(Problem::Folder { path });
    }
    let store = LocalFileSystem::new_with_prefix(path).map_err(unusable)?;
    Ok(Opened {
        store: Arc::new(store.with_fsync(true)),
        prefix: Path::default(),
        address: address(to),
        has_metadata: false,
    })
}

fn s3(to: &CopySettings) -> Result<impl ObjectStore, Problem> {
    let mut builder = AmazonS3Builder::from_env()
        .with_url(to.url.as_str())
        .with_retry(retry())
        .with_http_connector(connector(to)?);
    if let Some(endpoint) = &to.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(region) = &to.region {
        builder = builder.with_region(region);
    }
    if to.insecure_http {
        builder = builder.with_allow_http(true);
    }
    let builder = configured(to, builder, AmazonS3Builder::with_config)?;
    builder.build().map_err(unusable)
}

fn azure(to: &CopySettings) -> Result<impl ObjectStore, Problem> {
    let builder = MicrosoftAzureBuilder::from_env()
        .with_url(to.url.as_str())
        .with_allow_http(to.insecure_http)
        .with_retry(retry())
        .with_http_connector(connector(to)?);
    let builder = configured(to, builder, MicrosoftAzureBuilder::with_config)?;
    builder.build().map_err(unusable)
}

fn google(to: &CopySettings) -> Result<impl ObjectStore, Problem> {
    let builder = GoogleCloudStorageBuilder::from_env()
        .with_url(to.url.as_str())
        .with_retry(retry())
        .with_http_connector(connector(to)?);
    let builder = configured(to, builder, GoogleCloudStorageBuilder::with_config)?;
    builder.build().map_err(unusable)
}

/// A store with the settings in its file.
fn configured<B, K: FromStr>(
    to: &CopySettings,
    builder: B,
    with: impl Fn(B, K, String) -> B,
) -> Result<B, Problem> {
    let settings: Vec<(String, Zeroizing<String>)> = match &to.credentials_file {
        Some(path) => files::settings(path)?,
        None => Vec::new(),
    };
    settings
        .into_iter()
        .try_fold(builder, |builder, (name, value)| match name.parse() {
            Ok(key) => Ok(with(builder, key, value.as_str().to_owned())),
            Err(_) => Err(Problem::Unknown { name }),
        })
}

fn connector(to: &CopySettings) -> Result<Connector, Problem> {
    Ok(Connector {
        tls: trusting(to.ca_file.as_deref())?,
    })
}

fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY,
    }
}

fn unusable(source: object_store::Error) -> Problem {
    Problem::Store { source }
}
