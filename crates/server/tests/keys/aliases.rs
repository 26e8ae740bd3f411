//! `UpdateAlias` between keys of different kinds.

use serde_json::{Value, json};

use super::Place;

#[tokio::test]
async fn an_alias_moves_between_keys_of_one_type_and_usage() {
    let place = Place::new().await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let symmetric_too = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let rsa = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let sm2 = place.key("SM2", "ENCRYPT_DECRYPT").await;
    let signing = place.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let signing_too = place.key("ML_DSA_44", "SIGN_VERIFY").await;
    let agreeing = place.key("ECC_NIST_P256", "KEY_AGREEMENT").await;
    let mac = place.key("HMAC_256", "GENERATE_VERIFY_MAC").await;
    let mac_too = place.key("HMAC_512", "GENERATE_VERIFY_MAC").await;
    for (from, to, is_alike) in [
        (&symmetric, &symmetric_too, true),
        (&symmetric, &rsa, false),
        (&symmetric, &mac, false),
        (&rsa, &sm2, true),
        (&rsa, &symmetric, false),
        (&signing, &signing_too, true),
        (&signing, &agreeing, false),
        (&signing, &rsa, false),
        (&mac, &mac_too, true),
        (&mac, &signing, false),
    ] {
        let alias = json!({"AliasName": "alias/moving", "TargetKeyId": from});
        assert_eq!(place.ok("CreateAlias", alias).await, Value::Null);
        let moved = json!({"AliasName": "alias/moving", "TargetKeyId": to});
        if is_alike {
            assert_eq!(place.ok("UpdateAlias", moved).await, Value::Null);
        } else {
            let message = format!(
                "The alias alias/moving can't be moved from {from} to {to}: both keys must be of the same type and key usage."
            );
            let refusal = ("UpdateAlias", moved, "ValidationException", message);
            place.refused([refusal]).await;
        }
        let at = place
            .ok("DescribeKey", json!({"KeyId": "alias/moving"}))
            .await;
        let expected = if is_alike { to } else { from };
        assert_eq!(&at["KeyMetadata"]["Arn"], expected);
        place
            .ok("DeleteAlias", json!({"AliasName": "alias/moving"}))
            .await;
    }
}
