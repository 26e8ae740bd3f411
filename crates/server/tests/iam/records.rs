use super::World;

/// What the audit log and the stores hold, all in one.
fn written(folder: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(written(&path));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn calls_are_recorded_and_secrets_are_not() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let key = world.key_of("ada").await;
    let folder = world.folder.path().to_owned();
    world.node.node.stop().await.unwrap();
    let written = written(&folder);
    let holds = |text: &str| {
        written
            .windows(text.len())
            .any(|found| found == text.as_bytes())
    };
    for expected in [
        r#""eventName":"CreateAccessKey""#,
        r#""eventSource":"iam.amazonaws.com""#,
        r#""requestParameters":{"userName":"ada"}"#,
        &key.access_key_id,
    ] {
        assert!(holds(expected), "{expected}");
    }
    assert!(!holds(&key.secret));
    assert!(!holds("secretAccessKey"));
}
