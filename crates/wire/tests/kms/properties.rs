//! No body panics, and what is not refused keeps the limits.

use keystead_wire::json::Input;
use keystead_wire::kms::input::{
    CreateKey, Encrypt, GenerateRandom, ImportKeyMaterial, TagResource,
};
use proptest::prelude::*;

use super::decode;

/// Text that looks like JSON often enough.
fn near_json() -> impl Strategy<Value = String> {
    let tokens = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "1",
        "-1.5e3",
        "\"\"",
        "\"x\"",
        "\"KeyId\"",
        "\"Plaintext\"",
        "\"EncryptionContext\"",
        "\"GrantTokens\"",
        "\"Tags\"",
        "\"ValidTo\"",
        "\"TagKey\"",
        "\"aGk=\"",
        "\"\\ud800\"",
        " ",
    ]);
    prop::collection::vec(tokens, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn nothing_panics(body in near_json(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for body in [body.as_bytes(), &bytes] {
            let _ = Encrypt::decode(body);
            let _ = TagResource::decode(body);
            let _ = CreateKey::decode(body);
            let _ = ImportKeyMaterial::decode(body);
        }
    }

    #[test]
    fn accepted_numbers_are_in_range(number in any::<f64>()) {
        if let Ok(input) = decode::<GenerateRandom>(&format!(r#"{{"NumberOfBytes":{number:?}}}"#)) {
            prop_assert!((1..=1024).contains(&input.number_of_bytes.unwrap()));
        }
    }

    #[test]
    fn any_number_is_an_instant(number in any::<f64>()) {
        let body = format!(
            r#"{{"KeyId":"k","ImportToken":"AA==","EncryptedKeyMaterial":"AA==","ValidTo":{number:?}}}"#
        );
        let input = decode::<ImportKeyMaterial>(&body);
        prop_assert_eq!(input.is_ok(), number.is_finite());
    }

    #[test]
    fn strings_survive(key_id in "\\PC{1,40}", context in prop::collection::btree_map(".*", ".*", 0..4)) {
        let body = serde_json::json!({"KeyId": key_id, "Plaintext": "aGk=", "EncryptionContext": context});
        let input: Encrypt = decode(&body.to_string()).unwrap();
        prop_assert_eq!(input.key_id, key_id);
        prop_assert_eq!(input.encryption_context, context);
    }

    #[test]
    fn any_other_constraint_is_a_validation_exception(description in "\\PC{8193,8200}") {
        let body = serde_json::json!({"Description": description}).to_string();
        prop_assert_eq!(decode::<CreateKey>(&body).unwrap_err().code(), "ValidationException");
    }
}
