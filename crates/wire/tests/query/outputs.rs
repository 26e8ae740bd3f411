//! Outputs as they are sent.

use std::collections::BTreeMap;

use keystead_wire::iam::output::{
    AccessKey, CreateAccessKey, GetAccountSummary, GetRole, ListUsers, Role, Tag, UpdateRole,
};
use keystead_wire::iam::{self, StatusType};
use keystead_wire::model::Sensitive;
use keystead_wire::query::{Document, Envelope, Iso8601, NoOutput, Output};
use keystead_wire::sts;

/// The body inside of the envelope that every reply has.
fn body(operation: &'static str, output: &impl Output) -> String {
    let envelope = Envelope {
        namespace: iam::NAMESPACE,
        operation,
        request_id: "r-1",
    };
    let body = String::from_utf8(output.encode(envelope)).unwrap();
    let start =
        format!("<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">");
    let end = format!(
        "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    );
    let inside = body.strip_prefix(&start).unwrap();
    inside.strip_suffix(&end).unwrap().to_owned()
}

pub(crate) fn role() -> Role {
    Role {
        path: "/".into(),
        role_name: "r".into(),
        role_id: "AROAEXAMPLE0000000001".into(),
        arn: "arn:aws:iam::111122223333:role/r".into(),
        create_date: Iso8601(1_767_323_045_999),
        assume_role_policy_document: Document("{\"a\": \"*~-._é\"}".into()),
        description: None,
        max_session_duration: 3600,
        permissions_boundary: None,
        tags: vec![Tag {
            key: "a&b".into(),
            value: String::new(),
        }],
        role_last_used: None,
        source_role_template: None,
    }
}

#[test]
fn structures_instants_and_documents() {
    assert_eq!(
        body("GetRole", &GetRole { role: role() }),
        "<GetRoleResult><Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROAEXAMPLE0000000001</RoleId><Arn>\
         arn:aws:iam::111122223333:role/r</Arn><CreateDate>2026-01-02T03:04:05Z</CreateDate>\
         <AssumeRolePolicyDocument>%7B%22a%22%3A%20%22%2A~-._%C3%A9%22%7D</AssumeRolePolicyDocument>\
         <MaxSessionDuration>3600</MaxSessionDuration><Tags><member><Key>a&amp;b</Key><Value></Value></member></Tags>\
         </Role></GetRoleResult>"
    );
}

#[test]
fn lists_and_maps() {
    let mut page = ListUsers {
        users: vec![],
        is_truncated: false,
        marker: None,
    };
    assert_eq!(
        body("ListUsers", &page),
        "<ListUsersResult><Users></Users><IsTruncated>false</IsTruncated></ListUsersResult>"
    );
    (page.is_truncated, page.marker) = (true, Some("m".into()));
    assert!(body("ListUsers", &page).contains("<IsTruncated>true</IsTruncated><Marker>m</Marker>"));
    let summary = GetAccountSummary {
        summary_map: BTreeMap::from([("Users".into(), 2), ("Roles".into(), 0)]),
    };
    assert_eq!(
        body("GetAccountSummary", &summary),
        "<GetAccountSummaryResult><SummaryMap><entry><key>Roles</key><value>0</value></entry><entry><key>Users</key>\
         <value>2</value></entry></SummaryMap></GetAccountSummaryResult>"
    );
}

#[test]
fn nothing_and_an_empty_result() {
    assert_eq!(body("DeleteUser", &NoOutput), "");
    assert_eq!(
        body("UpdateRole", &UpdateRole {}),
        "<UpdateRoleResult></UpdateRoleResult>"
    );
}

#[test]
fn secrets_are_sent_and_not_shown() {
    let key = CreateAccessKey {
        access_key: AccessKey {
            user_name: "u".into(),
            access_key_id: "AKIAEXAMPLE0000001".into(),
            status: StatusType::Active,
            secret_access_key: Sensitive::from("s+e/cret".to_owned()),
            create_date: Iso8601(0),
        },
    };
    assert!(!format!("{key:?}").contains("s+e"));
    assert_eq!(
        body("CreateAccessKey", &key),
        "<CreateAccessKeyResult><AccessKey><UserName>u</UserName><AccessKeyId>AKIAEXAMPLE0000001</AccessKeyId><Status>\
         Active</Status><SecretAccessKey>s+e/cret</SecretAccessKey><CreateDate>1970-01-01T00:00:00Z</CreateDate>\
         </AccessKey></CreateAccessKeyResult>"
    );
}

/// The buffer of a reply with a long session token is never grown, which would leave a copy of it behind.
#[test]
fn secrets_fit_the_first_buffer() {
    let output = sts::output::GetSessionToken {
        credentials: sts::output::Credentials {
            access_key_id: "ASIAEXAMPLE0000001".into(),
            secret_access_key: Sensitive::from("s".repeat(40)),
            session_token: Sensitive::from("t".repeat(4096)),
            expiration: Iso8601(253_402_300_799_000),
        },
        session_token_utilization: None,
        session_token_size: None,
    };
    let envelope = Envelope {
        namespace: sts::NAMESPACE,
        operation: "GetSessionToken",
        request_id: "r-1",
    };
    let body = output.encode(envelope);
    assert_eq!(body.capacity(), 8192);
    let body = String::from_utf8(body).unwrap();
    assert!(
        body.contains("<Expiration>9999-12-31T23:59:59Z</Expiration>"),
        "{body}"
    );
}

#[test]
fn caller_identity() {
    let identity = sts::output::GetCallerIdentity {
        arn: "arn:aws:iam::111122223333:user/a&b".into(),
        user_id: "AIDAEXAMPLE".into(),
        account: "111122223333".into(),
    };
    let envelope = Envelope {
        namespace: sts::NAMESPACE,
        operation: "GetCallerIdentity",
        request_id: "id-1",
    };
    assert_eq!(
        String::from_utf8(identity.encode(envelope)).unwrap(),
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a&amp;b</Arn><UserId>AIDAEXAMPLE</UserId>\
         <Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId>\
         </ResponseMetadata></GetCallerIdentityResponse>"
    );
}
