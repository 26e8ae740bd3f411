//! The nodes in turns, round by round.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum as _;

use super::super::Error;
use super::super::client::{CREDENTIALS, Client, Credentials};
use super::super::contest::sample;
use super::super::operations::encrypt;
use super::super::process::Server;
use super::super::report::Sample;
use super::super::run::Outcome;
use super::Options;
use super::node::Records;
use super::report::{NodeReport, Report};

/// Many and short: what else the machine does lasts longer than a round, and then does not part the nodes.
const ROUNDS: u32 = 21;

/// The operation that is called.
const OPERATION: &str = "Encrypt";

/// A node, its requests' inputs, and what was measured so far.
struct Contestant {
    records: Records,
    server: Server,
    client: Client,
    inputs: Vec<String>,
    samples: Vec<Sample>,
}

/// Starts the nodes and measures them. They end when the future does, or is dropped.
pub(super) async fn run(options: &Options) -> Result<Outcome<Report>, Error> {
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.map_err(Error::system("a folder for the data"))?;
    let connections = usize::from(options.connections);
    let mut contestants = Vec::new();
    for records in Records::value_variants() {
        contestants.push(Contestant::start(*records, connections, folder.path()).await?);
    }
    let nodes = u32::try_from(contestants.len()).unwrap_or(u32::MAX);
    let slice = Duration::from_secs(options.seconds.into()) / (ROUNDS * nodes);
    for round in 1..=ROUNDS {
        println!("==> round {round} of {ROUNDS}");
        for contestant in &mut contestants {
            contestant.measure(slice).await?;
        }
        // Nobody always comes first, or always after the same one.
        contestants.rotate_left(1);
        if round % 2 == 0 {
            contestants.reverse();
        }
    }
    contestants.sort_by_key(|contestant| contestant.records);
    let refusal = contestants
        .iter()
        .flat_map(|contestant| &contestant.samples)
        .find_map(|sample| sample.refusal.clone());
    let errors = contestants
        .iter()
        .flat_map(|contestant| &contestant.samples)
        .map(|sample| sample.errors)
        .sum();
    let without = contestants
        .iter()
        .find(|contestant| contestant.records == Records::None)
        .map_or(&[][..], |contestant| contestant.samples.as_slice());
    Ok(Outcome {
        errors,
        refusal,
        report: Report {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            connections,
            rounds: ROUNDS,
            slice_seconds: slice.as_secs_f64(),
            operation: OPERATION,
            nodes: contestants
                .iter()
                .map(|node| NodeReport::new(node.records.name(), &node.samples, without))
                .collect(),
        },
    })
}

impl Contestant {
    /// Starts a node in a folder of its own, and makes a key there.
    async fn start(records: Records, connections: usize, folder: &Path) -> Result<Self, Error> {
        let name = records.name();
        let data = folder.join(name);
        let shown = || data.display().to_string();
        std::fs::create_dir(&data).map_err(Error::system(shown()))?;
        let program = std::env::current_exe().map_err(Error::system("this program's path"))?;
        let mut command = Command::new(program);
        command
            .args(["audited", "--records", name, "--data-dir"])
            .arg(&data);
        let server = Server::start(name, command, &folder.join(format!("{name}.log"))).await?;
        let file = std::fs::read_to_string(data.join(CREDENTIALS));
        let credentials = Credentials::parse(&file.map_err(Error::system(shown()))?)?;
        let client = Client::new(server.address(), credentials);
        let key_id = client
            .call("CreateKey", "{}")
            .await?
            .text("/KeyMetadata/KeyId")?;
        let inputs = (0..connections).map(|index| encrypt(&key_id, index).to_string());
        Ok(Self {
            records,
            server,
            inputs: inputs.collect(),
            client,
            samples: Vec::new(),
        })
    }

    async fn measure(&mut self, slice: Duration) -> Result<(), Error> {
        let requests: Arc<[_]> = self.client.requests(OPERATION, &self.inputs)?.into();
        self.samples
            .push(sample(&self.server, &requests, slice).await?);
        Ok(())
    }
}
