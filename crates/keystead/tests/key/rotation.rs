//! `keystead key rotate` and `rotation`.

use crate::Scene;

#[test]
fn keys_get_new_material_regularly_and_now() {
    let scene = Scene::start();
    let key = scene.key(&["--alias", "a"]);
    assert_eq!(
        scene.ok(&["rotation", "alias/a"]),
        "alias/a: none regularly.\n"
    );
    let said = scene.ok(&["rotation", "alias/a", "enable", "--days", "180"]);
    assert_eq!(
        said,
        "alias/a gets new material regularly every 180 days.\n"
    );
    let status = scene.json(&["rotation", &key, "show"]);
    assert_eq!(status["RotationPeriodInDays"], 180);
    let shown = scene.ok(&["show", "alias/a"]);
    assert!(
        shown.contains("Rotation   every 180 days, next at 20"),
        "{shown}"
    );
    let _ = scene.ok(&["rotation", "alias/a", "disable"]);
    let status = scene.json(&["rotation", &key]);
    assert_eq!(status["KeyRotationEnabled"], false);

    let said = scene.ok(&["rotate", "alias/a"]);
    assert!(
        said.starts_with("alias/a is rotated. Its material is now ")
            && said.contains(", current since 20")
            && said.contains("keystead key show alias/a"),
        "{said}"
    );
    let rotations = scene.json(&["show", &key])["Rotations"].clone();
    assert_eq!(rotations.as_array().unwrap().len(), 2);
    let shown = scene.ok(&["show", &key]);
    assert!(shown.contains(": current since 20"), "{shown}");
    assert!(
        shown.contains(": former, current from the start to 20"),
        "{shown}"
    );
}

#[test]
fn other_kinds_are_refused_and_not_asked_about() {
    let scene = Scene::start();
    let key = scene.key(&["--spec", "hmac-256"]);
    let shown = scene.ok(&["show", &key]);
    assert!(shown.contains("Usage    GENERATE_VERIFY_MAC\n"), "{shown}");
    assert!(
        !shown.contains("Rotation") && !shown.contains("Materials"),
        "{shown}"
    );
    let refused = scene.err(&["rotate", &key]);
    assert!(
        refused.contains("UnsupportedOperationException\n  only SYMMETRIC_DEFAULT keys rotate"),
        "{refused}"
    );
}
