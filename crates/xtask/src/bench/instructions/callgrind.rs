//! A server under callgrind, and how much it has executed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error as ThisError;

use super::super::Error;
use super::super::client::{CREDENTIALS, Client, Credentials};
use super::super::process::Server;
use crate::tools;

/// Why nothing was counted.
#[derive(Debug, ThisError)]
pub(crate) enum Uncounted {
    /// The server under callgrind can't be spoken to.
    #[error(
        "vgdb can't speak to the server, which it does as a debugger: run this as root. It says: {0}"
    )]
    Refused(String),
    /// callgrind wrote no profile.
    #[error("callgrind wrote no profile")]
    NoProfile,
    /// callgrind's profile has no sum.
    #[error("callgrind's profile has no sum")]
    NoSummary,
    /// A call that is to be counted was refused.
    #[error("{name} was answered with {body}")]
    NotAnswered {
        /// The call.
        name: &'static str,
        /// The reply's body.
        body: String,
    },
}

/// Installs valgrind where it is missing.
pub(super) fn ensure() -> Result<(), Error> {
    if !tools::answers("valgrind", &["--version"]) {
        tools::apt_install("valgrind", &["valgrind"])?;
    }
    Ok(())
}

/// A running server whose instructions are counted.
pub(super) struct Counted {
    server: Server,
    client: Client,
    profiles: PathBuf,
}

impl Counted {
    /// Starts `program` on a new folder in `folder`; what callgrind writes goes to `profiles`.
    pub(super) async fn start(
        program: &Path,
        folder: &Path,
        profiles: &Path,
    ) -> Result<Self, Error> {
        let data = folder.join("data");
        let out = profiles.join("callgrind.out");
        // callgrind refuses to write over one of an earlier run.
        let _ = fs::remove_file(&out);
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--quiet", "--compress-strings=no"])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(&data);
        let server = Server::start("keystead", command, &folder.join("keystead.log")).await?;
        let path = data.join(CREDENTIALS);
        let text = fs::read_to_string(&path).map_err(Error::system(path.display().to_string()))?;
        let client = Client::new(server.address(), Credentials::parse(&text)?);
        Ok(Self {
            server,
            client,
            profiles: profiles.to_owned(),
        })
    }

    /// Its client.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// Where it listens.
    pub(super) fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// Forgets what was counted so far.
    pub(super) fn zero(&self) -> Result<(), Error> {
        self.tell(&["zero"])
    }

    /// How many instructions were executed since the last [`Counted::zero`]; the profile is named after `what`.
    pub(super) fn dump(&self, what: &str) -> Result<u64, Error> {
        self.tell(&["dump", what])?;
        let newest = self.newest()?;
        let text = fs::read_to_string(&newest).map_err(Error::system("callgrind's profile"))?;
        let named = self.profiles.join(format!("callgrind.{what}"));
        fs::rename(&newest, named).map_err(Error::system("callgrind's profile"))?;
        summary(&text).ok_or(Error::Uncounted(Uncounted::NoSummary))
    }

    /// callgrind numbers its profiles.
    fn newest(&self) -> Result<PathBuf, Error> {
        let entries = fs::read_dir(&self.profiles).map_err(Error::system("callgrind's folder"))?;
        let numbered = entries.filter_map(|entry| {
            let path = entry.ok()?.path();
            let number: u64 = path.extension()?.to_str()?.parse().ok()?;
            Some((number, path))
        });
        let (_, path) = numbered
            .max()
            .ok_or(Error::Uncounted(Uncounted::NoProfile))?;
        Ok(path)
    }

    fn tell(&self, words: &[&str]) -> Result<(), Error> {
        let pid = format!("--pid={}", self.server.id());
        let said = Command::new("vgdb").arg(pid).args(words).output();
        let said = said.map_err(Error::system("vgdb"))?;
        if said.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&said.stderr).into_owned();
        Err(Error::Uncounted(Uncounted::Refused(text)))
    }
}

/// The count of a profile: its line `summary:` (or `totals:`, where callgrind leaves the other out).
fn summary(profile: &str) -> Option<u64> {
    let after = |name| profile.lines().find_map(|line| line.strip_prefix(name));
    let text = after("totals:").or_else(|| after("summary:"))?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_its_sum() {
        assert_eq!(summary("events: Ir\nsummary: 12\n"), Some(12));
        assert_eq!(summary("events: Ir\nfn=(1)\n1 5\ntotals: 34\n"), Some(34));
        assert_eq!(summary("events: Ir\n"), None);
    }
}
