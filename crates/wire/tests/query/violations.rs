//! Parameters that are refused, and in which words.

use keystead_wire::iam::input::{
    CreatePolicyVersion, CreateUser, ListUsers, TagUser, UntagUser, UpdateAccessKey,
};
use keystead_wire::query::Input;
use keystead_wire::sts::input::{AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken};

use super::refusal;

#[track_caller]
fn assert_malformed<I: Input>(parameters: &str, message: &str) {
    assert_eq!(
        refusal::<I>(parameters),
        ("MalformedInput", Some(message.to_owned())),
        "{parameters}"
    );
}

#[track_caller]
fn assert_validation<I: Input>(parameters: &str, message: &str) {
    assert_eq!(
        refusal::<I>(parameters),
        ("ValidationError", Some(message.to_owned())),
        "{parameters}"
    );
}

#[test]
fn other_types() {
    const NO_INTEGER: &str = "STRING_VALUE can not be converted to an Integer";
    for text in [
        "abc",
        "",
        "1.5",
        "0x10",
        "99999999999999999999",
        "+-1",
        " 1",
    ] {
        let parameters = format!("MaxItems={}", text.replace('+', "%2B"));
        assert_malformed::<ListUsers>(&parameters, NO_INTEGER);
    }
    for text in ["yes", "1", ""] {
        assert_malformed::<CreatePolicyVersion>(
            &format!("PolicyArn=a&PolicyDocument=d&SetAsDefault={text}"),
            "STRING_VALUE can not be converted to a Boolean",
        );
    }
}

#[test]
fn other_structure() {
    const STRUCTURE: &str = "Start of structure or map found where not expected.";
    const LIST: &str = "Start of list found where not expected";
    for (parameters, message) in [
        ("UserName.1=u", STRUCTURE),
        ("UserName.member.1=u", LIST),
        (
            "UserName=u&UserName.x=v",
            "Unexpected complex element termination",
        ),
        ("Tags.Key=a", STRUCTURE),
        ("Tags.1.Key=a", STRUCTURE),
        ("Tags.member=a", STRUCTURE),
        ("Tags.member.1.Key=a&Tags.x=b", STRUCTURE),
        (
            "Tags.member.1.Key=a&Tags=",
            "Unexpected complex element termination",
        ),
        ("Tags.member.1.Key.member.1=a", LIST),
        ("Tags=a", "Expected list or null"),
        ("Tags.member.1=a", "Expected null"),
        ("Tags.member.0.Key=a", "0 is not a valid index of a list"),
        ("Tags.member.01.Key=a", "01 is not a valid index of a list"),
        (
            "Tags.member.%2B1.Key=a",
            "+1 is not a valid index of a list",
        ),
        ("Tags.member.x.Key=a", "x is not a valid index of a list"),
        (
            "Tags.member.4294967296.Key=a",
            "4294967296 is not a valid index of a list",
        ),
    ] {
        assert_malformed::<CreateUser>(parameters, message);
    }
}

#[test]
fn single_violations() {
    assert_validation::<CreateUser>(
        "Path=/",
        "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null",
    );
    assert_validation::<CreateUser>(
        "UserName=a%2Fb",
        "1 validation error detected: Value 'a/b' at 'userName' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: [\\w+=,.@-]+",
    );
    assert_validation::<ListUsers>(
        "MaxItems=0",
        "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value \
         greater than or equal to 1",
    );
    assert_validation::<UpdateAccessKey>(
        "AccessKeyId=AKIAEXAMPLE0000001&Status=inactive",
        "1 validation error detected: Value 'inactive' at 'status' failed to satisfy constraint: Member must satisfy \
         enum value set: [Active, Inactive, Expired]",
    );
    assert_validation::<GetSessionToken>(
        "DurationSeconds=899",
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have \
         value greater than or equal to 900",
    );
}

#[test]
fn violations_inside_lists() {
    assert_validation::<TagUser>(
        "UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Value=a%2Ab",
        "2 validation errors detected: Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not \
         be null; Value 'a*b' at 'tags.2.member.value' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
    );
    let keys: String = (1..=51).map(|n| format!("&TagKeys.member.{n}=k")).collect();
    let shown = vec!["k"; 51].join(", ");
    assert_validation::<UntagUser>(
        &format!("UserName=u{keys}"),
        &format!(
            "1 validation error detected: Value '[{shown}]' at 'tagKeys' failed to satisfy constraint: Member must \
             have length less than or equal to 50"
        ),
    );
}

#[test]
fn credentials_are_not_shown() {
    assert_validation::<AssumeRoleWithWebIdentity>(
        "RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s1&WebIdentityToken=abc",
        "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have \
         length greater than or equal to 4",
    );
    assert_validation::<AssumeRole>(
        "RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s1&TokenCode=12345x",
        "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\d]*",
    );
}
