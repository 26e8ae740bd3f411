//! Where the audit log is shipped to, out of its settings: what their files have, and which object
//! stores there are.

mod files;
mod http_service;
mod store;

use std::error::Error;
use std::path::{Path, PathBuf};

use keystead_server::audit::ship::{
    CopyOptions, ShippingOptions, StreamOptions, SyslogOptions, WebhookOptions,
};
use rustix::system::uname;

use crate::config::{CopySettings, ShippingSettings, SyslogSettings, WebhookSettings};
use crate::outbound;

/// Why nothing can be shipped.
#[derive(Debug, thiserror::Error)]
#[error("audit.{kind}.{name}: {problem}")]
pub(crate) struct ShippingFailure {
    kind: &'static str,
    name: String,
    problem: Problem,
}

/// What is wrong with a destination.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("can't read {}: {source}", path.display())]
    File {
        path: PathBuf,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("the file {} is not right: {expected}", path.display())]
    Content {
        path: PathBuf,
        expected: &'static str,
    },
    #[error("{} is no folder: make it, or mount it, before keystead starts", path.display())]
    Folder { path: PathBuf },
    #[error(
        "the URL is to be file:///folder, s3://bucket/folder, az://container/folder or gs://bucket/folder"
    )]
    Scheme,
    #[error("{setting} is a setting of s3:// alone")]
    OfS3 { setting: &'static str },
    #[error("{name} is no setting of such an object store")]
    Unknown { name: String },
    #[error("the object store can't be used: {source}")]
    Store { source: object_store::Error },
}

/// Everywhere that the audit log is shipped to.
pub(crate) struct Destinations {
    streams: Vec<StreamOptions>,
    copies: Vec<CopyOptions>,
}

impl Destinations {
    /// The destinations of these settings. Nobody is called yet.
    ///
    /// # Errors
    /// [`ShippingFailure`], if a file can't be read or a store not be used.
    pub(crate) fn open(settings: &ShippingSettings) -> Result<Self, ShippingFailure> {
        let failed = |kind, name: &str| {
            let name = name.to_owned();
            move |problem| ShippingFailure {
                kind,
                name,
                problem,
            }
        };
        let mut streams = Vec::new();
        for to in &settings.webhooks {
            streams.push(webhook(to).map_err(failed("webhook", &to.name))?);
        }
        for to in &settings.syslogs {
            streams.push(syslog(to).map_err(failed("syslog", &to.name))?);
        }
        let mut copies = Vec::new();
        for to in &settings.copies {
            copies.push(copy(to).map_err(failed("copy", &to.name))?);
        }
        Ok(Self { streams, copies })
    }

    /// The same as the server takes them; `None` if there are none. It is written down in `directory`
    /// how far each is.
    pub(crate) fn in_directory(self, directory: PathBuf) -> Option<ShippingOptions> {
        let Self { streams, copies } = self;
        let is_anywhere = !streams.is_empty() || !copies.is_empty();
        is_anywhere.then_some(ShippingOptions {
            directory,
            streams,
            copies,
        })
    }
}

fn webhook(to: &WebhookSettings) -> Result<StreamOptions, Problem> {
    let headers = to.headers_file.as_deref().map(files::headers).transpose()?;
    let options = WebhookOptions {
        url: to.url.clone(),
        headers: headers.unwrap_or_default(),
        secret: to.secret_file.as_deref().map(files::secret).transpose()?,
        tls: trusting(to.ca_file.as_deref())?,
        most_records: to.max_records,
        most_bytes: to.max_bytes,
        timeout: to.timeout,
    };
    Ok(StreamOptions {
        name: to.name.clone(),
        begin: to.begin,
        outlet: options.into(),
    })
}

fn syslog(to: &SyslogSettings) -> Result<StreamOptions, Problem> {
    let ca_file = to.ca_file.as_deref();
    let options = SyslogOptions {
        host: to.host.clone(),
        port: to.port,
        tls: to.has_tls.then(|| trusting(ca_file)).transpose()?,
        hostname: to.hostname.clone().unwrap_or_else(machine),
        timeout: to.timeout,
        confirm: to.confirm,
    };
    Ok(StreamOptions {
        name: to.name.clone(),
        begin: to.begin,
        outlet: options.into(),
    })
}

fn copy(to: &CopySettings) -> Result<CopyOptions, Problem> {
    let store::Opened {
        store,
        prefix,
        address,
        has_metadata,
    } = store::open(to)?;
    Ok(CopyOptions {
        name: to.name.clone(),
        store,
        prefix,
        address,
        has_metadata,
        account: to.account,
    })
}

fn trusting(ca_file: Option<&Path>) -> Result<std::sync::Arc<rustls::ClientConfig>, Problem> {
    outbound::trusting(ca_file).map_err(|source| Problem::File {
        path: ca_file.unwrap_or(Path::new("")).to_owned(),
        source,
    })
}

/// What this machine calls itself, if that can stand in a message of syslog.
fn machine() -> String {
    let uname = uname();
    let name = uname.nodename().to_str().unwrap_or_default();
    match !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => name.to_owned(),
        false => "-".to_owned(),
    }
}
