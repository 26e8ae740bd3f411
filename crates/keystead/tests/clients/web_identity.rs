//! Roles for whom an identity provider vouches, as pods and CI jobs take them: a token in a file,
//! and no access key. With the AWS CLI and boto3.

use keystead_testkit::node::JsonService;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Server, ServerOptions, clients};
use serde_json::{Value, json};

use crate::issuer::Issuer;
use crate::machine::Machine;
use crate::{boto3, server};

const ACCOUNT: &str = "000000000000";
const ROLE: &str = "arn:aws:iam::000000000000:role/pod";
const SESSION: &str = "arn:aws:sts::000000000000:assumed-role/pod/shop";
const AUDIENCE: &str = "app";

/// Registers a provider, by its host and path, and a role for its subject `ada`; the provider's ARN.
fn trust(server: &Server, issuer: &str) -> String {
    let admin = server.client();
    let url = format!("https://{issuer}");
    let provider = [("Url", url.as_str()), ("ClientIDList.member.1", AUDIENCE)];
    let made = admin.query_ok(QueryService::IAM, "CreateOpenIDConnectProvider", &provider);
    let provider = made.xml("OpenIDConnectProviderArn");
    assert_eq!(
        provider,
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")
    );
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Principal": { "Federated": provider },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": { "StringEquals": {
            format!("{issuer}:sub"): "ada",
            format!("{issuer}:aud"): AUDIENCE,
        }},
    }});
    let role = [
        ("RoleName", "pod"),
        ("AssumeRolePolicyDocument", &trust.to_string()),
    ];
    let _ = admin.query_ok(QueryService::IAM, "CreateRole", &role);
    let rights = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalTag/team": "blue" } },
    }});
    let policy = [
        ("RoleName", "pod"),
        ("PolicyName", "kms"),
        ("PolicyDocument", &rights.to_string()),
    ];
    let _ = admin.query_ok(QueryService::IAM, "PutRolePolicy", &policy);
    provider
}

/// A machine that has tokens of this issuer and no access key. `ada`'s token is the one in use.
fn pod(server: &Server, issuer: &str) -> Machine {
    let mut machine = Machine::of(server);
    machine.run_python("identity_provider.py", &[issuer]);
    machine.forget_access_key();
    for (name, value) in [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "ada.jwt"),
        ("AWS_ROLE_ARN", ROLE),
        ("AWS_ROLE_SESSION_NAME", "shop"),
    ] {
        machine.set(name, value);
    }
    machine
}

/// Gives the provider's keys to the server, which does not fetch them then.
fn give_keys(server: &Server, provider: &str, machine: &Machine) {
    let keys = json!({ "OpenIDConnectProviderArn": provider, "Keys": machine.read("keys.json") });
    let service = JsonService::KEYSTEAD;
    let _ = server
        .client()
        .json_ok(service, "PutOpenIDConnectProviderKeys", &keys);
}

/// Who the AWS CLI says that it is.
fn who(machine: &Machine) -> String {
    let words = ["sts", "get-caller-identity", "--output", "text"];
    let query = ["--query", "Arn"];
    let aws = clients::program("aws");
    let printed = machine.run(&aws, &[&words[..], &query].concat()).success();
    printed.trim_end().to_owned()
}

/// What the AWS CLI complains of.
fn complaint(machine: &Machine) -> String {
    let words = ["sts", "get-caller-identity"];
    machine.run(&clients::program("aws"), &words).failure(255)
}

#[test]
fn with_keys_that_the_operator_gave() {
    let server = server();
    let provider = trust(&server, "id.example.com/pods");
    let mut pod = pod(&server, "https://id.example.com/pods");
    give_keys(&server, &provider, &pod);
    assert_eq!(who(&pod), SESSION);
    let made = pod.run(&clients::program("aws"), &["kms", "create-key"]);
    let made: Value = serde_json::from_str(&made.success()).unwrap();
    assert_eq!(made["KeyMetadata"]["AWSAccountId"], ACCOUNT);
    check_records(&server, &provider, &pod.read("ada.jwt"));

    for (token, code) in [
        ("eve.jwt", "AccessDenied"),
        ("late.jwt", "ExpiredTokenException"),
        ("other.jwt", "InvalidIdentityToken"),
        ("forged.jwt", "InvalidIdentityToken"),
        ("keys.json", "InvalidIdentityToken"),
    ] {
        pod.set("AWS_WEB_IDENTITY_TOKEN_FILE", token);
        let start = format!(
            "An error occurred ({code}) when calling the AssumeRoleWithWebIdentity operation: "
        );
        let complaint = complaint(&pod);
        assert!(complaint.trim().starts_with(&start), "{token}: {complaint}");
    }
}

/// The records of a pod that became the role, asked who it is and made a key.
fn check_records(server: &Server, provider: &str, token: &str) {
    let events = server.audit_events();
    let find = |name: &str| events.iter().find(|event| event["eventName"] == name);
    let assumed = find("AssumeRoleWithWebIdentity").unwrap();
    let identity = &assumed["userIdentity"];
    assert_eq!(identity["type"], "WebIdentityUser");
    assert_eq!(
        identity["principalId"],
        format!("{provider}:{AUDIENCE}:ada")
    );
    assert_eq!(identity["identityProvider"], provider);
    assert_eq!(identity["userName"], "ada");
    let made = find("CreateKey").unwrap();
    let context = &made["userIdentity"]["sessionContext"];
    assert_eq!(context["sessionIssuer"]["arn"], ROLE);
    assert_eq!(
        context["webIdFederationData"]["federatedProvider"],
        provider
    );
    let signature = token.rsplit_once('.').unwrap().1;
    assert!(
        !events
            .iter()
            .any(|event| event.to_string().contains(signature))
    );
}

#[test]
fn with_boto3() {
    let server = server();
    let provider = trust(&server, "id.example.com/pods");
    let mut pod = pod(&server, "https://id.example.com/pods");
    give_keys(&server, &provider, &pod);
    boto3::run_on(&mut pod, &server, "boto3_web_identity.py", &[&provider]);
}

#[test]
fn with_keys_that_are_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("issuer.crt");
    let issuer = Issuer::with_certificate(&certificate);
    let server = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .env("SSL_CERT_FILE", certificate.to_str().unwrap())
        .start_in(folder);
    trust(&server, &issuer.authority_and_path());
    let pod = pod(&server, &issuer.url());
    issuer.serve(pod.read("keys.json"));
    assert_eq!(who(&pod), SESSION);
}

#[test]
fn keys_of_an_issuer_whose_certificate_nobody_vouches_for() {
    let server = server();
    let issuer = Issuer::with_certificate(&server.folder().join("issuer.crt"));
    unreachable(&server, issuer);
}

#[test]
fn keys_without_tls_are_not_fetched() {
    unreachable(&server(), Issuer::plain());
}

fn unreachable(server: &Server, issuer: Issuer) {
    trust(server, &issuer.authority_and_path());
    let pod = pod(server, &issuer.url());
    issuer.serve(pod.read("keys.json"));
    // The CLI would try again, if it might.
    let expected = "An error occurred (IDPCommunicationError) when calling the AssumeRoleWithWebIdentity operation (reached max retries: 0): Couldn't retrieve verification key from your identity provider";
    assert_eq!(complaint(&pod).trim(), expected);
}

/// In development an issuer on the machine itself needs no TLS.
#[test]
fn keys_without_tls_in_development() {
    let server = ServerOptions::new(env!("CARGO_BIN_EXE_keystead"))
        .dev()
        .start();
    let issuer = Issuer::plain();
    trust(&server, &issuer.authority_and_path());
    let pod = pod(&server, &issuer.url());
    issuer.serve(pod.read("keys.json"));
    assert_eq!(who(&pod), SESSION);
}
