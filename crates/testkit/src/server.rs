//! A server of the real binary, on loopback, in a directory of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;

use crate::call::Client;
use crate::clients;

/// How long a server may take to start. Far more than it takes, for machines that are busy.
const START: Duration = Duration::from_secs(60);

/// How to start a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    binary: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    wrapper: Vec<String>,
    listen: String,
    admin: Option<(String, String)>,
    in_directory: bool,
}

impl ServerOptions {
    /// A server of this binary: pass `env!("CARGO_BIN_EXE_keystead")`.
    #[must_use]
    pub fn new(binary: &str) -> Self {
        Self {
            binary: binary.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            wrapper: Vec::new(),
            listen: "127.0.0.1:0".to_owned(),
            admin: None,
            in_directory: true,
        }
    }

    /// Adds an argument to `keystead serve`.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the admin this access key, instead of one that the first start makes.
    #[must_use]
    pub fn admin(mut self, access_key_id: &str, secret: &str) -> Self {
        self.admin = Some((access_key_id.to_owned(), secret.to_owned()));
        self.env("KEYSTEAD_ADMIN_ACCESS_KEY_ID", access_key_id)
            .env("KEYSTEAD_ADMIN_SECRET_ACCESS_KEY", secret)
    }

    /// Lets it listen on another address than a free port of loopback.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// Runs it under another command, such as `prlimit --fsize=…`.
    #[must_use]
    pub fn under(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(ToString::to_string).collect();
        self
    }

    /// Starts it in development mode, without a directory.
    #[must_use]
    pub fn dev(mut self) -> Self {
        self.in_directory = false;
        self.arg("--dev")
    }

    /// Starts it in a fresh directory.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(self) -> Server {
        self.start_in(tempfile::tempdir().expect("a folder for the server"))
    }

    /// Starts it in a folder of the test's, whose `data` is its data directory.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_in(self, folder: TempDir) -> Server {
        Server::launch(self, folder).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Runs it in a directory until it ends by itself, which it must; returns its error output.
    ///
    /// # Panics
    /// If it starts to serve, or ends well.
    #[must_use]
    pub fn must_not_start(&self, data_dir: &Path) -> String {
        let mut child = self
            .command(Some(data_dir))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server can be run");
        let stdout = child.stdout.take().expect("its output is a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let served = lines.any(|line| line.contains("listening on"));
        if served {
            let _ = child.kill();
        }
        let output = child.wait_with_output().expect("the server ends");
        assert!(!served, "the server served");
        assert!(!output.status.success(), "the server ended well");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn command(&self, data_dir: Option<&Path>) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str);
        let mut command = match words.next() {
            Some(wrapper) => {
                let mut command = Command::new(wrapper);
                command.args(words).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        command
            .args(["serve", "--listen", &self.listen])
            .args(&self.arguments);
        if let Some(data_dir) = data_dir.filter(|_| self.in_directory) {
            command.arg("--data-dir").arg(data_dir);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KEYSTEAD_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    options: ServerOptions,
    folder: TempDir,
    child: Child,
    output: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    address: SocketAddr,
    tls: bool,
}

impl Server {
    fn launch(options: ServerOptions, folder: TempDir) -> Result<Self, String> {
        let data_dir = folder.path().join("data");
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.path().join("stderr.log"))
            .expect("a file for the server's log");
        let mut child = options
            .command(Some(&data_dir))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the server can be run");
        let stdout = child.stdout.take().expect("its output is a pipe");
        let (lines, received) = mpsc::channel();
        let output = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&output);
        // Reads to the end, so that the server never waits for somebody to read.
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                written.push_str(&line);
                written.push('\n');
                let _ = lines.send(line);
            }
        });
        while let Ok(line) = received.recv_timeout(START) {
            if let Some((_, url)) = line.split_once("listening on ") {
                let (scheme, address) = url.split_once("://").expect("a URL");
                let address = address.trim().parse().expect("an address");
                return Ok(Self {
                    options,
                    folder,
                    child,
                    output,
                    reader: Some(reader),
                    address,
                    tls: scheme == "https",
                });
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        let log = fs::read_to_string(folder.path().join("stderr.log")).unwrap_or_default();
        Err(format!("the server did not start; its log:\n{log}"))
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a VPC endpoint of its configuration listens.
    ///
    /// # Panics
    /// If it has no such endpoint.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> SocketAddr {
        let start = format!("VPC endpoint {id} is at http://");
        let output = self.output();
        let address = output.lines().find_map(|line| line.strip_prefix(&start));
        let address = address.expect("a VPC endpoint of this id");
        address.parse().expect("an address")
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "{}://{}",
            if self.tls { "https" } else { "http" },
            self.address
        )
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A folder that lives as long as the server does, for whatever the test needs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data directory.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What it has logged so far, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr.log")).unwrap_or_default()
    }

    /// What it has printed in this start. Complete once it has ended.
    #[must_use]
    pub fn output(&self) -> String {
        self.output
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The records of its audit log, oldest first.
    ///
    /// # Panics
    /// If a line is not JSON.
    #[must_use]
    pub fn audit_events(&self) -> Vec<serde_json::Value> {
        let folder = fs::read_dir(self.data_dir().join("audit")).expect("the audit log");
        let mut segments: Vec<PathBuf> = folder
            .map(|entry| entry.expect("a file of the audit log").path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "jsonl")
            })
            .collect();
        segments.sort();
        let text = segments
            .iter()
            .map(|path| fs::read_to_string(path).expect("a segment"));
        let text: String = text.collect();
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a record"))
            .collect()
    }

    /// The admin's access key id and secret. In development mode, any.
    ///
    /// # Panics
    /// If there is no credentials file.
    #[must_use]
    pub fn credentials(&self) -> (String, String) {
        if !self.options.in_directory {
            return ("000000000000".to_owned(), "any-secret".to_owned());
        }
        if let Some(admin) = &self.options.admin {
            return admin.clone();
        }
        let path = self.data_dir().join("admin.credentials");
        let text = fs::read_to_string(path).expect("the admin's credentials");
        let value = |name: &str| {
            let line = text
                .lines()
                .find(|line| line.starts_with(name))
                .expect("a setting");
            line.split_once('=').expect("a value").1.trim().to_owned()
        };
        (value("aws_access_key_id"), value("aws_secret_access_key"))
    }

    /// The environment that makes real clients use this server as its admin, and nothing else.
    #[must_use]
    pub fn client_environment(&self) -> Vec<(String, String)> {
        let (id, secret) = self.credentials();
        clients::environment(&self.url(), &id, &secret, self.folder.path())
    }

    /// A client that signs as the admin and speaks plain HTTP/1.1.
    #[must_use]
    pub fn client(&self) -> Client {
        let (id, secret) = self.credentials();
        Client::new(self.address, id, secret)
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.finish_reading();
    }

    /// Asks the server to stop with SIGTERM, and waits until it has.
    ///
    /// # Panics
    /// If it can't be asked.
    pub fn terminate(&mut self) -> ExitStatus {
        self.ask_to_stop("TERM");
        self.wait()
    }

    /// Asks the server to stop with a signal, `TERM` or `INT`, and does not wait.
    ///
    /// # Panics
    /// If it can't be asked.
    pub fn ask_to_stop(&self, signal: &str) {
        let asked = Command::new("kill")
            .args([&format!("-{signal}"), &self.pid().to_string()])
            .status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "the server can be asked to stop"
        );
    }

    /// Waits until the server has ended, which the test has seen to.
    ///
    /// # Panics
    /// If it is not the test's child any more.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("the server ends");
        self.finish_reading();
        status
    }

    fn finish_reading(&mut self) {
        if let Some(reader) = self.reader.take() {
            // A reader that panicked has already said so.
            let _ = reader.join();
        }
    }

    /// Starts the server again in the same directory, killing it first if it still runs.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn restart(self) -> Self {
        let options = self.options.clone();
        self.restart_with(options)
    }

    /// As [`Server::restart`], with other options.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn restart_with(mut self, options: ServerOptions) -> Self {
        self.kill();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        Self::launch(options, folder).unwrap_or_else(|failure| panic!("{failure}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
