//! Organizations inputs and outputs as bodies.

use keystead_wire::json::{EpochSeconds, Input, Output};
use keystead_wire::model::RecordedValue::{List, Structure, Text};
use keystead_wire::model::{Recorded, Sensitive};
use keystead_wire::organizations::input::{
    AttachPolicy, CreateAccount, CreatePolicy, DescribeOrganization, ListPolicies,
};
use keystead_wire::organizations::output::{Account, DescribeAccount};
use keystead_wire::organizations::{AccountJoinedMethod, AccountStatus, PolicyType};

#[test]
fn inputs() {
    let input = CreatePolicy::decode(
        br#"{"Content":"{}","Description":"","Name":"n","Type":"SERVICE_CONTROL_POLICY","Tags":[{"Key":"a","Value":"b"}]}"#,
    )
    .unwrap();
    assert_eq!(input.r#type, PolicyType::ServiceControlPolicy);
    assert_eq!(input.description, "");
    assert_eq!(
        input.recorded(),
        [
            ("content", Text("{}".into())),
            ("description", Text(String::new())),
            ("name", Text("n".into())),
            ("type", Text("SERVICE_CONTROL_POLICY".into())),
            (
                "tags",
                List(vec![Structure(vec![
                    ("key", Text("a".into())),
                    ("value", Text("b".into()))
                ])])
            ),
        ]
    );
    DescribeOrganization::decode(b"{}").unwrap();
}

#[test]
fn persons_are_not_recorded() {
    let input = CreateAccount::decode(
        br#"{"Email":"a@example.com","AccountName":"a","RoleName":"OrganizationAccountAccessRole"}"#,
    )
    .unwrap();
    assert_eq!(input.email.expose(), "a@example.com");
    let names: Vec<&str> = input.recorded().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["roleName"]);
}

#[test]
fn refusals() {
    const PATTERN: &str = "You provided a value that does not match the required pattern.";
    for (body, message) in [
        (r#"{"PolicyId":"p-short","TargetId":"r-ab12"}"#, PATTERN),
        (r#"{"PolicyId":"p-FullAWSAccess","TargetId":"x"}"#, PATTERN),
        (
            r#"{"PolicyId":"p-FullAWSAccess"}"#,
            "You must include a value for all required parameters.",
        ),
    ] {
        let error = AttachPolicy::decode(body.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "InvalidInputException", "{body}");
        assert_eq!(error.message(), Some(message), "{body}");
    }
    let error = ListPolicies::decode(br#"{"Filter":"SCP"}"#).unwrap_err();
    assert_eq!(error.message(), Some("You specified an invalid value."));
    let error = ListPolicies::decode(br#"{"Filter":"TAG_POLICY","MaxResults":21}"#).unwrap_err();
    assert_eq!(
        error.message(),
        Some("You provided a numeric value that is larger than allowed.")
    );
    assert_eq!(
        CreateAccount::decode(br#"{"Email":1}"#).unwrap_err().code(),
        "SerializationException"
    );
}

#[test]
fn outputs() {
    let output = DescribeAccount {
        account: Account {
            id: "111122223333".into(),
            arn: "arn:aws:organizations::444455556666:account/o-exampleorg1/111122223333".into(),
            email: Sensitive::from("a@example.com".to_owned()),
            name: Sensitive::from("a".to_owned()),
            status: AccountStatus::Active,
            state: None,
            paths: vec![],
            joined_method: AccountJoinedMethod::Created,
            joined_timestamp: EpochSeconds(1500),
        },
    };
    assert_eq!(
        String::from_utf8(output.encode()).unwrap(),
        r#"{"Account":{"Id":"111122223333","Arn":"arn:aws:organizations::444455556666:account/o-exampleorg1/111122223333","Email":"a@example.com","Name":"a","Status":"ACTIVE","JoinedMethod":"CREATED","JoinedTimestamp":1.5}}"#
    );
}
