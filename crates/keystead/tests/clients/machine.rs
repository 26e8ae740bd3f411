//! A user's machine: a home folder and an environment that points the stock clients at a server.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use keystead_testkit::Server;
use keystead_testkit::clients;
use tempfile::TempDir;

/// Where the scripts are that run inside the clients.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients/scripts");

/// A machine whose programs see nothing of the one that the tests run on but its `PATH`.
pub(crate) struct Machine {
    home: TempDir,
    environment: Vec<(String, String)>,
}

impl Machine {
    /// A machine whose user is the server's admin.
    pub(crate) fn of(server: &Server) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut machine = Self {
            environment: Vec::new(),
            home,
        };
        machine.use_server(server);
        machine
    }

    /// A machine whose programs have this environment.
    pub(crate) fn with(environment: Vec<(String, String)>) -> Self {
        let mut machine = Self {
            environment,
            home: tempfile::tempdir().unwrap(),
        };
        machine.set("AWS_MAX_ATTEMPTS", "1");
        machine
    }

    /// Points it at a server, such as the same one on another port after a restart.
    pub(crate) fn use_server(&mut self, server: &Server) {
        self.environment = server.client_environment();
        // A second try would hide that the first one failed.
        self.set("AWS_MAX_ATTEMPTS", "1");
    }

    /// Sets a variable of its environment.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a variable out of its environment.
    pub(crate) fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// Takes its user's access key out of its environment.
    pub(crate) fn forget_access_key(&mut self) {
        self.unset("AWS_ACCESS_KEY_ID");
        self.unset("AWS_SECRET_ACCESS_KEY");
    }

    /// Its home and working folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into its home.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.home().join(name), content).unwrap();
    }

    /// Reads a file in its home.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.home().join(name)).unwrap()
    }

    /// Runs a program in its home until it ends.
    pub(crate) fn run(&self, program: &Path, arguments: &[&str]) -> Outcome {
        #[expect(
            clippy::disallowed_methods,
            reason = "programs are found where the tests' own are"
        )]
        let path = std::env::var_os("PATH").unwrap();
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.home())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        Outcome {
            line: format!("{} {}", program.display(), arguments.join(" ")),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a script that checks everything itself and has nothing to say when all is well.
    pub(crate) fn run_script(&self, interpreter: &Path, script: &str, arguments: &[&str]) {
        let script = Path::new(SCRIPTS).join(script);
        let script = script.to_str().unwrap();
        let output = self.run(interpreter, &[&[script], arguments].concat());
        assert_eq!(output.success(), "");
    }

    /// As [`Self::run_script`], in the Python that has the clients.
    pub(crate) fn run_python(&self, script: &str, arguments: &[&str]) {
        self.run_script(&clients::program("python"), script, arguments);
    }
}

/// How a program ended.
pub(crate) struct Outcome {
    line: String,
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Outcome {
    /// Its code, what it printed and what it complained of.
    pub(crate) fn all(self) -> (Option<i32>, String, String) {
        (self.code, self.stdout, self.stderr)
    }

    /// What it printed, if it ended well and without complaint.
    pub(crate) fn success(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{}\n{}",
            self.line,
            self.stdout
        );
        self.stdout
    }

    /// What it complained of, if it ended with this code and without a result.
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(code), ""),
            "{}\n{}",
            self.line,
            self.stderr
        );
        self.stderr
    }
}
