//! What the process says to the person who started it. The only place that prints.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the part that talks to people"
)]

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;

use keystead_core::arn::Region;

/// Where the server is, and what to paste to use it.
pub(crate) struct Greeting<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    pub(crate) region: &'a Region,
    /// The file with the admin's access key, if there is one.
    pub(crate) credentials: Option<&'a Path>,
    /// The self-made certificate that clients must trust, if there is one.
    pub(crate) certificate: Option<&'a Path>,
    pub(crate) development: bool,
}

impl Greeting<'_> {
    pub(crate) fn print(&self) {
        let Self {
            address, region, ..
        } = self;
        let scheme = if self.tls { "https" } else { "http" };
        println!("keystead is listening on {scheme}://{address}");
        if self.development {
            println!(
                "\n  !! DEVELOPMENT MODE: any credentials are accepted, and every key is gone when this stops. !!\n"
            );
        }
        let credentials = match self.credentials {
            _ if self.development => {
                " AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=any".to_owned()
            }
            Some(path) => format!(" AWS_SHARED_CREDENTIALS_FILE='{}'", path.display()),
            None => String::new(),
        };
        let trust = self
            .certificate
            .map(|path| format!(" AWS_CA_BUNDLE='{}'", path.display()))
            .unwrap_or_default();
        println!("To make your first key and use it, paste:\n");
        println!(
            "  export AWS_ENDPOINT_URL={scheme}://{} AWS_REGION={region} AWS_DEFAULT_REGION={region}{credentials}{trust}",
            self.reachable()
        );
        println!(
            "  KEY=$(aws kms create-key --description 'my first key' --query KeyMetadata.KeyId --output text)"
        );
        println!(
            "  printf 'hello' | aws kms encrypt --key-id \"$KEY\" --plaintext fileb:///dev/stdin --query CiphertextBlob --output text"
        );
        println!();
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

/// Says why the process ends, with all causes.
pub(crate) fn complain(error: &(dyn Error + 'static)) {
    eprint!("keystead: {error}");
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !said.contains(&text) {
            eprint!(": {text}");
            said.push_str(&text);
        }
        cause = error.source();
    }
    eprintln!();
}
