//! What the process says to the person who started it. The only place that prints.
//! That nobody listens any more is no reason to stop, so that what can't be written is dropped.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write};
use std::net::SocketAddr;
use std::path::Path;

use keystead_core::arn::Region;

use crate::client::{ClientError, Refusal};
use crate::words::{clean, counted};

/// Where the server is, and what to paste to use it.
pub(crate) struct Greeting<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    /// Where metrics are shown, if anywhere.
    pub(crate) metrics: Option<SocketAddr>,
    /// The VPC endpoints, by their ids.
    pub(crate) endpoints: Vec<(&'a str, SocketAddr)>,
    pub(crate) region: &'a Region,
    /// The file with the admin's access key, if there is one.
    pub(crate) credentials: Option<&'a Path>,
    /// The self-made certificate that clients must trust, if there is one.
    pub(crate) certificate: Option<&'a Path>,
    /// Where everything is kept; nowhere in development mode.
    pub(crate) keeps: Option<Keeps<'a>>,
}

/// What a server keeps, and found when it started.
pub(crate) struct Keeps<'a> {
    pub(crate) data_dir: &'a Path,
    /// How many keys there were; nothing on the first start.
    pub(crate) keys_found: Option<usize>,
}

impl Greeting<'_> {
    pub(crate) fn print(&self) {
        let _ = self.write(&mut io::stdout().lock());
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Self {
            address, region, ..
        } = self;
        let scheme = if self.tls { "https" } else { "http" };
        for (id, address) in &self.endpoints {
            writeln!(out, "VPC endpoint {id} is at {scheme}://{address}")?;
        }
        if let Some(address) = self.metrics {
            writeln!(out, "metrics are at http://{address}/metrics")?;
        }
        writeln!(out, "keystead is listening on {scheme}://{address}")?;
        let found = match &self.keeps {
            None => {
                writeln!(
                    out,
                    "\n  !! DEVELOPMENT MODE: any credentials are accepted, and every key is gone when this stops. !!\n"
                )?;
                None
            }
            Some(keeps) => keeps.keys_found.map(|keys| (keeps.data_dir, keys)),
        };
        let credentials = match self.credentials {
            _ if self.keeps.is_none() => {
                " AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=any".to_owned()
            }
            Some(path) => format!(" AWS_SHARED_CREDENTIALS_FILE={}", quoted(path)),
            None => String::new(),
        };
        let trust = self
            .certificate
            .map(|path| format!(" AWS_CA_BUNDLE={}", quoted(path)))
            .unwrap_or_default();
        let export = format!(
            "  export AWS_ENDPOINT_URL={scheme}://{} AWS_REGION={region} AWS_DEFAULT_REGION={region}{credentials}{trust}",
            self.reachable()
        );
        if let Some((data_dir, keys)) = found {
            let (data_dir, keys) = (data_dir.display(), counted(keys, "key"));
            writeln!(out, "The data directory {data_dir} was there, with {keys}.")?;
            return writeln!(out, "To use it in a terminal, paste:\n\n{export}\n");
        }
        writeln!(out, "To make your first key and use it, paste:\n\n{export}")?;
        writeln!(
            out,
            "  KEY=$(aws kms create-key --description 'my first key' --query KeyMetadata.KeyId --output text)"
        )?;
        writeln!(
            out,
            "  printf 'hello' | aws kms encrypt --key-id \"$KEY\" --plaintext fileb:///dev/stdin --query CiphertextBlob --output text"
        )?;
        writeln!(out)
    }

    /// The address to connect to, where the one listened on means "all".
    fn reachable(&self) -> SocketAddr {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            let loopback = if address.is_ipv4() {
                [127, 0, 0, 1].into()
            } else {
                std::net::Ipv6Addr::LOCALHOST.into()
            };
            address.set_ip(loopback);
        }
        address
    }
}

/// A path as a shell takes it whole.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Says what a command was asked for.
pub(crate) fn answer(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Says a part of what a command was asked for. `false` if nobody listens any more.
pub(crate) fn tell(text: &[u8]) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).is_ok()
}

/// Says beside the answer what is worth knowing of it.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says what is worth knowing and no reason to stop.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "keystead: warning: {text}");
}

/// Says why the process ends, with all causes. If a server refused something, the last line tells
/// under which id it has the request.
pub(crate) fn complain(error: &(dyn Error + 'static)) {
    let mut err = io::stderr().lock();
    let is_terminal = err.is_terminal();
    let _ = write!(err, "keystead: {}", complaint(error, is_terminal));
}

fn complaint(error: &(dyn Error + 'static), is_terminal: bool) -> String {
    let mut text = error.to_string();
    let (mut cause, mut refused) = (error.source(), refusal(error));
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        refused = refused.or_else(|| refusal(error));
        cause = error.source();
    }
    text.push('\n');
    if let Some(refusal) = refused.filter(|refusal| !refusal.request_id.is_empty()) {
        let line = request_line(refusal);
        // A terminal shows it faint: few need it, and those who do look for it.
        text.push_str(&match is_terminal {
            true => format!("\u{1b}[2m{line}\u{1b}[0m\n"),
            false => line + "\n",
        });
    }
    text
}

fn refusal<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Refusal> {
    match error.downcast_ref()? {
        ClientError::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

fn request_line(refusal: &Refusal) -> String {
    let id = clean(&refusal.request_id);
    match refusal.code.starts_with("AccessDenied") {
        true => format!(
            "  request id {id}: `keystead explain {id}` on the server tells how it was decided"
        ),
        false => format!("  request id {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something that failed because a server refused it.
    #[derive(Debug, thiserror::Error)]
    #[error("EnableKey failed")]
    struct Failed {
        source: ClientError,
    }

    #[test]
    fn a_refusal_is_told_with_the_id_of_its_request() {
        let failed = |code: &str, request_id: &str| Failed {
            source: ClientError::Refused(Refusal {
                code: code.to_owned(),
                message: "no".to_owned(),
                request_id: request_id.to_owned(),
            }),
        };
        for (code, id, is_terminal, expected) in [
            ("Else", "", true, "EnableKey failed: Else: no\n"),
            (
                "Else",
                "r-1",
                false,
                "EnableKey failed: Else: no\n  request id r-1\n",
            ),
            (
                "Else",
                "r\u{1b}",
                true,
                "EnableKey failed: Else: no\n\u{1b}[2m  request id r\\u{1b}\u{1b}[0m\n",
            ),
            (
                "AccessDenied",
                "r-1",
                false,
                "EnableKey failed: AccessDenied: no\n  request id r-1: `keystead explain r-1` on \
                 the server tells how it was decided\n",
            ),
        ] {
            assert_eq!(complaint(&failed(code, id), is_terminal), expected);
        }
        assert_eq!(complaint(&io::Error::other("x"), true), "x\n");
    }

    /// A pipe whose reader has gone.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_greeting_that_nobody_reads_is_an_error_and_no_panic() {
        let region = "us-east-1".parse().unwrap();
        let greeting = Greeting {
            address: ([0, 0, 0, 0], 7600).into(),
            tls: true,
            metrics: Some(([127, 0, 0, 1], 9464).into()),
            endpoints: vec![("vpce-1", ([127, 0, 0, 1], 7601).into())],
            region: &region,
            credentials: None,
            certificate: None,
            keeps: Some(Keeps {
                data_dir: Path::new("/d"),
                keys_found: None,
            }),
        };
        let error = greeting.write(&mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        let mut text = Vec::new();
        greeting.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("AWS_ENDPOINT_URL=https://127.0.0.1:7600 "));
        assert!(text.contains("\nmetrics are at http://127.0.0.1:9464/metrics\n"));
        assert!(text.starts_with("VPC endpoint vpce-1 is at https://127.0.0.1:7601\n"));
        assert!(
            text.contains("first key") && text.contains("create-key"),
            "{text}"
        );
    }

    #[test]
    fn a_restart_is_not_greeted_like_a_first_start() {
        let region = "us-east-1".parse().unwrap();
        let greeting = Greeting {
            address: ([127, 0, 0, 1], 7600).into(),
            tls: false,
            metrics: None,
            endpoints: Vec::new(),
            region: &region,
            credentials: Some(Path::new("/d/admin.credentials")),
            certificate: None,
            keeps: Some(Keeps {
                data_dir: Path::new("/d"),
                keys_found: Some(2),
            }),
        };
        let mut text = Vec::new();
        greeting.write(&mut text).unwrap();
        let expected = "keystead is listening on http://127.0.0.1:7600
The data directory /d was there, with 2 keys.
To use it in a terminal, paste:

  export AWS_ENDPOINT_URL=http://127.0.0.1:7600 AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 \
AWS_SHARED_CREDENTIALS_FILE='/d/admin.credentials'

";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
