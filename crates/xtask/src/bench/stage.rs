//! A Keystead of one kind: its data, its users and its keys.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use keystead_core::key::{KeySpec, KeyUsage};
use serde_json::json;
use tempfile::TempDir;
use tokio_rustls::TlsConnector;

use super::client::{CREDENTIALS, Client, ClientError, Credentials};
use super::process::Server;
use super::scenario::{Audit, Decider, FEW, Http, Operation, Scenario};
use super::{Error, fill, trust};

/// How often a start is measured.
pub(super) const STARTS: usize = 3;

/// The most keys of very many that calls are about.
const USED_KEYS: usize = 30_000;

/// Whom the key policies name, and whom the grants.
const ADMIN: &str = "arn:aws:iam::000000000000:user/admin";
pub(super) const GRANTEE: &str = "arn:aws:iam::000000000000:user/grantee";

/// The policy of the users who have one.
const MAY_ENCRYPT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#;

/// What a server must be like for a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    tls: bool,
    audit: Audit,
    /// How many keys it has.
    pub(super) keys: u32,
    /// Whether it gets more and more things.
    is_scratch: bool,
}

impl Kind {
    /// The kind of server that a scenario is about.
    pub(super) fn of(scenario: &Scenario) -> Self {
        Self {
            tls: scenario.tls,
            audit: scenario.audit,
            is_scratch: scenario.operation.makes_something(),
            ..Self::holding(scenario.keys)
        }
    }

    /// The usual kind, with so many keys.
    pub(super) const fn holding(keys: u32) -> Self {
        Self {
            tls: false,
            audit: Audit::Durable,
            keys,
            is_scratch: false,
        }
    }
}

/// A running Keystead; dropping it ends the process and removes its data.
pub(super) struct Stage {
    /// What it is like.
    pub(super) kind: Kind,
    /// The process.
    pub(super) server: Server,
    /// How long its starts with all its keys took, to the first answer to a call.
    pub(super) starts: Vec<Duration>,
    admin: Credentials,
    users: HashMap<String, Credentials>,
    keys: HashMap<(KeySpec, Decider), Vec<String>>,
    folder: TempDir,
}

impl Stage {
    /// Starts a Keystead of this kind in a folder of its own, in `place`.
    pub(super) async fn start(kind: Kind, program: &Path, place: &Path) -> Result<Self, Error> {
        let folder = tempfile::tempdir_in(place).map_err(Error::system("a folder for the data"))?;
        let server = spawn(kind, program, folder.path()).await?;
        let path = folder.path().join("data").join(CREDENTIALS);
        let text = fs::read_to_string(&path).map_err(Error::system(path.display().to_string()))?;
        let mut stage = Self {
            kind,
            server,
            starts: Vec::new(),
            admin: Credentials::parse(&text)?,
            users: HashMap::new(),
            keys: HashMap::new(),
            folder,
        };
        if kind.keys > FEW {
            stage.fill(program).await?;
        }
        Ok(stage)
    }

    /// Gives it all its keys while it is not running, and measures its starts with them.
    async fn fill(&mut self, program: &Path) -> Result<(), Error> {
        let place = (KeySpec::SymmetricDefault, Decider::KeyPolicy);
        let template = self.make_key(place.0, place.1).await?;
        self.server.end();
        println!("==> filling a store with {} keys", self.kind.keys);
        let mut keys = fill::fill(&self.data(), &template, self.kind.keys).await?;
        let step = keys.len().div_ceil(USED_KEYS).max(1);
        keys = keys.into_iter().step_by(step).collect();
        self.keys.insert(place, keys);
        for _ in 0..STARTS {
            self.server.end();
            let began = Instant::now();
            self.server = spawn(self.kind, program, self.folder.path()).await?;
            first_call(&self.client()?).await?;
            self.starts.push(began.elapsed());
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The files of its TLS certificate and its key, if it has one.
    pub(super) fn certificate(&self) -> Option<(PathBuf, PathBuf)> {
        let file = |name| self.data().join(name);
        let files = (file("tls-self-signed.crt"), file("tls-self-signed.key"));
        self.kind.tls.then_some(files)
    }

    /// What connects to it, if it speaks TLS.
    pub(super) fn connector(&self, http: Http) -> Result<Option<TlsConnector>, Error> {
        let connector = |(certificate, _): (PathBuf, _)| trust::connector(&certificate, http);
        Ok(self.certificate().map(connector).transpose()?)
    }

    /// The administrator's client.
    pub(super) fn client(&self) -> Result<Client, Error> {
        let client = Client::new(self.server.address(), self.admin.clone());
        Ok(client.over(self.connector(Http::One)?))
    }

    /// The clients that a scenario's calls come from, in turn.
    pub(super) async fn callers(&mut self, scenario: &Scenario) -> Result<Vec<Client>, Error> {
        let client = self.client()?;
        if scenario.decided_by == Decider::Grant {
            return Ok(vec![client.of(self.user("grantee", None).await?)]);
        }
        if scenario.callers == 1 {
            return Ok(vec![client]);
        }
        let mut callers = Vec::new();
        for number in 1..=scenario.callers {
            let name = format!("caller-{number}");
            callers.push(client.of(self.user(&name, Some(MAY_ENCRYPT)).await?));
        }
        Ok(callers)
    }

    /// The access key of a user, who is made when first asked for.
    async fn user(&mut self, name: &str, policy: Option<&str>) -> Result<Credentials, Error> {
        if let Some(known) = self.users.get(name) {
            return Ok(known.clone());
        }
        let client = self.client()?;
        let named = ("UserName", name);
        client.iam("CreateUser", &[named]).await?;
        if let Some(policy) = policy {
            let policy = ("PolicyDocument", policy);
            let parameters = [named, ("PolicyName", "benchmark"), policy];
            client.iam("PutUserPolicy", &parameters).await?;
        }
        let made = client.iam("CreateAccessKey", &[named]).await?;
        let credentials = Credentials {
            access_key_id: made.element("AccessKeyId")?,
            secret_access_key: made.element("SecretAccessKey")?,
        };
        self.users.insert(name.to_owned(), credentials.clone());
        Ok(credentials)
    }

    /// The keys that a scenario's calls are about, in turn. They are made when first asked for.
    pub(super) async fn keys(&mut self, scenario: &Scenario) -> Result<Vec<String>, Error> {
        let place = (scenario.operation.spec(), scenario.decided_by);
        if scenario.decided_by == Decider::Grant || scenario.operation == Operation::CreateGrant {
            // A grant names a principal that is there.
            self.user("grantee", None).await?;
        }
        if let Some(known) = self.keys.get(&place) {
            return Ok(known.clone());
        }
        // Of pairs one is enough, which for some take seconds to find.
        let count = if place.0 == KeySpec::SymmetricDefault {
            FEW
        } else {
            1
        };
        let mut keys = Vec::new();
        for _ in 0..count {
            keys.push(self.make_key(place.0, place.1).await?);
        }
        self.keys.insert(place, keys.clone());
        Ok(keys)
    }

    async fn make_key(&self, spec: KeySpec, decider: Decider) -> Result<String, Error> {
        let client = self.client()?;
        let mut input = json!({ "KeySpec": spec.as_str(), "KeyUsage": usage(spec).as_str() });
        if decider == Decider::KeyPolicy
            && let Some(members) = input.as_object_mut()
        {
            let policy = json!({
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow", "Principal": { "AWS": ADMIN }, "Action": "kms:*", "Resource": "*",
                },
            });
            members.insert("Policy".to_owned(), policy.to_string().into());
        }
        let key = client
            .call("CreateKey", &input.to_string())
            .await?
            .text("/KeyMetadata/KeyId")?;
        if decider == Decider::Grant {
            let operations = [
                Operation::Encrypt,
                Operation::Decrypt,
                Operation::GenerateDataKey,
            ];
            let grant = json!({
                "KeyId": key, "GranteePrincipal": GRANTEE, "Operations": operations.map(Operation::name),
            });
            client.call("CreateGrant", &grant.to_string()).await?;
        }
        Ok(key)
    }
}

const fn usage(spec: KeySpec) -> KeyUsage {
    match spec {
        KeySpec::SymmetricDefault => KeyUsage::EncryptDecrypt,
        KeySpec::Hmac224 | KeySpec::Hmac256 | KeySpec::Hmac384 | KeySpec::Hmac512 => {
            KeyUsage::GenerateVerifyMac
        }
        _ => KeyUsage::SignVerify,
    }
}

/// A call that needs nothing to be there.
pub(super) async fn first_call(client: &Client) -> Result<(), ClientError> {
    let input = json!({ "NumberOfBytes": 32 }).to_string();
    client.call("GenerateRandom", &input).await.map(drop)
}

async fn spawn(kind: Kind, program: &Path, folder: &Path) -> Result<Server, Error> {
    let mut command = Command::new(program);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.join("data"))
        // An account has more than AWS lets one have.
        .args(["--quota", "keys=1000000000"]);
    if kind.tls {
        command.arg("--tls-self-signed");
    }
    if kind.audit == Audit::Buffered {
        let file = folder.join("keystead.toml");
        fs::write(&file, "[audit]\ndurability = \"buffered\"\n")
            .map_err(Error::system(file.display().to_string()))?;
        command.arg("--config").arg(file);
    }
    Ok(Server::start("keystead", command, &folder.join("keystead.log")).await?)
}
