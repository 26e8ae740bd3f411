//! A server, and a person who runs `keystead key` against it.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use keystead_testkit::{Server, ServerOptions};
use serde_json::Value;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

pub(crate) struct Scene {
    pub(crate) server: Server,
    /// Whose calls they are: the admin's, or those of a user with this credentials file.
    credentials: Option<PathBuf>,
}

impl Scene {
    pub(crate) fn start() -> Self {
        Self {
            server: ServerOptions::new(BINARY).start(),
            credentials: None,
        }
    }

    /// The same server, with a user who may do these actions on everything.
    pub(crate) fn with_user(mut self, actions: &str) -> Self {
        let file = self.write(
            "user.toml",
            format!(
                "[[users]]\nname = \"ada\"\naccess_key = \"ada.key\"\n[users.policies.some]\nVersion = \"2012-10-17\"\nStatement = [{{ Effect = \"Allow\", Action = {actions}, Resource = \"*\" }}]\n"
            ),
        );
        let applied = self
            .command(&["apply", file.to_str().unwrap(), "--yes"])
            .output()
            .unwrap();
        assert!(applied.status.success(), "{applied:?}");
        self.credentials = Some(self.server.folder().join("ada.key"));
        self
    }

    /// The same server, called by the admin.
    pub(crate) fn by_admin(mut self) -> Self {
        self.credentials = None;
        self
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.server.folder().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A command that sees nothing of this machine's environment.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(words)
            .env_clear()
            .current_dir(self.server.folder())
            .stdin(Stdio::null());
        match &self.credentials {
            None => command.envs(self.server.client_environment()),
            Some(file) => command
                .env("AWS_SHARED_CREDENTIALS_FILE", file)
                .env("AWS_ENDPOINT_URL", self.server.url()),
        };
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        let words = [&["key"], words].concat();
        self.command(&words).output().unwrap()
    }

    /// Runs it with this on its standard input.
    pub(crate) fn run_with(&self, input: &[u8], words: &[&str]) -> Output {
        let words = [&["key"], words].concat();
        let mut child = self
            .command(&words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What it prints, which must end well and say nothing on standard error.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        printed(self.run(words))
    }

    /// The JSON that it prints.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let text = self.ok(&[words, &["--json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    /// What it complains of, which must end badly.
    pub(crate) fn err(&self, words: &[&str]) -> String {
        complaint(&self.run(words))
    }

    /// Makes a key, and tells its id.
    pub(crate) fn key(&self, words: &[&str]) -> String {
        let made = self.json(&[&["create"], words].concat());
        made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }
}

/// What a command prints that ends well.
pub(crate) fn printed(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command says that ends badly, and prints nothing.
pub(crate) fn complaint(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty(), "{output:?}");
    assert!(
        !said.contains("panicked") && !said.contains('\u{1b}'),
        "{said}"
    );
    said
}
