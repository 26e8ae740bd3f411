//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use keystead_core::arn::{AccountId, Region};
use serde::Deserialize;

use crate::config::QuotaSetting;

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
    Serve(Box<ServeArguments>),
    /// Make accounts, identities, keys, aliases and grants as a file says
    #[command(after_help = crate::apply::EXAMPLES)]
    Apply(ApplyArguments),
    /// Make keys, look at them, change and delete them
    #[command(after_help = crate::key::EXAMPLES)]
    Key(Box<crate::key::KeyArguments>),
    /// Tell who may use a key for what, and why
    #[command(after_help = crate::who_can::EXAMPLES)]
    WhoCan(WhoCanArguments),
    /// Tell what an auditor asks: what is wrong with keys, who uses them, what they would cost
    #[command(after_help = crate::report::EXAMPLES)]
    Report(crate::report::ReportArguments),
    /// Search the audit log, and follow it
    #[command(after_help = crate::audit::EXAMPLES)]
    Audit(Box<crate::audit::AuditArguments>),
    /// Show how a recorded call was decided
    #[command(after_help = crate::explain::EXAMPLES)]
    Explain(ExplainArguments),
    /// Check the text of a policy, without a server
    #[command(after_help = crate::check_policy::EXAMPLES)]
    CheckPolicy(CheckPolicyArguments),
}

/// What `apply` can be told.
#[derive(Debug, Args)]
pub(crate) struct ApplyArguments {
    /// What shall be, in TOML or YAML; docs/apply.md describes it
    pub(crate) file: PathBuf,

    /// Show what differs, and change nothing; exits with 0 if nothing differs, and with 2 otherwise
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Do not ask before changing
    #[arg(long)]
    pub(crate) yes: bool,

    /// Remove what the file's sections do not list; accounts, units, control policies and keys stay
    #[arg(long)]
    pub(crate) prune: bool,

    /// Print JSON: the difference, then a line for each thing done
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// What `who-can` is asked.
#[derive(Debug, Args)]
pub(crate) struct WhoCanArguments {
    /// The action, such as kms:Decrypt or Decrypt
    pub(crate) action: String,

    /// The key: its id, its ARN, or alias/NAME
    pub(crate) key: String,

    /// Print JSON, one object
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// How a command reaches the server. They may stand behind its subcommands too.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArguments {
    /// The server [default: AWS_ENDPOINT_URL, or else http://127.0.0.1:7600]
    #[arg(long, value_name = "URL", env = "KEYSTEAD_ENDPOINT", global = true)]
    pub(crate) endpoint: Option<String>,

    /// The Region to ask [default: AWS_REGION, AWS_DEFAULT_REGION, or else us-east-1]
    #[arg(long, value_name = "REGION", global = true)]
    pub(crate) region: Option<Region>,

    /// Trust this certificate (PEM) of an HTTPS server [default: AWS_CA_BUNDLE, or else the
    /// self-signed one in the data directory]
    #[arg(long, value_name = "FILE", env = "KEYSTEAD_CA_FILE", global = true)]
    pub(crate) ca_file: Option<PathBuf>,

    /// Call as the admin of this data directory. The access key is the first of
    /// AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, this directory if it is given, the section
    /// AWS_PROFILE (or else default) of AWS_SHARED_CREDENTIALS_FILE, and ./keystead-data
    #[arg(long, value_name = "DIR", env = "KEYSTEAD_DATA_DIR", global = true)]
    pub(crate) data_dir: Option<PathBuf>,
}

/// What `explain` is asked.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The request id that the caller was given, or the event id of the record
    pub(crate) id: String,

    /// The server's data directory; the server may be running [default: ./keystead-data]
    #[arg(long, value_name = "DIR", env = "KEYSTEAD_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print the record as it is: one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `check-policy` is asked.
#[derive(Debug, Args)]
pub(crate) struct CheckPolicyArguments {
    /// The policy; - reads standard input
    pub(crate) file: PathBuf,

    /// Where it is to be attached, which decides what it may say
    #[arg(long, value_name = "KIND", default_value = "key")]
    pub(crate) kind: PolicyChoice,

    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,

    /// Print JSON, one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// The kinds of policy that can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyChoice {
    /// Of a key: who may use and manage it
    Key,
    /// Of a user, group or role, or a permissions boundary
    Identity,
    /// Of a role: who may become it
    Trust,
    /// Of an organization: what its accounts' principals may do at most
    ServiceControl,
    /// Of an organization: what may be done to its accounts' keys at most
    ResourceControl,
    /// Of a VPC endpoint
    Endpoint,
    /// Given to AssumeRole or GetFederationToken
    Session,
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

    /// Show Prometheus metrics here, at /metrics: without signatures, for those who watch alone
    #[arg(long, value_name = "ADDR:PORT", env = "KEYSTEAD_METRICS_LISTEN")]
    pub(crate) metrics_listen: Option<SocketAddr>,

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

    /// Let accounts have and call this much, or only ACCOUNT; may be repeated. docs/running.md lists
    /// the names [default: as much as AWS lets them have, and any number of calls]
    #[arg(
        long = "quota",
        value_name = "[ACCOUNT:]NAME=VALUE",
        env = "KEYSTEAD_QUOTA",
        value_delimiter = ','
    )]
    pub(crate) quotas: Option<Vec<QuotaSetting>>,

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
