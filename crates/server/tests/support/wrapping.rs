//! What an owner of key material does with a wrapping key.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::TestNode;
use serde_json::{Value, json};

/// The parameters of an import, as they were given out.
#[derive(Clone)]
pub(crate) struct Parameters {
    pub(crate) token: Value,
    pub(crate) public_key: Vec<u8>,
    pub(crate) algorithm: &'static str,
}

impl Parameters {
    /// Asks for parameters: OAEP under 2048 bits, the quickest to make.
    pub(crate) async fn get(node: &TestNode, key: &str, algorithm: &'static str) -> Self {
        let input = json!({
            "KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": "RSA_2048",
        });
        let answer = node.ok("ada", "GetParametersForImport", &input).await;
        let public_key = answer["PublicKey"].as_str().unwrap();
        Self {
            token: answer["ImportToken"].clone(),
            public_key: STANDARD.decode(public_key).unwrap(),
            algorithm,
        }
    }

    /// The input that imports some material for good.
    pub(crate) fn import(&self, key: &str, material: &[u8]) -> Value {
        json!({
            "KeyId": key, "ImportToken": self.token,
            "EncryptedKeyMaterial": self.wrap(material),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        })
    }

    fn wrap(&self, material: &[u8]) -> String {
        let hash = match self.algorithm {
            "RSAES_OAEP_SHA_1" => &OAEP_SHA1_MGF1SHA1,
            _ => &OAEP_SHA256_MGF1SHA256,
        };
        let key = PublicEncryptingKey::from_der(&self.public_key).unwrap();
        let key = OaepPublicEncryptingKey::new(key).unwrap();
        let mut wrapped = vec![0; key.ciphertext_size()];
        let wrapped = key.encrypt(hash, material, &mut wrapped, None).unwrap();
        STANDARD.encode(wrapped)
    }
}

/// Adds members to an input, or replaces them.
pub(crate) fn with(mut input: Value, more: &Value) -> Value {
    let members = more.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(members);
    input
}
