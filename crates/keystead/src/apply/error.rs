//! Why nothing more was done.

use std::io;
use std::path::PathBuf;

use crate::client::ClientError;
use crate::confirm::Unconfirmed;

/// Why a file can't be applied, or was not to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApplyError {
    #[error("can't read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} ends in neither .toml nor .yaml", path.display())]
    Kind { path: PathBuf },
    #[error("{} is not right", path.display())]
    Toml {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("{} is not right", path.display())]
    Yaml {
        path: PathBuf,
        source: Box<serde_saphyr::Error>,
    },
    #[error("{item}: can't read {}", path.display())]
    ReadFor {
        item: String,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{item}: a document is not JSON")]
    NotJson {
        item: String,
        source: serde_json::Error,
    },
    #[error("{item}: a document is neither a table, nor a JSON text, nor {{ file = \"…\" }}")]
    NotADocument { item: String },
    #[error("{item}: write the Version of the policy in quotes, \"2012-10-17\": it is no date")]
    VersionWithoutQuotes { item: String },
    #[error("{item} is in the file twice")]
    Twice { item: String },
    #[error(
        "{item} names the {kind} {name}, which is not in the file{}",
        suggestion(kind)
    )]
    Unknown {
        item: String,
        kind: &'static str,
        name: String,
    },
    #[error("{item}: {what}")]
    Invalid { item: String, what: &'static str },
    #[error("{item}: {{{{{name}}}}} stands for nothing that is in the file or on the server")]
    Placeholder { item: String, name: String },
    #[error("{item}: can't be read from the server ({operation})")]
    Reading {
        item: String,
        operation: String,
        source: ClientError,
    },
    #[error("{item}: {operation} failed. What comes before it is done; mend it and run this again")]
    Doing {
        item: String,
        operation: String,
        source: ClientError,
    },
    #[error("{item}: the policy names {}, and there is no such principal", names.join(" and "))]
    Principals {
        item: String,
        names: Vec<String>,
        source: ClientError,
    },
    #[error("{item}: the answer to {operation} has no {member}")]
    Answer {
        item: String,
        operation: String,
        member: &'static str,
    },
    #[error(
        "{owner}: its new access key {id} can't be written to {}: destroy the key with the server's API, and run this again", path.display()
    )]
    AccessKeyFile {
        owner: String,
        id: String,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{owner}: {} exists: move it away, or name another", path.display())]
    AccessKeyFileExists { owner: String, path: PathBuf },
    #[error("{owner}: {} can't be made, so that no access key was", path.display())]
    NoAccessKeyFile {
        owner: String,
        path: PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
    #[error("the server can't be used")]
    Client {
        #[from]
        source: ClientError,
    },
}

fn suggestion(kind: &str) -> &'static str {
    match kind {
        "policy" => ": give the ARN of a policy that is on the server already",
        "account" => ": give the number of an account that is on the server already",
        _ => "",
    }
}
