use super::{World, arn, no_such};
use keystead_testkit::{Answer, Credentials};

fn trusting(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

fn decoded(answer: &Answer) -> String {
    let text = answer.xml("AssumeRolePolicyDocument");
    let mut parts = text.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        let byte = u8::from_str_radix(&part[..2], 16).unwrap();
        format!("{text}{}{}", char::from(byte), &part[2..])
    })
}

#[tokio::test]
async fn the_life_of_a_role() {
    let world = World::open().await;
    let trust = trusting("111122223333");
    let made = world
        .ok(
            "CreateRole",
            &[
                ("RoleName", "Deployer"),
                ("AssumeRolePolicyDocument", &trust),
                ("Description", "deploys"),
                ("Path", "/ci/"),
            ],
        )
        .await;
    assert_eq!(made.xml("Arn"), arn("role/ci/Deployer"));
    assert!(made.xml("RoleId").starts_with("AROA"));
    let role = ("RoleName", "deployer");
    let found = world.ok("GetRole", &[role]).await;
    assert_eq!(decoded(&found), trust);
    assert_eq!(
        (found.xml("Description"), found.xml("MaxSessionDuration")),
        ("deploys".to_owned(), "3600".to_owned())
    );

    world
        .ok("UpdateRole", &[role, ("MaxSessionDuration", "7200")])
        .await;
    let changed = world
        .ok("UpdateRoleDescription", &[role, ("Description", "does")])
        .await;
    assert_eq!(
        (
            changed.xml("Description"),
            changed.xml("MaxSessionDuration")
        ),
        ("does".to_owned(), "7200".to_owned())
    );
    let profiles = world.ok("ListInstanceProfilesForRole", &[role]).await;
    assert!(profiles.xml_all("member").is_empty());
    let taken = (
        409,
        "EntityAlreadyExists",
        "Role with name DEPLOYER already exists.",
    );
    let again = [
        ("RoleName", "DEPLOYER"),
        ("AssumeRolePolicyDocument", &*trust),
    ];
    world.refused("CreateRole", &again, taken).await;
    world.ok("DeleteRole", &[role]).await;
    let gone = no_such("role", "deployer");
    world
        .refused("GetRole", &[role], (404, "NoSuchEntity", &gone))
        .await;
}

#[tokio::test]
async fn whoever_is_trusted_exists() {
    let world = World::open().await;
    let nobody = arn("user/nobody");
    let role = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", &*trusting(&nobody)),
    ];
    let message = format!("Invalid principal in policy: \"AWS\":\"{nobody}\"");
    world
        .refused(
            "CreateRole",
            &role,
            (400, "MalformedPolicyDocument", &message),
        )
        .await;
    let open = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", &*trusting("*")),
    ];
    world.ok("CreateRole", &open).await;
    let update = [("RoleName", "r"), ("PolicyDocument", role[1].1)];
    world
        .refused(
            "UpdateAssumeRolePolicy",
            &update,
            (400, "MalformedPolicyDocument", &message),
        )
        .await;
    let resource = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}"#;
    let admin = Credentials::of(super::ADMIN);
    let update = [("RoleName", "r"), ("PolicyDocument", resource)];
    assert_eq!(
        world.code(&admin, "UpdateAssumeRolePolicy", &update).await,
        "MalformedPolicyDocument"
    );
}

#[tokio::test]
async fn a_principal_that_is_gone_is_shown_as_its_id() {
    let world = World::open().await;
    let made = world.ok("CreateUser", &[("UserName", "ada")]).await;
    let trust = trusting(&arn("user/ada"));
    world
        .ok(
            "CreateRole",
            &[("RoleName", "r"), ("AssumeRolePolicyDocument", &trust)],
        )
        .await;
    assert_eq!(
        decoded(&world.ok("GetRole", &[("RoleName", "r")]).await),
        trust
    );
    world
        .ok("UpdateUser", &[("UserName", "ada"), ("NewUserName", "bob")])
        .await;
    let shown = decoded(&world.ok("GetRole", &[("RoleName", "r")]).await);
    assert!(shown.contains(&arn("user/bob")), "{shown}");
    world.ok("DeleteUser", &[("UserName", "bob")]).await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let shown = decoded(&world.ok("GetRole", &[("RoleName", "r")]).await);
    assert!(
        shown.contains(&made.xml("UserId")) && !shown.contains("user/"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_trust_policy_has_room() {
    let world = World::open().await;
    let condition = "x".repeat(2048);
    let trust = trusting("*").replace(
        "\"Action\"",
        &format!(r#""Condition":{{"StringEquals":{{"sts:ExternalId":"{condition}"}}}},"Action""#),
    );
    let quota = (
        409,
        "LimitExceeded",
        "Cannot exceed quota for ACLSizePerRole: 2048",
    );
    world
        .refused(
            "CreateRole",
            &[("RoleName", "r"), ("AssumeRolePolicyDocument", &trust)],
            quota,
        )
        .await;
}
