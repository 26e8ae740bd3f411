//! Temporary credentials, with the AWS CLI and boto3: sessions of roles, of oneself and of others.

use keystead_testkit::query::QueryService;
use keystead_testkit::{Server, clients};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::{boto3, server};

const ROLE: &str = "arn:aws:iam::000000000000:role/worker";
const SESSION: &str = "arn:aws:sts::000000000000:assumed-role/worker/work";
const DEVICE: &str = "arn:aws:iam::000000000000:mfa/ada";

/// Runs `aws …`, in words without spaces, and returns what it prints.
fn aws(machine: &Machine, line: &str) -> Value {
    let words: Vec<&str> = line.split(' ').collect();
    let printed = machine.run(&clients::program("aws"), &words).success();
    serde_json::from_str(&printed).unwrap()
}

/// Runs a command that the server refuses, and returns the CLI's message.
fn refused(machine: &Machine, line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let outcome = machine.run(&clients::program("aws"), &words);
    outcome.failure(255).trim().to_owned()
}

#[track_caller]
fn assert_code(message: &str, code: &str) {
    let start = format!("An error occurred ({code}) when calling the ");
    assert!(message.starts_with(&start), "{message}");
}

/// A machine of whoever has these credentials.
fn machine_of(server: &Server, credentials: &Value) -> Machine {
    let mut machine = Machine::of(server);
    for (variable, member) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ] {
        machine.set(variable, credentials[member].as_str().unwrap());
    }
    machine
}

fn policy(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
}

/// Makes a role that the account's users may become under this condition, and that may do anything
/// with keys.
fn role(server: &Server, name: &str, condition: &Value) {
    let account = json!({ "AWS": "arn:aws:iam::000000000000:root" });
    let trust = json!({
        "Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole", "Condition": condition,
    });
    let trust = policy(&trust);
    let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", &*trust)];
    let admin = server.client();
    let _ = admin.query_ok(QueryService::IAM, "CreateRole", &parameters);
    let rights = json!({ "Effect": "Allow", "Action": ["kms:*", "sts:*"], "Resource": "*" });
    put_policy(server, name, "rights", &rights);
}

fn put_policy(server: &Server, role: &str, name: &str, statement: &Value) {
    let document = policy(statement);
    let parameters = [
        ("RoleName", role),
        ("PolicyName", name),
        ("PolicyDocument", &*document),
    ];
    let admin = server.client();
    let _ = admin.query_ok(QueryService::IAM, "PutRolePolicy", &parameters);
}

#[test]
fn a_session_of_a_role() {
    let server = server();
    role(&server, "worker", &json!({}));
    let admin = Machine::of(&server);
    let assume = format!("sts assume-role --role-arn {ROLE} --role-session-name work");
    let made = aws(&admin, &assume);
    assert_eq!(made["AssumedRoleUser"]["Arn"], SESSION);
    let id = &made["AssumedRoleUser"]["AssumedRoleId"];
    let id = id.as_str().unwrap();
    assert!(id.starts_with("AROA") && id.ends_with(":work"), "{id}");

    let credentials = &made["Credentials"];
    let worker = machine_of(&server, credentials);
    let me = aws(&worker, "sts get-caller-identity");
    assert_eq!(me["Arn"], SESSION);
    assert_eq!(me["UserId"], id);
    assert_eq!(aws(&worker, "kms list-keys")["Keys"], json!([]));
    let line = format!(
        "sts get-access-key-info --access-key-id {}",
        credentials["AccessKeyId"].as_str().unwrap()
    );
    assert_eq!(aws(&admin, &line)["Account"], "000000000000");
    assert_code(&refused(&worker, "iam list-users"), "AccessDenied");

    // Half of the credentials is worth nothing.
    let mut half = machine_of(&server, credentials);
    half.unset("AWS_SESSION_TOKEN");
    let message = refused(&half, "sts get-caller-identity");
    assert_code(&message, "InvalidClientTokenId");
    let message = refused(&half, "kms list-keys");
    assert_code(&message, "UnrecognizedClientException");
}

#[test]
fn profiles_that_assume_roles() {
    let server = server();
    let with_id = json!({ "StringEquals": { "sts:ExternalId": "blue-7" } });
    role(&server, "worker", &with_id);
    role(&server, "helper", &json!({}));
    let (id, secret) = server.credentials();
    let mut machine = Machine::of(&server);
    machine.forget_access_key();
    machine.set("AWS_CONFIG_FILE", "config");
    machine.write(
        "config",
        format!(
            "[profile base]\n\
             aws_access_key_id = {id}\n\
             aws_secret_access_key = {secret}\n\
             [profile worker]\n\
             role_arn = {ROLE}\n\
             source_profile = base\n\
             external_id = blue-7\n\
             role_session_name = work\n\
             duration_seconds = 900\n\
             [profile helper]\n\
             role_arn = arn:aws:iam::000000000000:role/helper\n\
             source_profile = worker\n\
             role_session_name = help\n\
             [profile stranger]\n\
             role_arn = {ROLE}\n\
             source_profile = base\n"
        ),
    );
    let helper = "arn:aws:sts::000000000000:assumed-role/helper/help";
    for (profile, expected) in [("worker", SESSION), ("helper", helper)] {
        let me = aws(
            &machine,
            &format!("sts get-caller-identity --profile {profile}"),
        );
        assert_eq!(me["Arn"], expected);
    }
    let message = refused(&machine, "sts get-caller-identity --profile stranger");
    let expected = format!(
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: \
         arn:aws:iam::000000000000:user/admin is not authorized to perform: sts:AssumeRole on resource: {ROLE} \
         because no role trust policy allows the sts:AssumeRole action"
    );
    assert_eq!(message, expected);
}

#[test]
fn sessions_of_oneself_and_of_others() {
    let server = server();
    let admin = Machine::of(&server);
    let made = aws(&admin, "sts get-session-token --duration-seconds 900");
    let own = machine_of(&server, &made["Credentials"]);
    let me = aws(&own, "sts get-caller-identity");
    assert_eq!(me["Arn"], "arn:aws:iam::000000000000:user/admin");
    assert_eq!(aws(&own, "kms list-keys")["Keys"], json!([]));
    let message = refused(&own, "iam list-users");
    assert_code(&message, "InvalidClientTokenId");
    let message = refused(&own, "sts get-session-token");
    let expected = "An error occurred (AccessDenied) when calling the GetSessionToken operation: Cannot call GetSessionToken with session credentials";
    assert_eq!(message, expected);

    admin.write(
        "listing.json",
        policy(&json!({ "Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*" })),
    );
    let made = aws(
        &admin,
        "sts get-federation-token --name guest --policy file://listing.json",
    );
    assert_eq!(
        made["FederatedUser"]["FederatedUserId"],
        "000000000000:guest"
    );
    let guest = machine_of(&server, &made["Credentials"]);
    let me = aws(&guest, "sts get-caller-identity");
    assert_eq!(me["Arn"], "arn:aws:sts::000000000000:federated-user/guest");
    assert_eq!(aws(&guest, "kms list-keys")["Keys"], json!([]));
    let message = refused(&guest, "kms list-aliases");
    assert_code(&message, "AccessDeniedException");
    let silent = "because no session policy allows the kms:ListAliases action";
    assert!(message.ends_with(silent), "{message}");
}

/// What the console's "Revoke active sessions" writes, for an instant an hour away.
#[test]
fn sessions_that_are_revoked() {
    let server = server();
    role(&server, "worker", &json!({}));
    let admin = Machine::of(&server);
    let assume = format!(
        "sts assume-role --role-arn {ROLE} --role-session-name work --duration-seconds 900"
    );
    let made = aws(&admin, &assume);
    let worker = machine_of(&server, &made["Credentials"]);
    assert_eq!(aws(&worker, "kms list-keys")["Keys"], json!([]));
    let revocation = |until: &str| {
        let older = json!({ "DateLessThan": { "aws:TokenIssueTime": until } });
        let all = json!({
            "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older,
        });
        put_policy(&server, "worker", "AWSRevokeOlderSessions", &all);
    };
    let expiration = made["Credentials"]["Expiration"].as_str().unwrap();
    revocation(expiration);
    let message = refused(&worker, "kms list-keys");
    assert_code(&message, "AccessDeniedException");
    let denied = "with an explicit deny in an identity-based policy";
    assert!(message.ends_with(denied), "{message}");
    // Nobody is kept from knowing who they are.
    assert_eq!(aws(&worker, "sts get-caller-identity")["Arn"], SESSION);
    revocation("2026-01-01T00:00:00Z");
    assert_eq!(aws(&worker, "kms list-keys")["Keys"], json!([]));
}

#[test]
fn nobody_has_a_second_factor() {
    let server = server();
    role(&server, "worker", &json!({}));
    let machine = Machine::of(&server);
    let assume = format!("assume-role --role-arn {ROLE} --role-session-name work");
    for line in ["get-session-token", &assume] {
        let code = format!("sts {line} --serial-number {DEVICE} --token-code 123456");
        let message = refused(&machine, &code);
        assert_code(&message, "AccessDenied");
        assert!(message.contains("unable to validate MFA code"), "{message}");
        let message = refused(&machine, &format!("sts {line} --token-code 123456"));
        assert_code(&message, "AccessDenied");
        assert!(message.contains("must provide both"), "{message}");
    }
    // Nor can a role that asks for one be assumed without.
    let factor = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    role(&server, "careful", &factor);
    let line = "sts assume-role --role-arn arn:aws:iam::000000000000:role/careful --role-session-name work";
    assert_code(&refused(&machine, line), "AccessDenied");
}

#[test]
fn messages_that_are_none() {
    let server = server();
    let machine = Machine::of(&server);
    let line = "sts decode-authorization-message --encoded-message c29tZXRoaW5nIGVsc2U";
    let expected = "An error occurred (InvalidAuthorizationMessageException) when calling the DecodeAuthorizationMessage operation: Message is not valid";
    assert_eq!(refused(&machine, line), expected);
}

#[test]
fn with_boto3() {
    boto3::run(&server(), "boto3_sts.py", &[]);
}

/// boto3 renews a session when less than a quarter of an hour of it is left, and the shortest one
/// lasts as long: a new one for each call.
#[test]
fn sessions_are_renewed() {
    let server = server();
    role(&server, "worker", &json!({}));
    let (id, secret) = server.credentials();
    let mut machine = Machine::of(&server);
    machine.forget_access_key();
    machine.set("AWS_CONFIG_FILE", "config");
    machine.set("AWS_PROFILE", "worker");
    machine.write(
        "config",
        format!(
            "[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
             [profile worker]\nrole_arn = {ROLE}\nsource_profile = base\nduration_seconds = 900\n"
        ),
    );
    boto3::run_on(&mut machine, &server, "boto3_renewal.py", &[]);
    let events = server.audit_events();
    let keys = events
        .iter()
        .filter(|event| event["eventName"] == "GetCallerIdentity");
    let keys = keys.map(|event| event["userIdentity"]["accessKeyId"].as_str().unwrap());
    let mut keys: Vec<_> = keys.collect();
    assert_eq!(keys.len(), 3);
    keys.dedup();
    assert_eq!(keys.len(), 3);
}
