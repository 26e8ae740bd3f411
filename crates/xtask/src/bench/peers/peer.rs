//! Other servers that encrypt: how they are started and asked.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::super::Error;
use super::super::client::{Client, ClientError, Credentials};
use super::super::connection::Connection;
use super::super::operations::encrypt;
use super::super::process::{ProcessError, Server};
use crate::root::root;

/// What makes the whole request of a connection, by its number, newly signed.
pub(super) type Requests = Box<dyn Fn(usize) -> Result<Vec<u8>, Error>>;

/// The token of an OpenBao that keeps nothing.
const TOKEN: &str = "benchmark";

/// Another server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Peer {
    Moto,
    OpenBao,
}

impl Peer {
    pub(super) const ALL: [Self; 2] = [Self::Moto, Self::OpenBao];

    /// As the report has it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Moto => "moto_server",
            Self::OpenBao => "OpenBao",
        }
    }

    /// How it comes to be there.
    pub(super) const fn install(self) -> &'static str {
        match self {
            Self::Moto => "pip install 'moto[server]', into .clients/venv or onto the PATH",
            Self::OpenBao => "install its release, so that `bao` is on the PATH",
        }
    }

    /// Starts it and makes a key; `None` where it is not on this machine.
    pub(super) async fn start(self, folder: &Path) -> Result<Option<(Server, Requests)>, Error> {
        let address = free_address().map_err(Error::system("a free port"))?;
        let log = folder.join(format!("{}.log", self.name()));
        let command = self.command(address, folder);
        match Server::start_at(self.name(), command, &log, address).await {
            Ok(server) => {
                let requests = match self {
                    Self::Moto => moto(address).await?,
                    Self::OpenBao => open_bao(address).await?,
                };
                Ok(Some((server, requests)))
            }
            Err(ProcessError::System { .. }) => Ok(None),
            Err(error) => {
                // It is there in name alone.
                println!("==> {error}");
                Ok(None)
            }
        }
    }

    fn command(self, address: SocketAddr, folder: &Path) -> Command {
        match self {
            Self::Moto => {
                let own = root().join(".clients/venv/bin/moto_server");
                let program = if own.exists() {
                    own
                } else {
                    "moto_server".into()
                };
                let mut command = Command::new(program);
                command.args(["--host", "127.0.0.1", "--port"]);
                command.arg(address.port().to_string());
                command
            }
            Self::OpenBao => {
                let mut command = Command::new("bao");
                command.args([
                    "server",
                    "-dev",
                    "-dev-no-store-token",
                    "-dev-root-token-id",
                    TOKEN,
                ]);
                command.arg(format!("-dev-listen-address={address}"));
                command.env("HOME", folder);
                command
            }
        }
    }
}

/// It listens where it is told and does not tell where.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

async fn moto(address: SocketAddr) -> Result<Requests, Error> {
    // It takes any.
    let credentials = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: "any".to_owned(),
    };
    let client = Client::new(address, credentials);
    let created = client.call("CreateKey", "{}").await?;
    let key = created.text("/KeyMetadata/KeyId")?;
    Ok(Box::new(move |index| {
        let inputs = [encrypt(&key, index).to_string()];
        Ok(client.requests("Encrypt", &inputs)?.concat())
    }))
}

/// A transit engine with a key, which encrypts the same plaintexts.
async fn open_bao(address: SocketAddr) -> Result<Requests, Error> {
    let engine = json!({ "type": "transit" }).to_string();
    for (path, body) in [
        ("sys/mounts/transit", engine.as_str()),
        ("transit/keys/benchmark", "{}"),
    ] {
        let request = bao_request(address, path, body);
        let mut connection = Connection::open(address).await.map_err(ClientError::from)?;
        let reply = connection
            .exchange(&request)
            .await
            .map_err(ClientError::from)?;
        if !(200..300).contains(&reply.status) {
            return Err(Error::Client(ClientError::Refused {
                operation: "OpenBao",
                status: reply.status,
                body: String::from_utf8_lossy(reply.body).into_owned(),
            }));
        }
    }
    Ok(Box::new(move |index| {
        let plaintext = json!({ "plaintext": encrypt("", index).get("Plaintext") });
        Ok(bao_request(
            address,
            "transit/encrypt/benchmark",
            &plaintext.to_string(),
        ))
    }))
}

fn bao_request(address: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /v1/{path} HTTP/1.1\r\nhost: {address}\r\nx-vault-token: {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
