//! What the process says to the person who started it. The only place that prints.
//! That nobody listens any more is no reason to stop, so that what can't be written is dropped.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use keystead_core::arn::Region;

/// Where the server is, and what to paste to use it.
pub(crate) struct Greeting<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    /// The VPC endpoints, by their ids.
    pub(crate) endpoints: Vec<(&'a str, SocketAddr)>,
    pub(crate) region: &'a Region,
    /// The file with the admin's access key, if there is one.
    pub(crate) credentials: Option<&'a Path>,
    /// The self-made certificate that clients must trust, if there is one.
    pub(crate) certificate: Option<&'a Path>,
    pub(crate) development: bool,
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
        writeln!(out, "keystead is listening on {scheme}://{address}")?;
        if self.development {
            writeln!(
                out,
                "\n  !! DEVELOPMENT MODE: any credentials are accepted, and every key is gone when this stops. !!\n"
            )?;
        }
        let credentials = match self.credentials {
            _ if self.development => {
                " AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=any".to_owned()
            }
            Some(path) => format!(" AWS_SHARED_CREDENTIALS_FILE={}", quoted(path)),
            None => String::new(),
        };
        let trust = self
            .certificate
            .map(|path| format!(" AWS_CA_BUNDLE={}", quoted(path)))
            .unwrap_or_default();
        writeln!(out, "To make your first key and use it, paste:\n")?;
        writeln!(
            out,
            "  export AWS_ENDPOINT_URL={scheme}://{} AWS_REGION={region} AWS_DEFAULT_REGION={region}{credentials}{trust}",
            self.reachable()
        )?;
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

/// Says why the process ends, with all causes.
pub(crate) fn complain(error: &(dyn Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    let _ = writeln!(io::stderr().lock(), "keystead: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

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
            endpoints: vec![("vpce-1", ([127, 0, 0, 1], 7601).into())],
            region: &region,
            credentials: None,
            certificate: None,
            development: false,
        };
        let error = greeting.write(&mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        let mut text = Vec::new();
        greeting.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("AWS_ENDPOINT_URL=https://127.0.0.1:7600 "));
        assert!(text.starts_with("VPC endpoint vpce-1 is at https://127.0.0.1:7601\n"));
    }
}
