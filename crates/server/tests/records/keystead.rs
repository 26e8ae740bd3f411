//! The operations of Keystead's own.

use serde_json::json;

use crate::world::{KEYSTEAD, SERVICE, World, provider_arn, text};

pub(crate) async fn services(world: &World) {
    let service = json!({"ServiceName": SERVICE});
    world.json(KEYSTEAD, "PutService", service.clone()).await;
    world
        .json(
            KEYSTEAD,
            "ListServices",
            json!({"NamePrefix": "s3", "MaxItems": 5}),
        )
        .await;
    let made = world
        .json(KEYSTEAD, "CreateServiceAccessKey", service.clone())
        .await;
    let id = text(&made, "/AccessKey/AccessKeyId");
    world
        .json(KEYSTEAD, "ListServiceAccessKeys", service.clone())
        .await;
    let key = json!({"ServiceName": SERVICE, "AccessKeyId": id});
    world.json(KEYSTEAD, "DeleteServiceAccessKey", key).await;
    world.json(KEYSTEAD, "DeleteService", service).await;
}

pub(crate) async fn others(world: &World) {
    let provider = json!({"OpenIDConnectProviderArn": provider_arn()});
    world
        .json(KEYSTEAD, "GetOpenIDConnectProviderKeys", provider)
        .await;
    let keys = json!({
        "OpenIDConnectProviderArn": provider_arn(), "Keys": world.signer.key_set().to_string(),
    });
    for coordinate in ["/keys/0/x", "/keys/0/y"] {
        world.random(&text(&world.signer.key_set(), coordinate), "coordinate");
    }
    world
        .json(KEYSTEAD, "PutOpenIDConnectProviderKeys", keys)
        .await;
    let made = world.kms("CreateKey", json!({})).await;
    let who = json!({"Action": "kms:Decrypt", "KeyId": made["KeyMetadata"]["KeyId"], "Limit": 5});
    world.json(KEYSTEAD, "WhoCan", who).await;
    // Only development mode has it.
    let seed = json!({
        "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "KeyMaterial": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    });
    world.refused(KEYSTEAD, "SeedKey", seed).await;
}
