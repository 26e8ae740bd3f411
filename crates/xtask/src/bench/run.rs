//! One benchmark: the servers, the requests, the rounds.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::client::{CREDENTIALS, Client, Credentials};
use super::contest::Contest;
use super::operations::{OPERATIONS, Subject, encrypt};
use super::process::{ProcessError, Server};
use super::report::Report;
use super::{Error, Options};

/// Enough for a median and a spread.
const ROUNDS: u32 = 5;

/// A report, and what went wrong while it was made.
pub(super) struct Outcome<R> {
    /// The report.
    pub(super) report: R,
    /// Replies that were not 200.
    pub(super) errors: u64,
    /// The first of these.
    pub(super) refusal: Option<String>,
}

impl<R> Outcome<R> {
    /// An error where any reply was not 200, since such a rate tells nothing.
    pub(super) fn verdict(self) -> Result<(), Error> {
        let count = self.errors;
        self.refusal
            .map_or(Ok(()), |first| Err(Error::Refused { count, first }))
    }
}

/// Starts Keystead (`program`) on a new data folder, and a floor for each operation, and measures
/// them in turn. The servers end when the future does, or is dropped.
pub(super) async fn run(options: &Options, program: &Path) -> Result<Outcome<Report>, Error> {
    let folder = tempfile::tempdir().map_err(Error::system("a folder for the data"))?;
    let keystead = start_keystead(program, folder.path()).await?;
    let client = Client::new(keystead.address(), credentials(folder.path())?);
    let connections = usize::from(options.connections);
    let mut contests = contests(&client, connections, folder.path()).await?;
    let slice = slice(options.seconds);
    for round in 1..=ROUNDS {
        println!("==> round {round} of {ROUNDS}");
        for contest in &mut contests {
            contest.measure(&keystead, &client, slice).await?;
        }
    }
    let refusal = contests.iter().find_map(Contest::refusal);
    let report = Report {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        connections,
        rounds: ROUNDS,
        slice_seconds: slice.as_secs_f64(),
        operations: contests.iter().map(Contest::report).collect(),
    };
    Ok(Outcome {
        refusal: refusal.map(str::to_owned),
        errors: report.errors(),
        report,
    })
}

async fn start_keystead(program: &Path, folder: &Path) -> Result<Server, ProcessError> {
    let mut command = Command::new(program);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.join("data"));
    Server::start("keystead", command, &folder.join("keystead.log")).await
}

fn credentials(folder: &Path) -> Result<Credentials, Error> {
    let path = folder.join("data").join(CREDENTIALS);
    let text = fs::read_to_string(&path).map_err(Error::system(path.display().to_string()))?;
    Ok(Credentials::parse(&text)?)
}

async fn contests(
    client: &Client,
    connections: usize,
    folder: &Path,
) -> Result<Vec<Contest>, Error> {
    let subject = subject(client, connections).await?;
    let mut contests = Vec::with_capacity(OPERATIONS.len());
    for operation in OPERATIONS {
        let inputs = (0..connections)
            .map(|index| (operation.input)(&subject, index).to_string())
            .collect();
        contests.push(Contest::open(operation, inputs, client, folder).await?);
    }
    Ok(contests)
}

/// Makes a key, and under it a ciphertext for every connection.
async fn subject(client: &Client, connections: usize) -> Result<Subject, Error> {
    let created = client.call("CreateKey", "{}").await?;
    let key_id = created.text("/KeyMetadata/KeyId")?;
    let mut ciphertexts = Vec::with_capacity(connections);
    for index in 0..connections {
        let input = encrypt(&key_id, index).to_string();
        let encrypted = client.call("Encrypt", &input).await?;
        ciphertexts.push(encrypted.text("/CiphertextBlob")?);
    }
    Ok(Subject {
        key_id,
        ciphertexts,
    })
}

/// The time of one measurement, where each round has two for every operation.
fn slice(seconds: u32) -> Duration {
    let operations = u32::try_from(OPERATIONS.len()).unwrap_or(u32::MAX);
    Duration::from_secs(seconds.into()) / (ROUNDS * operations * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slices_make_up_the_time() {
        assert_eq!(slice(60), Duration::from_secs(2));
        assert_eq!(slice(3), Duration::from_millis(100));
    }
}
