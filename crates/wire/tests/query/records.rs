//! What audit records may show of inputs and outputs.

use keystead_wire::iam::input::{CreateServiceLinkedRole, CreateUser, ListUsers, UpdateAccessKey};
use keystead_wire::iam::output::CreateRole;
use keystead_wire::model::RecordedValue::{self, Instant, Integer, List, Structure, Text};
use keystead_wire::model::{Recorded, Sensitive};
use keystead_wire::query::{Iso8601, NoOutput};
use keystead_wire::sts;
use keystead_wire::sts::input::{
    AssumeRole, AssumeRoleWithWebIdentity, DecodeAuthorizationMessage, GetCallerIdentity,
};
use keystead_wire::sts::output::{AssumedRoleUser, Credentials};

use super::decode;
use super::outputs::role;

fn text(text: &str) -> RecordedValue {
    Text(text.to_owned())
}

#[test]
fn inputs_show_what_is_there() {
    let input: CreateUser = decode("UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=b").unwrap();
    assert_eq!(
        input.recorded(),
        [
            ("userName", text("u")),
            (
                "tags",
                List(vec![Structure(vec![
                    ("key", text("a")),
                    ("value", text("b"))
                ])])
            ),
        ]
    );
    let input: ListUsers = decode("MaxItems=7").unwrap();
    assert_eq!(input.recorded(), [("maxItems", Integer(7))]);
    let input: UpdateAccessKey = decode("AccessKeyId=AKIAEXAMPLE0000001&Status=Active").unwrap();
    assert_eq!(
        input.recorded(),
        [
            ("accessKeyId", text("AKIAEXAMPLE0000001")),
            ("status", text("Active"))
        ]
    );
    let input: CreateServiceLinkedRole = decode("AWSServiceName=backup.amazonaws.com").unwrap();
    assert_eq!(
        input.recorded(),
        [("aWSServiceName", text("backup.amazonaws.com"))]
    );
    let input: GetCallerIdentity = decode("").unwrap();
    assert!(input.recorded().is_empty());
    assert!(NoOutput.recorded().is_empty());
}

#[test]
fn inputs_keep_credentials_back() {
    const ROLE: &str = "RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s1";
    let shown = [
        ("roleArn", text("arn:aws:iam::111122223333:role/r")),
        ("roleSessionName", text("s1")),
    ];
    let input: AssumeRole = decode(&format!(
        "{ROLE}&TokenCode=123456&ProvidedContexts.member.1.ContextAssertion=signed"
    ))
    .unwrap();
    assert_eq!(input.recorded(), shown);
    let input: AssumeRoleWithWebIdentity =
        decode(&format!("{ROLE}&WebIdentityToken=header.claims.signature")).unwrap();
    assert_eq!(input.recorded(), shown);
    let input: DecodeAuthorizationMessage = decode("EncodedMessage=abc").unwrap();
    assert!(input.recorded().is_empty());
}

#[test]
fn outputs_show_instants_and_encoded_documents() {
    let recorded = CreateRole { role: role() }.recorded();
    let [(name, Structure(members))] = recorded.as_slice() else {
        panic!("there is one structure");
    };
    assert_eq!(*name, "role");
    assert!(members.contains(&("createDate", Instant(1_767_323_045_999))));
    assert!(members.contains(&(
        "assumeRolePolicyDocument",
        text("%7B%22a%22%3A%20%22%2A~-._%C3%A9%22%7D")
    )));
    assert!(!members.iter().any(|(name, _)| *name == "description"));
}

#[test]
fn outputs_keep_credentials_back() {
    let output = sts::output::AssumeRole {
        credentials: Credentials {
            access_key_id: "ASIAEXAMPLE0000001".into(),
            secret_access_key: Sensitive::from("secret".to_owned()),
            session_token: Sensitive::from("token".to_owned()),
            expiration: Iso8601(1000),
        },
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: "AROAEXAMPLE0000000001:s1".into(),
            arn: "arn:aws:sts::111122223333:assumed-role/r/s1".into(),
        },
        packed_policy_size: Some(3),
        source_identity: None,
        session_token_utilization: None,
        session_token_size: None,
    };
    let recorded = output.recorded();
    assert_eq!(
        recorded.first().unwrap(),
        &(
            "credentials",
            Structure(vec![
                ("accessKeyId", text("ASIAEXAMPLE0000001")),
                ("expiration", Instant(1000))
            ])
        )
    );
    let names: Vec<&str> = recorded.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["credentials", "assumedRoleUser", "packedPolicySize"]
    );
}
