use super::{EVERYTHING, World, arn};
use keystead_testkit::{Credentials, NodeOptions};

fn allow(action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"{condition}}}}}"#
    )
}

/// A trust policy that lets the account become the role.
fn trust() -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}}}"#,
        super::ACCOUNT
    )
}

#[tokio::test]
async fn who_may_not_ask_does_not_learn_who_is_there() {
    let world = World::with(NodeOptions::new().user("nobody", None)).await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let nobody = Credentials::of("nobody");
    for (operation, name) in [
        ("GetUser", "ada"),
        ("GetUser", "absent"),
        ("CreateUser", "ada"),
        ("DeleteUser", "absent"),
    ] {
        let answer = world.call(&nobody, operation, &[("UserName", name)]).await;
        assert_eq!(
            (answer.status, answer.xml("Code")),
            (403, "AccessDenied".to_owned())
        );
        let (me, it) = (arn("user/nobody"), arn(&format!("user/{name}")));
        let message = format!(
            "User: {me} is not authorized to perform: iam:{operation} on resource: {it} because no identity-based policy allows the iam:{operation} action"
        );
        assert_eq!(answer.xml("Message"), message);
    }
}

#[tokio::test]
async fn permissions_are_on_the_arn_with_its_path() {
    let below = allow("iam:*", &arn("user/ops/*"), "");
    let world = World::with(NodeOptions::new().user("chief", Some(&below))).await;
    let chief = Credentials::of("chief");
    let ops = [("UserName", "ada"), ("Path", "/ops/")];
    world.ok_as(&chief, "CreateUser", &ops).await;
    world.ok_as(&chief, "GetUser", &ops[..1]).await;
    for parameters in [
        &[("UserName", "bob")][..],
        &[("UserName", "bob"), ("Path", "/dev/")],
    ] {
        assert_eq!(
            world.code(&chief, "CreateUser", parameters).await,
            "AccessDenied"
        );
    }
    // It can't be taken out of where one has the say.
    let away = [("UserName", "ada"), ("NewPath", "/")];
    assert_eq!(
        world.code(&chief, "UpdateUser", &away).await,
        "AccessDenied"
    );
    assert_eq!(world.code(&chief, "ListUsers", &[]).await, "AccessDenied");
}

#[tokio::test]
async fn conditions_on_policies_boundaries_and_tags() {
    let only =
        |key: &str, value: &str| format!(r#","Condition":{{"ArnEquals":{{"{key}":"{value}"}}}}"#);
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let attacher = allow(
        "iam:AttachUserPolicy",
        "*",
        &only("iam:PolicyARN", read_only),
    );
    let maker = allow(
        "iam:CreateUser",
        "*",
        &only("iam:PermissionsBoundary", read_only),
    );
    let team = r#","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}"#;
    let keeper = allow("iam:DeleteUser", "*", team);
    let options = NodeOptions::new()
        .user("attacher", Some(&attacher))
        .user("maker", Some(&maker))
        .user("keeper", Some(&keeper));
    let world = World::with(options).await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;

    let by = Credentials::of("attacher");
    world
        .ok_as(&by, "AttachUserPolicy", &[ada, ("PolicyArn", read_only)])
        .await;
    let admin = [
        ada,
        ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ];
    assert_eq!(
        world.code(&by, "AttachUserPolicy", &admin).await,
        "AccessDenied"
    );

    let by = Credentials::of("maker");
    assert_eq!(
        world.code(&by, "CreateUser", &[("UserName", "bob")]).await,
        "AccessDenied"
    );
    let bounded = [("UserName", "bob"), ("PermissionsBoundary", read_only)];
    world.ok_as(&by, "CreateUser", &bounded).await;

    let by = Credentials::of("keeper");
    let bob = ("UserName", "bob");
    assert_eq!(world.code(&by, "DeleteUser", &[bob]).await, "AccessDenied");
    let tag = [
        bob,
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
    ];
    world.ok("TagUser", &tag).await;
    world.ok_as(&by, "DeleteUser", &[bob]).await;
}

#[tokio::test]
async fn making_something_with_tags_takes_the_permission_to_tag_it() {
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")];
    let trust = trust();
    for (create, tagging, made, input) in [
        ("CreateUser", "TagUser", "user/x", vec![("UserName", "x")]),
        (
            "CreateRole",
            "TagRole",
            "role/x",
            vec![("RoleName", "x"), ("AssumeRolePolicyDocument", &*trust)],
        ),
        (
            "CreatePolicy",
            "TagPolicy",
            "policy/x",
            vec![("PolicyName", "x"), ("PolicyDocument", EVERYTHING)],
        ),
        (
            "CreateOpenIDConnectProvider",
            "TagOpenIDConnectProvider",
            "oidc-provider/id.example.com",
            vec![
                ("Url", "https://id.example.com"),
                ("ClientIDList.member.1", "app"),
            ],
        ),
    ] {
        let maker = allow(&format!("iam:{create}"), "*", "");
        let both = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":["iam:{create}","iam:{tagging}"],"Resource":"{}"}}}}"#,
            arn(made)
        );
        let options = NodeOptions::new()
            .user("maker", Some(&maker))
            .user("tagger", Some(&both));
        let world = World::with(options).await;
        let mut tagged = input.clone();
        tagged.extend(tag);
        let refused = world.call(&Credentials::of("maker"), create, &tagged).await;
        assert_eq!(refused.xml("Code"), "AccessDenied", "{create}");
        let missing = format!("perform: iam:{tagging} on resource: {}", arn(made));
        let message = refused.xml("Message");
        assert!(message.contains(&missing), "{message}");
        world
            .ok_as(&Credentials::of("tagger"), create, &tagged)
            .await;
        // Without tags the permission to make it is enough: it is told that it is there already.
        let again = world.code(&Credentials::of("maker"), create, &input).await;
        assert_eq!(again, "EntityAlreadyExists", "{create}");
    }
}

#[tokio::test]
async fn whoever_names_no_user_means_itself_with_its_tags() {
    let frozen = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Deny","Action":"iam:*","Resource":"*",
         "Condition":{"StringEquals":{"aws:ResourceTag/frozen":"yes"}}}]}"#;
    let world = World::with(NodeOptions::new().user("ada", Some(frozen))).await;
    let ada = Credentials::of("ada");
    let id = world.key_of("ada").await.access_key_id;
    let tag = [
        ("UserName", "ada"),
        ("Tags.member.1.Key", "frozen"),
        ("Tags.member.1.Value", "yes"),
    ];
    let inactive = [("AccessKeyId", id.as_str()), ("Status", "Inactive")];
    let unnamed: [(&str, &[(&str, &str)]); 5] = [
        ("GetUser", &[]),
        ("ListAccessKeys", &[]),
        ("UpdateAccessKey", &inactive),
        ("DeleteAccessKey", &inactive[..1]),
        ("CreateAccessKey", &[]),
    ];
    for (operation, parameters) in unnamed {
        world.ok_as(&ada, operation, parameters).await;
    }
    world.ok("TagUser", &tag).await;
    for (operation, parameters) in unnamed {
        let named: Vec<_> = [parameters, &tag[..1]].concat();
        for parameters in [parameters, &named] {
            let refused = world.call(&ada, operation, parameters).await;
            let message = refused.xml("Message");
            let me = format!("{operation} on resource: {}", arn("user/ada"));
            let expected = message.contains(&me) && message.contains("explicit deny");
            assert!(expected, "{operation}: {message}");
        }
    }
}

#[tokio::test]
async fn tags_of_whose_policies_are_simulated() {
    let team = r#","Condition":{"StringEquals":{"iam:ResourceTag/team":"a"}}"#;
    let simulator = allow("iam:*Principal*", "*", team);
    let options = NodeOptions::new()
        .user("eve", Some(&simulator))
        .user("ada", None)
        .role("app", &trust(), None);
    let world = World::with(options).await;
    let eve = Credentials::of("eve");
    let sources = [
        ("user/ada", "TagUser", ("UserName", "ada")),
        ("role/app", "TagRole", ("RoleName", "app")),
    ];
    for (source, tagging, name) in sources {
        let source = arn(source);
        let simulated = [
            ("PolicySourceArn", source.as_str()),
            ("ActionNames.member.1", "kms:Encrypt"),
        ];
        let operations = [
            ("SimulatePrincipalPolicy", &simulated[..]),
            ("GetContextKeysForPrincipalPolicy", &simulated[..1]),
        ];
        for (operation, parameters) in operations {
            let code = world.code(&eve, operation, parameters).await;
            assert_eq!(code, "AccessDenied", "{operation} {source}");
        }
        let tag = [
            name,
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "a"),
        ];
        world.ok(tagging, &tag).await;
        for (operation, parameters) in operations {
            world.ok_as(&eve, operation, parameters).await;
        }
    }
}

#[tokio::test]
async fn tags_of_another_accounts_policy_are_not_told() {
    let world = World::with(NodeOptions::new().foreign_admin("other")).await;
    let other = Credentials::of("other");
    let made = [
        ("PolicyName", "p"),
        ("PolicyDocument", EVERYTHING),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
    ];
    let theirs = world.ok("CreatePolicy", &made).await.xml("Arn");
    let own = world.ok_as(&other, "CreatePolicy", &made).await.xml("Arn");
    for user in ["right", "wrong"] {
        let guess = if user == "right" { "a" } else { "b" };
        let team =
            format!(r#","Condition":{{"StringEquals":{{"aws:ResourceTag/team":"{guess}"}}}}"#);
        let policy = allow("iam:GetPolicy", "*", &team);
        let name = ("UserName", user);
        world.ok_as(&other, "CreateUser", &[name]).await;
        let put = [name, ("PolicyName", "guess"), ("PolicyDocument", &policy)];
        world.ok_as(&other, "PutUserPolicy", &put).await;
        let made = world.ok_as(&other, "CreateAccessKey", &[name]).await;
        let by = Credentials::shown_by(&made);
        let answer = world.call(&by, "GetPolicy", &[("PolicyArn", &own)]).await;
        assert_eq!(answer.status == 200, user == "right", "{user}");
        let answer = world
            .call(&by, "GetPolicy", &[("PolicyArn", &theirs)])
            .await;
        let message = answer.xml("Message");
        assert!(message.contains("no identity-based policy"), "{message}");
    }
}

#[tokio::test]
async fn the_boundary_that_a_user_or_role_has() {
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let bounded =
        format!(r#","Condition":{{"ArnEquals":{{"iam:PermissionsBoundary":"{read_only}"}}}}"#);
    let delegate = allow("iam:*", "*", &bounded);
    let options = NodeOptions::new()
        .user("eve", Some(&delegate))
        .user("ada", None)
        .role("app", &trust(), None);
    let world = World::with(options).await;
    let eve = Credentials::of("eve");
    for (kind, name) in [("User", ("UserName", "ada")), ("Role", ("RoleName", "app"))] {
        let managed = [name, ("PolicyArn", admin)];
        let inline = [name, ("PolicyName", "p"), ("PolicyDocument", EVERYTHING)];
        let boundary = [name, ("PermissionsBoundary", read_only)];
        let calls: [(String, &[(&str, &str)]); 5] = [
            (format!("Attach{kind}Policy"), &managed),
            (format!("Detach{kind}Policy"), &managed),
            (format!("Put{kind}Policy"), &inline),
            (format!("Delete{kind}Policy"), &inline[..2]),
            (format!("Delete{kind}PermissionsBoundary"), &inline[..1]),
        ];
        for (operation, parameters) in &calls {
            let code = world.code(&eve, operation, parameters).await;
            assert_eq!(code, "AccessDenied", "{operation} without a boundary");
        }
        let put = format!("Put{kind}PermissionsBoundary");
        world.ok_as(&eve, &put, &boundary).await;
        // What is asked for counts before what is there.
        let away = [name, ("PermissionsBoundary", admin)];
        assert_eq!(world.code(&eve, &put, &away).await, "AccessDenied");
        // Of other calls AWS tells no boundary.
        let get = format!("Get{kind}");
        assert_eq!(world.code(&eve, &get, &[name]).await, "AccessDenied");
        for (operation, parameters) in &calls {
            world.ok_as(&eve, operation, parameters).await;
        }
    }
}

#[tokio::test]
async fn accounts_know_nothing_of_each_other() {
    let world = World::with(NodeOptions::new().foreign_admin("other")).await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let other = Credentials::of("other");
    assert_eq!(
        world.code(&other, "GetUser", &[("UserName", "ada")]).await,
        "NoSuchEntity"
    );
    world
        .ok_as(&other, "CreateUser", &[("UserName", "ada")])
        .await;
    let made = world
        .ok(
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", EVERYTHING)],
        )
        .await;
    let policy = made.xml("Arn");
    assert_eq!(
        world
            .code(&other, "GetPolicy", &[("PolicyArn", &policy)])
            .await,
        "AccessDenied"
    );
    let users = world.ok_as(&other, "ListUsers", &[]).await;
    assert_eq!(users.xml_all("UserName"), ["ada", "other"]);
}
