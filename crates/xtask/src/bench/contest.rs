//! One scenario against its floor and what it is compared with, round by round.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::Error;
use super::client::Client;
use super::library::Library;
use super::line::Route;
use super::load::{Load, Plan, Span, Tally, drive};
use super::operations::{input, preparation};
use super::pool::Pool;
use super::process::Server;
use super::report::{Measured, Round, Sample, ScenarioReport};
use super::scenario::{Against, FEW, Http, Scenario, Shape};
use super::stage::{Kind, Stage};

/// A scenario on its server, with the inputs of its requests.
struct Side {
    scenario: &'static Scenario,
    kind: Kind,
    route: Route,
    callers: Vec<Client>,
    inputs: Vec<String>,
    request_bytes: usize,
    response_body_bytes: usize,
}

/// What a scenario is compared with, besides the floor.
enum Rival {
    None,
    Scenario(Box<Side>),
    Library(Library),
}

/// A scenario, its floor, its rival, and what was measured so far.
pub(super) struct Contest {
    side: Side,
    rival: Rival,
    floor: Option<(Server, Route)>,
    rounds: Vec<Round>,
}

impl Contest {
    /// Prepares the requests and starts the floor; logs go to `folder`.
    pub(super) async fn open(
        scenario: &'static Scenario,
        pool: &mut Pool<'_>,
        folder: &Path,
    ) -> Result<Self, Error> {
        let rival = match scenario.against {
            Against::Floor => Rival::None,
            Against::Library => Rival::Library(Library::new(
                scenario.operation.spec(),
                scenario.payload_bytes,
            )?),
            Against::Scenario(_) => match scenario.reference() {
                Some(other) => Rival::Scenario(Box::new(Side::open(other, pool).await?)),
                None => Rival::None,
            },
        };
        let side = Side::open(scenario, pool).await?;
        let floor = match scenario.has_floor() {
            true => Some(start_floor(&side, pool, folder).await?),
            false => None,
        };
        Ok(Self {
            side,
            rival,
            floor,
            rounds: Vec::new(),
        })
    }

    /// How many measurements a round has.
    pub(super) const fn turns(scenario: &Scenario) -> u32 {
        let rival = match scenario.against {
            Against::Floor => 0,
            Against::Scenario(_) | Against::Library => 1,
        };
        1 + rival + if scenario.has_floor() { 1 } else { 0 }
    }

    /// Measures the floor, the rival and the scenario, one right after the other. The floor gets the very same requests.
    pub(super) async fn measure(&mut self, pool: &Pool<'_>, slice: Duration) -> Result<(), Error> {
        let closed = Plan::Closed(Span::Time(slice));
        let requests = self.side.requests()?;
        self.side.request_bytes = requests.first().map_or(0, Vec::len);
        let floor = match &self.floor {
            Some((server, route)) => {
                let load = self.side.load(route.clone(), &requests, closed);
                Some(measure(server, &load).await?)
            }
            None => None,
        };
        let rival_per_second = match &self.rival {
            Rival::None => None,
            Rival::Library(library) => Some(library.measure(slice).await?),
            Rival::Scenario(rival) => {
                let load = rival.load(rival.route.clone(), &rival.requests()?, closed);
                let measured = measure(pool.server(rival.kind)?, &load).await?;
                Some(measured.sample.per_second)
            }
        };
        let plan = match self.side.scenario.load {
            Shape::Closed => closed,
            Shape::Paced(part) => open(rival_per_second, part, slice, false),
            Shape::Flooding(part) => open(rival_per_second, part, slice, true),
        };
        let load = self.side.load(self.side.route.clone(), &requests, plan);
        self.rounds.push(Round {
            keystead: measure(pool.server(self.side.kind)?, &load).await?,
            floor,
            rival_per_second,
        });
        Ok(())
    }

    /// The first reply that was neither 200 nor of a server that can't serve more, if any was.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.rounds
            .iter()
            .flat_map(|round| round.floor.iter().chain([&round.keystead]))
            .find_map(|measured| measured.sample.refusal.as_deref())
    }

    /// What was found.
    pub(super) fn report(&self) -> ScenarioReport {
        let sizes = (self.side.request_bytes, self.side.response_body_bytes);
        ScenarioReport::new(self.side.scenario, sizes, &self.rounds)
    }
}

fn open(of: Option<f64>, part: f64, time: Duration, skips: bool) -> Plan {
    Plan::Open {
        per_second: of.unwrap_or_default() * part,
        time,
        skips,
    }
}

impl Side {
    async fn open(scenario: &'static Scenario, pool: &mut Pool<'_>) -> Result<Self, Error> {
        let kind = Kind::of(scenario);
        let stage = pool.stage(kind).await?;
        let keys = stage.keys(scenario).await?;
        let callers = stage.callers(scenario).await?;
        let inputs = inputs(stage, scenario, &keys, &callers).await?;
        let mut side = Self {
            scenario,
            kind,
            route: Route {
                address: stage.server.address(),
                http: scenario.http,
                tls: stage.connector(scenario.http)?,
            },
            callers,
            inputs,
            request_bytes: 0,
            response_body_bytes: 0,
        };
        side.response_body_bytes = side.first_answer().await?.len();
        Ok(side)
    }

    async fn first_answer(&self) -> Result<Vec<u8>, Error> {
        let first = self.inputs.first().map(String::as_str).unwrap_or_default();
        let caller = self.callers.first().ok_or(Error::NoServer)?;
        Ok(caller
            .call(self.scenario.operation.name(), first)
            .await?
            .body)
    }

    /// The requests, newly signed: a server takes them for five minutes.
    fn requests(&self) -> Result<Arc<[Vec<u8>]>, Error> {
        let mut requests = Vec::with_capacity(self.inputs.len());
        for (input, caller) in self.inputs.iter().zip(self.callers.iter().cycle()) {
            let name = self.scenario.operation.name();
            requests.extend(caller.requests(name, std::slice::from_ref(input))?);
        }
        Ok(requests.into())
    }

    fn load(&self, route: Route, requests: &Arc<[Vec<u8>]>, plan: Plan) -> Load {
        Load {
            route,
            requests: Arc::clone(requests),
            connections: self.scenario.connections,
            plan,
        }
    }
}

/// An input for every connection, for every key that is used, or for a few, whatever is more.
async fn inputs(
    stage: &Stage,
    scenario: &Scenario,
    keys: &[String],
    callers: &[Client],
) -> Result<Vec<String>, Error> {
    let few = usize::try_from(FEW).unwrap_or_default();
    let count = scenario.connections.max(keys.len()).max(few);
    let preparer = match callers {
        [one] => one.clone(),
        _ => stage.client()?,
    };
    let mut inputs = Vec::with_capacity(count);
    for (index, key) in keys.iter().cycle().take(count).enumerate() {
        let prepared = match preparation(scenario) {
            Some((operation, member)) => {
                let input = input(scenario, operation, key, index, "").to_string();
                let answer = preparer.call(operation.name(), &input).await?;
                answer.text(&format!("/{member}"))?
            }
            None => String::new(),
        };
        inputs.push(input(scenario, scenario.operation, key, index, &prepared).to_string());
    }
    Ok(inputs)
}

/// A floor that speaks as the scenario does, with replies of the length of Keystead's.
async fn start_floor(
    side: &Side,
    pool: &Pool<'_>,
    folder: &Path,
) -> Result<(Server, Route), Error> {
    let program = std::env::current_exe().map_err(Error::system("this program's path"))?;
    let mut command = Command::new(program);
    command
        .args(["floor", "--listen", "127.0.0.1:0", "--response-bytes"])
        .arg(side.response_body_bytes.max(2).to_string());
    if side.scenario.http == Http::Two {
        command.arg("--http2");
    }
    if let Some((certificate, key)) = pool.certificate(side.kind) {
        command.arg("--certificate").arg(certificate);
        command.arg("--key").arg(key);
    }
    let log = folder.join(format!("floor-{}.log", side.scenario.name));
    let server = Server::start("floor", command, &log).await?;
    let address = server.address();
    Ok((
        server,
        Route {
            address,
            ..side.route.clone()
        },
    ))
}

/// Loads a server. Its CPU time includes what it does of itself afterwards on account of the load, which then does not
/// disturb who is measured next; its memory is as it was at the end of the load.
pub(super) async fn measure(server: &Server, load: &Load) -> Result<Measured, Error> {
    let cpu_before = server.cpu_time()?;
    let tally = drive(load).await?;
    let memory_bytes = server.memory_bytes()?;
    server.rest().await?;
    let cpu = server.cpu_time()?.saturating_sub(cpu_before);
    let Tally {
        passed_over,
        late,
        throttled,
        ..
    } = tally;
    Ok(Measured {
        memory_bytes,
        passed_over,
        late,
        throttled,
        sample: Sample {
            per_second: tally.per_second,
            cpu_us: per_request_us(cpu, tally.sent),
            latency_us: tally.latency_us,
            errors: tally.refused,
            refusal: tally.refusal,
        },
    })
}

/// Loads a server by plain HTTP/1.1, with one connection for each request.
pub(super) async fn sample(
    server: &Server,
    requests: &Arc<[Vec<u8>]>,
    slice: Duration,
) -> Result<Sample, Error> {
    let load = Load {
        route: Route::plain(server.address()),
        requests: Arc::clone(requests),
        connections: requests.len(),
        plan: Plan::Closed(Span::Time(slice)),
    };
    Ok(measure(server, &load).await?.sample)
}

#[expect(clippy::cast_precision_loss, reason = "a mean is an estimate")]
fn per_request_us(cpu: Duration, requests: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / requests.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::scenario::named;
    use super::*;

    #[test]
    fn cpu_per_request() {
        for (millis, requests, expected) in [(500, 10_000, 50.0), (10, 0, 10_000.0), (0, 5, 0.0)] {
            let found = per_request_us(Duration::from_millis(millis), requests);
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn turns_are_of_the_scenario_its_floor_and_its_rival() {
        for (name, turns) in [
            ("encrypt", 2),
            ("encrypt-tls", 3),
            ("sign-rsa-2048", 3),
            ("encrypt-half-load", 2),
        ] {
            assert_eq!(Contest::turns(named(name).unwrap()), turns, "{name}");
        }
    }
}
