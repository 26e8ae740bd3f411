//! How long it takes from the start of a server to its first answer to a call.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::Error;
use super::client::{Client, Credentials};
use super::pool::Pool;
use super::process::Server;
use super::report::{Spread, StartReport};
use super::scenario::{MANY, MOST};
use super::stage::{self, Kind};

/// A kind of start.
#[derive(Debug)]
pub(super) struct Start {
    /// What the report calls it.
    pub(super) name: &'static str,
    /// How many keys there are; none where everything is in memory.
    pub(super) keys: Option<u32>,
}

/// All that are measured.
pub(super) const STARTS: &[Start] = &[
    Start {
        name: "start-dev",
        keys: None,
    },
    Start {
        name: "start-10000-keys",
        keys: Some(MANY),
    },
    Start {
        name: "start-1000000-keys",
        keys: Some(MOST),
    },
];

impl Start {
    /// The kind of server that starts, if it has a store.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.keys.map(Kind::holding)
    }

    /// Measures it; logs go to `folder`.
    pub(super) async fn measure(
        &self,
        pool: &mut Pool<'_>,
        folder: &Path,
    ) -> Result<StartReport, Error> {
        let times = match self.kind() {
            Some(kind) => pool.stage(kind).await?.starts.clone(),
            None => {
                let mut times = Vec::new();
                for _ in 0..stage::STARTS {
                    let began = Instant::now();
                    start_in_memory(pool.program(), folder).await?;
                    times.push(began.elapsed());
                }
                times
            }
        };
        Ok(StartReport {
            name: self.name,
            seconds: Spread::of(times.iter().map(std::time::Duration::as_secs_f64)),
        })
    }
}

async fn start_in_memory(program: &Path, folder: &Path) -> Result<(), Error> {
    let mut command = Command::new(program);
    command.args(["serve", "--dev", "--listen", "127.0.0.1:0"]);
    let server = Server::start("keystead", command, &folder.join("dev.log")).await?;
    // Any will do.
    let credentials = Credentials {
        access_key_id: "000000000000".to_owned(),
        secret_access_key: "any".to_owned(),
    };
    let client = Client::new(server.address(), credentials);
    Ok(stage::first_call(&client).await?)
}
