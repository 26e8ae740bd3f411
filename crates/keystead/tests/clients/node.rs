//! The AWS SDK for JavaScript, in Node.

use std::path::Path;

use keystead_testkit::{Server, ServerOptions, clients};

use crate::machine::Machine;
use crate::server;

fn machine(server: &Server) -> Machine {
    let mut machine = Machine::of(server);
    let modules = clients::folder().join("node/node_modules");
    machine.set("NODE_PATH", modules.to_str().unwrap());
    // The SDK announces on every start which Node it will want some day.
    machine.set("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
    machine
}

#[test]
fn a_session() {
    let server = server();
    machine(&server).run_script(Path::new("node"), "kms_session.mjs", &[]);
}

#[test]
fn a_session_over_https() {
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"));
    let server = options.arg("--tls-self-signed").start();
    assert!(server.url().starts_with("https://"));
    let mut machine = machine(&server);
    let certificate = server.data_dir().join("tls-self-signed.crt");
    machine.set("NODE_EXTRA_CA_CERTS", certificate.to_str().unwrap());
    machine.run_script(Path::new("node"), "kms_session.mjs", &[]);
}
