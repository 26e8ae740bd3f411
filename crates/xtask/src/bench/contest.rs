//! One operation of Keystead against its floor, round by round.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::Error;
use super::client::Client;
use super::load::{Load, Span, drive};
use super::operations::Operation;
use super::process::Server;
use super::report::{OperationReport, Sample};

/// An operation, its requests' inputs, its floor, and what was measured so far.
pub(super) struct Contest {
    operation: &'static Operation,
    inputs: Vec<String>,
    floor: Server,
    request_bytes: usize,
    response_body_bytes: usize,
    rounds: Vec<(Sample, Sample)>,
}

impl Contest {
    /// Asks Keystead once, and starts a floor with replies of the same length; its log goes to
    /// `folder`. The load will have a connection for each input.
    pub(super) async fn open(
        operation: &'static Operation,
        inputs: Vec<String>,
        client: &Client,
        folder: &Path,
    ) -> Result<Self, Error> {
        let first = inputs.first().map(String::as_str).unwrap_or_default();
        let response_body_bytes = client.call(operation.name, first).await?.body.len();
        let log = folder.join(format!("floor-{}.log", operation.name));
        Ok(Self {
            operation,
            inputs,
            floor: start_floor(response_body_bytes, &log).await?,
            request_bytes: 0,
            response_body_bytes,
            rounds: Vec::new(),
        })
    }

    /// Measures the floor, then Keystead, with the same newly signed requests.
    pub(super) async fn measure(
        &mut self,
        keystead: &Server,
        client: &Client,
        slice: Duration,
    ) -> Result<(), Error> {
        let requests: Arc<[_]> = client.requests(self.operation.name, &self.inputs)?.into();
        self.request_bytes = requests.first().map_or(0, Vec::len);
        let floor = sample(&self.floor, &requests, slice).await?;
        let keystead = sample(keystead, &requests, slice).await?;
        self.rounds.push((keystead, floor));
        Ok(())
    }

    /// The first reply that was not 200, if any was.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.rounds
            .iter()
            .flat_map(|(keystead, floor)| [keystead, floor])
            .find_map(|sample| sample.refusal.as_deref())
    }

    /// What was found.
    pub(super) fn report(&self) -> OperationReport {
        OperationReport::new(
            self.operation.name,
            self.request_bytes,
            self.response_body_bytes,
            &self.rounds,
        )
    }
}

async fn start_floor(response_bytes: usize, log: &Path) -> Result<Server, Error> {
    let program = std::env::current_exe().map_err(Error::system("this program's path"))?;
    let mut command = Command::new(program);
    command
        .args(["floor", "--listen", "127.0.0.1:0", "--response-bytes"])
        .arg(response_bytes.to_string());
    Ok(Server::start("floor", command, log).await?)
}

/// Loads a server with one connection for each request. Its CPU time includes what it does of itself afterwards on
/// account of them, which then does not disturb who is measured next.
pub(super) async fn sample(
    server: &Server,
    requests: &Arc<[Vec<u8>]>,
    slice: Duration,
) -> Result<Sample, Error> {
    let load = Load {
        address: server.address(),
        requests: Arc::clone(requests),
        span: Span::Time(slice),
    };
    let cpu_before = server.cpu_time()?;
    let tally = drive(&load).await?;
    server.rest().await?;
    let cpu = server.cpu_time()?.saturating_sub(cpu_before);
    Ok(Sample {
        per_second: tally.per_second,
        cpu_us: per_request_us(cpu, tally.sent),
        latency_us: tally.latency_us,
        errors: tally.refused,
        refusal: tally.refusal,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a mean is an estimate")]
fn per_request_us(cpu: Duration, requests: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / requests.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_per_request() {
        for (millis, requests, expected) in [(500, 10_000, 50.0), (10, 0, 10_000.0), (0, 5, 0.0)] {
            let found = per_request_us(Duration::from_millis(millis), requests);
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }
}
