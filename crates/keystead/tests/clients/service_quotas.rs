//! Service Quotas, with the AWS CLI and boto3.

use keystead_testkit::clients;
use serde_json::Value;

use crate::machine::Machine;
use crate::{ServerOptions, boto3, server};

#[test]
fn the_cli_lists_the_quotas_of_kms() {
    let server = server();
    let machine = Machine::of(&server);
    let run = |line: &str| -> Value {
        let words: Vec<&str> = ["service-quotas"]
            .into_iter()
            .chain(line.split(' '))
            .collect();
        let printed = machine.run(&clients::program("aws"), &words).success();
        serde_json::from_str(&printed).unwrap()
    };
    let all = run("list-service-quotas --service-code kms");
    let quotas = all["Quotas"].as_array().unwrap();
    let named = |name: &str| {
        quotas
            .iter()
            .find(|quota| quota["QuotaName"] == name)
            .unwrap()
    };
    assert_eq!(named("Grants per CMK")["Value"], 50_000.0);
    let rsa = named("Cryptographic operations (RSA) request rate");
    assert_eq!(rsa["QuotaCode"], "L-2AC98190");
    let one = run("get-aws-default-service-quota --service-code kms --quota-code L-2AC98190");
    assert_eq!(one["Quota"]["Value"], 1000.0);
}

#[test]
fn boto3_sees_what_is_in_force() {
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"));
    let options = options
        .arg("--quota=keys=3")
        .env("KEYSTEAD_QUOTA", "keys=4");
    let server = options.arg("--quota=create_key_rate=0.001").start();
    boto3::run(&server, "boto3_service_quotas.py", &[]);
}
