//! The operations that are measured, and what their requests hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The length of an encrypted plaintext, in bytes.
const PLAINTEXT_BYTES: usize = 1024;

/// What the requests speak of: made once, before anything is measured.
pub(super) struct Subject {
    /// The key's id.
    pub(super) key_id: String,
    /// Ciphertexts under that key, in base64: one for each connection.
    pub(super) ciphertexts: Vec<String>,
}

/// One measured operation.
pub(super) struct Operation {
    /// AWS's name of it.
    pub(super) name: &'static str,
    /// The input of a connection's requests, by the connection's number.
    pub(super) input: fn(&Subject, usize) -> Value,
}

/// What is measured, in this order.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "Encrypt",
        input: |subject, index| encrypt(&subject.key_id, index),
    },
    Operation {
        name: "Decrypt",
        input: |subject, index| json!({ "CiphertextBlob": subject.ciphertexts.get(index) }),
    },
    Operation {
        name: "GenerateDataKey",
        input: |subject, _| json!({ "KeyId": subject.key_id, "KeySpec": "AES_256" }),
    },
];

/// The input of the Encrypt request of a connection; each has a plaintext of its own.
pub(super) fn encrypt(key_id: &str, index: usize) -> Value {
    let plaintext: Vec<u8> = index
        .to_be_bytes()
        .into_iter()
        .cycle()
        .take(PLAINTEXT_BYTES)
        .collect();
    json!({ "KeyId": key_id, "Plaintext": STANDARD.encode(plaintext) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintexts_are_of_the_length_and_differ() {
        let plaintext = |index| {
            let input = encrypt("k", index);
            STANDARD
                .decode(input["Plaintext"].as_str().unwrap())
                .unwrap()
        };
        assert_eq!(plaintext(0).len(), PLAINTEXT_BYTES);
        assert_ne!(plaintext(0), plaintext(1));
    }

    #[test]
    fn every_operation_has_its_input() {
        let subject = Subject {
            key_id: "k".into(),
            ciphertexts: vec!["AA==".into(), "AQ==".into()],
        };
        let inputs: Vec<_> = OPERATIONS
            .iter()
            .map(|operation| (operation.name, (operation.input)(&subject, 1)))
            .collect();
        assert_eq!(inputs[0].1["KeyId"], "k");
        assert_eq!(inputs[1].1, json!({ "CiphertextBlob": "AQ==" }));
        assert_eq!(inputs[2].1, json!({ "KeyId": "k", "KeySpec": "AES_256" }));
    }
}
