//! Parameters that are accepted, and what they mean.

use keystead_wire::iam::input::{
    CreatePolicyVersion, CreateUser, GetAccountAuthorizationDetails, ListUsers,
    SimulatePrincipalPolicy, UntagUser, UpdateAccessKey,
};
use keystead_wire::iam::{ContextKeyTypeEnum, EntityType, PolicyIdentifierPolicyType, StatusType};
use keystead_wire::sts::input::{AssumeRole, GetCallerIdentity};

use super::decode;

#[test]
fn scalars_and_lists_of_structures() {
    let input: CreateUser = decode(
        "Path=%2Fci%2F&UserName=build&Tags.member.1.Key=team&Tags.member.1.Value=a+b&Tags.member.2.Value=\
         &Tags.member.2.Key=%C3%A9",
    )
    .unwrap();
    assert_eq!(input.path.as_deref(), Some("/ci/"));
    assert_eq!(input.user_name, "build");
    assert_eq!(input.permissions_boundary, None);
    let tags: Vec<(&str, &str)> = input
        .tags
        .iter()
        .map(|tag| (tag.key.as_str(), tag.value.as_str()))
        .collect();
    assert_eq!(tags, [("team", "a b"), ("é", "")]);
    assert_eq!(format!("{input:?}"), "CreateUser { .. }");
}

#[test]
fn elements_are_ordered_by_number() {
    let input: UntagUser = decode(
        "UserName=u&TagKeys.member.10=ten&TagKeys.member.2=two&TagKeys.member.1=one&TagKeys.member.300=last",
    )
    .unwrap();
    assert_eq!(input.tag_keys, ["one", "two", "ten", "last"]);
}

#[test]
fn empty_and_absent_lists() {
    for parameters in ["UserName=u", "UserName=u&Tags="] {
        let input: CreateUser = decode(parameters).unwrap();
        assert!(input.tags.is_empty());
    }
    let input: UntagUser = decode("UserName=u&TagKeys=").unwrap();
    assert!(input.tag_keys.is_empty());
}

#[test]
fn numbers_booleans_and_enums() {
    let input: ListUsers = decode("MaxItems=1000&Marker=m&PathPrefix=%2F").unwrap();
    assert_eq!(
        (input.max_items, input.marker.as_deref()),
        (Some(1000), Some("m"))
    );
    for (text, value) in [("true", true), ("false", false), ("True", true)] {
        let input: CreatePolicyVersion = decode(&format!(
            "PolicyArn=arn:aws:iam::111122223333:policy/p&PolicyDocument=%7B%7D&SetAsDefault={text}"
        ))
        .unwrap();
        assert_eq!(input.set_as_default, Some(value));
    }
    let input: UpdateAccessKey = decode("AccessKeyId=AKIAEXAMPLE0000001&Status=Inactive").unwrap();
    assert_eq!(input.status, StatusType::Inactive);
    let input: GetAccountAuthorizationDetails =
        decode("Filter.member.1=User&Filter.member.2=AWSManagedPolicy").unwrap();
    assert_eq!(
        input.filter,
        [EntityType::User, EntityType::AwsManagedPolicy]
    );
}

#[test]
fn lists_inside_lists() {
    let input: SimulatePrincipalPolicy = decode(
        "PolicySourceArn=arn:aws:iam::111122223333:user/u&ActionNames.member.1=kms:Decrypt&ContextEntries.member.1.ContextKeyName=\
         aws:SourceIp&ContextEntries.member.1.ContextKeyValues.member.1=10.0.0.1&ContextEntries.member.1.\
         ContextKeyValues.member.2=10.0.0.2&ContextEntries.member.1.ContextKeyType=ipList&PolicyExclusionList.member.1.\
         PolicyType=scp",
    )
    .unwrap();
    let [entry] = input.context_entries.as_slice() else {
        panic!("there is one entry");
    };
    assert_eq!(entry.context_key_name.as_deref(), Some("aws:SourceIp"));
    assert_eq!(entry.context_key_values, ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(entry.context_key_type, Some(ContextKeyTypeEnum::IpList));
    assert_eq!(
        input.policy_exclusion_list.first().unwrap().policy_type,
        Some(PolicyIdentifierPolicyType::Scp)
    );
}

#[test]
fn unknown_parameters_are_skipped() {
    let deep = "a.".repeat(10_000);
    for parameters in [
        "X-Amz-Expires=60&userName=x&Unknown.member.1.A=1&Unknown=2".to_owned(),
        format!("{deep}=1&.=2&=3&..=4"),
    ] {
        decode::<GetCallerIdentity>(&parameters).unwrap();
        let input: ListUsers = decode(&parameters).unwrap();
        assert_eq!(input.max_items, None);
    }
}

#[test]
fn credentials_are_not_shown() {
    let input: AssumeRole = decode(
        "RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s1&TokenCode=123456&DurationSeconds=900&\
         PolicyArns.member.1.arn=arn:aws:iam::111122223333:policy/p",
    )
    .unwrap();
    let code = input.token_code.unwrap();
    assert_eq!(code.expose(), "123456");
    assert_eq!(format!("{code:?}"), "Sensitive(..)");
    assert_eq!(
        input.policy_arns.first().unwrap().arn.as_deref(),
        Some("arn:aws:iam::111122223333:policy/p")
    );
}
