//! The servers that are measured, as child processes that never outlive the benchmark.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// How long a server may take until it listens.
const READY_WITHIN: Duration = Duration::from_secs(300);

/// What a server writes to its standard output, before the URL of its address, when it is ready.
const READY: &str = "listening on http";

/// How often it is looked whether a server rests, and the most CPU time that one who rests uses in between.
const LOOK: Duration = Duration::from_millis(100);
const RESTS_WITH: Duration = Duration::from_millis(10);

/// How long is waited for a server to rest.
const REST_WITHIN: Duration = Duration::from_secs(20);

/// Why a server is not there to be measured.
#[derive(Debug, Error)]
pub(crate) enum ProcessError {
    /// The program could not be started or looked at.
    #[error("{name}: {source}")]
    System {
        /// The server.
        name: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It ended, or said nothing, instead of listening.
    #[error("{name} ended, or did not listen within {} s; its log:\n{log}", READY_WITHIN.as_secs())]
    NotReady {
        /// The server.
        name: &'static str,
        /// The end of what it wrote to its standard error.
        log: String,
    },
    /// The kernel's account of the process is not in the form of proc_pid_stat(5) or proc_pid_status(5).
    #[error("{name}: the kernel's account of the process could not be read")]
    Account {
        /// The server.
        name: &'static str,
    },
}

/// A running server; dropping it ends the process.
pub(super) struct Server {
    name: &'static str,
    process: Owned,
    address: SocketAddr,
}

/// A child that is killed and reaped when nobody wants it any more.
struct Owned(Child);

impl Owned {
    fn end(&mut self) {
        // Both fail only where it has ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.end();
    }
}

impl Server {
    /// Starts a server and waits until it listens; `log` takes its standard error.
    pub(super) async fn start(
        name: &'static str,
        mut command: Command,
        log: &Path,
    ) -> Result<Self, ProcessError> {
        let failed = |source| ProcessError::System { name, source };
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let mut process = Owned(child);
        let address = watch(process.0.stdout.take());
        match tokio::time::timeout(READY_WITHIN, address).await {
            Ok(Ok(address)) => Ok(Self {
                name,
                process,
                address,
            }),
            _ => Err(ProcessError::NotReady {
                name,
                log: tail(log),
            }),
        }
    }

    /// Starts a server that was told to listen at `address`, and waits until it does; `log` takes its standard error.
    pub(super) async fn start_at(
        name: &'static str,
        mut command: Command,
        log: &Path,
        address: SocketAddr,
    ) -> Result<Self, ProcessError> {
        let failed = |source| ProcessError::System { name, source };
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let mut process = Owned(child);
        for _ in 0..READY_WITHIN.as_millis() / LOOK.as_millis() {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(Self {
                    name,
                    process,
                    address,
                });
            }
            if process.0.try_wait().map_err(failed)?.is_some() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(ProcessError::NotReady {
            name,
            log: tail(log),
        })
    }

    /// Ends the process now, for whoever needs what it holds.
    pub(super) fn end(&mut self) {
        self.process.end();
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.process.0.id()
    }

    /// Waits until it does nothing any more, or only for so long: what a server does late is its own affair.
    pub(super) async fn rest(&self) -> Result<(), ProcessError> {
        let mut used = self.cpu_time()?;
        for _ in 0..REST_WITHIN.as_millis() / LOOK.as_millis() {
            tokio::time::sleep(LOOK).await;
            let now = self.cpu_time()?;
            if now.saturating_sub(used) <= RESTS_WITH {
                break;
            }
            used = now;
        }
        Ok(())
    }

    /// The memory that it has, in bytes: its resident set.
    pub(super) fn memory_bytes(&self) -> Result<u64, ProcessError> {
        let name = self.name;
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))
            .map_err(|source| ProcessError::System { name, source })?;
        resident_bytes(&status).ok_or(ProcessError::Account { name })
    }

    /// The CPU time that it has used so far, in user and kernel mode, over all its threads.
    pub(super) fn cpu_time(&self) -> Result<Duration, ProcessError> {
        let name = self.name;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id()))
            .map_err(|source| ProcessError::System { name, source })?;
        let ticks = ticks(&stat).ok_or(ProcessError::Account { name })?;
        let per_second = rustix::param::clock_ticks_per_second();
        let nanos = u128::from(ticks) * 1_000_000_000 / u128::from(per_second.max(1));
        u64::try_from(nanos)
            .map(Duration::from_nanos)
            .map_err(|_| ProcessError::Account { name })
    }
}

/// Reads a server's output to its end, so that it never blocks on it, and tells the address.
fn watch(output: Option<ChildStdout>) -> oneshot::Receiver<SocketAddr> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        let mut sender = Some(sender);
        let lines = output
            .map(BufReader::new)
            .into_iter()
            .flat_map(BufRead::lines);
        for line in lines.map_while(Result::ok) {
            if let Some(address) = ready_address(&line)
                && let Some(sender) = sender.take()
            {
                // The receiver is gone when it waited for too long.
                let _ = sender.send(address);
            }
        }
    });
    receiver
}

fn ready_address(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once(READY)?;
    let after = after.strip_prefix("s").unwrap_or(after);
    let address = after.strip_prefix("://")?;
    address.split_whitespace().next()?.parse().ok()
}

/// The field `VmRSS` of proc_pid_status(5), which is in units of 1,024 bytes.
fn resident_bytes(status: &str) -> Option<u64> {
    let mut lines = status.lines();
    let kib = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = kib.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

/// User and kernel time in clock ticks: fields 14 and 15 of proc_pid_stat(5).
fn ticks(stat: &str) -> Option<u64> {
    // Field 2 is the program's name, which may hold spaces and parentheses of its own.
    let (_, from_state) = stat.rsplit_once(") ")?;
    let mut fields = from_state.split(' ').skip(14 - 3);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    user.checked_add(kernel)
}

/// The last lines of a log, for the reader of an error.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let kept = lines.len().saturating_sub(20);
    lines.get(kept..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str) -> Result<Server, ProcessError> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        wait(Server::start("shell", command, &folder.path().join("log")))
    }

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn it_waits_for_the_address_and_ends_the_process() {
        let server =
            start("echo hello; echo 'x listening on http://127.0.0.1:4321 y'; exec sleep 600")
                .unwrap();
        assert_eq!(server.address(), "127.0.0.1:4321".parse().unwrap());
        assert!(server.cpu_time().unwrap() < Duration::from_secs(60));
        assert!(server.memory_bytes().unwrap() > 0);
        wait(server.rest()).unwrap();
        let process = format!("/proc/{}", server.process.0.id());
        assert!(Path::new(&process).exists());
        drop(server);
        assert!(!Path::new(&process).exists());
    }

    #[test]
    fn a_server_that_ends_is_an_error_with_its_log() {
        let Err(error) = start("echo no key file >&2; exit 3") else {
            panic!("it was ready");
        };
        assert!(error.to_string().contains("no key file"), "{error}");
    }

    #[test]
    fn ready_lines() {
        for (line, expected) in [
            ("listening on http://127.0.0.1:8080", Some("127.0.0.1:8080")),
            ("INFO listening on http://[::1]:80 now", Some("[::1]:80")),
            (
                "listening on https://127.0.0.1:8080",
                Some("127.0.0.1:8080"),
            ),
            ("listening on httpd://127.0.0.1:8080", None),
            ("listening on http://", None),
            ("listening on http://localhost:80", None),
            ("", None),
        ] {
            let expected = expected.map(|text| text.parse().unwrap());
            assert_eq!(ready_address(line), expected, "{line:?}");
        }
    }

    #[test]
    fn memory_of_a_process() {
        for (status, expected) in [
            (
                "Name:\tx\nVmHWM:\t 900 kB\nVmRSS:\t     12 kB\n",
                Some(12 * 1024),
            ),
            ("VmRSS:\t12\n", None),
            ("Name:\tx\n", None),
        ] {
            assert_eq!(resident_bytes(status), expected, "{status:?}");
        }
    }

    #[test]
    fn ticks_of_a_process() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 700 42 0 0 20 0";
        for (stat, expected) in [
            (format!("12 (keystead) {rest}"), Some(742)),
            (format!("12 (a) b (c) {rest}"), Some(742)),
            ("12 (keystead) S 1 2".to_owned(), None),
            ("12 keystead".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(ticks(&stat), expected, "{stat:?}");
        }
    }
}
