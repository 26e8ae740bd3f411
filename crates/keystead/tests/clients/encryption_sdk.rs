//! The AWS Encryption SDK for Python: envelope encryption with data keys of the server.

use crate::machine::Machine;
use crate::server;

#[test]
fn keyrings_and_master_keys() {
    let server = server();
    Machine::of(&server).run_python("encryption_sdk_session.py", &[]);
}
