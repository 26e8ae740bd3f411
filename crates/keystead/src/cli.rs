//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use keystead_core::arn::{AccountId, Region};
use serde::Deserialize;

const ABOUT: &str = "A self-hosted key management service that speaks the AWS KMS API.

Without a command, keystead serves. The first start makes a data directory with an account, an \
admin user and a root key, and prints what to paste to make your first key.

Every option can also stand in the file given with --config, under the same name with \
underscores, and in the environment as KEYSTEAD_ and the name in capitals. The command line goes \
before the environment, and that before the file.";

const ADMIN_HELP: &str = "Environment:
  KEYSTEAD_ADMIN_ACCESS_KEY_ID, KEYSTEAD_ADMIN_SECRET_ACCESS_KEY
          The admin's access key, instead of one that is made and written to DIR/admin.credentials
  KEYSTEAD_SEAL_PASSPHRASE
          The passphrase of --seal passphrase
  KEYSTEAD_LOG
          What to log, such as info or debug (default: info)";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "keystead", version, about = "A self-hosted key management service that speaks the AWS KMS API", long_about = ABOUT, after_help = ADMIN_HELP, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the AWS KMS API (what keystead does without a command)
    #[command(after_help = ADMIN_HELP)]
    Serve(ServeArguments),
}

/// What `serve` can be told. `None` means that neither flag nor environment says anything.
#[derive(Debug, Default, Args)]
pub(crate) struct ServeArguments {
    /// Read further settings from this TOML file
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Listen here [default: 127.0.0.1:7600]
    #[arg(long, value_name = "ADDR:PORT", env = "KEYSTEAD_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,

    /// Keep everything in this directory [default: ./keystead-data]
    #[arg(long, value_name = "DIR", env = "KEYSTEAD_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Serve this Region; may be repeated [default: us-east-1]
    #[arg(
        long = "region",
        value_name = "REGION",
        env = "KEYSTEAD_REGION",
        value_delimiter = ','
    )]
    pub(crate) regions: Option<Vec<Region>>,

    /// The account, 12 digits [default: 000000000000]
    #[arg(long, value_name = "ID", env = "KEYSTEAD_ACCOUNT")]
    pub(crate) account: Option<AccountId>,

    /// Serve HTTPS with this certificate chain (PEM); needs --tls-key
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_TLS_CERTIFICATE")]
    pub(crate) tls_certificate: Option<PathBuf>,

    /// The key of --tls-certificate (PEM)
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Serve HTTPS with a certificate made on the first start and kept in the data directory
    #[arg(long, env = "KEYSTEAD_TLS_SELF_SIGNED", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) tls_self_signed: Option<bool>,

    /// Serve plain HTTP on other addresses than loopback: whoever can listen in reads plaintexts
    #[arg(long, env = "KEYSTEAD_INSECURE_HTTP", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) insecure_http: Option<bool>,

    /// What opens the root key [default: key-file, or what the data directory has]
    #[arg(long, value_name = "KIND", env = "KEYSTEAD_SEAL")]
    pub(crate) seal: Option<SealChoice>,

    /// The key file of --seal key-file; keep it apart from backups of DIR [default: DIR/root.key]
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_SEAL_KEY_FILE")]
    pub(crate) seal_key_file: Option<PathBuf>,

    /// Read the passphrase of --seal passphrase from this file (its last newline does not count)
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_SEAL_PASSPHRASE_FILE")]
    pub(crate) seal_passphrase_file: Option<PathBuf>,

    /// How many threads serve [default: one for each core]
    #[arg(long, value_name = "N", env = "KEYSTEAD_THREADS")]
    pub(crate) threads: Option<usize>,

    /// How to write the log [default: text]
    #[arg(long, value_name = "FORMAT", env = "KEYSTEAD_LOG_FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    /// For tests and CI only: keep everything in memory, take any credentials
    #[arg(long, env = "KEYSTEAD_DEV", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) dev: Option<bool>,
}

/// The kinds of seal that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SealChoice {
    /// A file that is made on the first start; for one machine
    KeyFile,
    /// A passphrase, stretched with Argon2id
    Passphrase,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object in each line
    Json,
}
