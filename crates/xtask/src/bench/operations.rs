//! The inputs of the operations that are measured.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_core::key::{KeySpec, SigningAlgorithm};
use serde_json::{Value, json};

use super::scenario::{Operation, Scenario};

/// The length of an encrypted plaintext, in bytes, unless a scenario says otherwise.
const PLAINTEXT_BYTES: usize = 1024;

/// The input of the Encrypt request of a connection; each has a plaintext of its own.
pub(super) fn encrypt(key_id: &str, index: usize) -> Value {
    json!({ "KeyId": key_id, "Plaintext": payload(PLAINTEXT_BYTES, index) })
}

/// The payload of a connection's requests, in base64.
fn payload(bytes: usize, index: usize) -> String {
    let payload: Vec<u8> = index
        .to_be_bytes()
        .into_iter()
        .cycle()
        .take(bytes)
        .collect();
    STANDARD.encode(payload)
}

/// What keys of this kind sign by, in the benchmark.
pub(super) const fn algorithm(spec: KeySpec) -> SigningAlgorithm {
    match spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => SigningAlgorithm::RsassaPssSha256,
        KeySpec::EccNistEdwards25519 => SigningAlgorithm::Ed25519Sha512,
        KeySpec::MlDsa44 | KeySpec::MlDsa65 | KeySpec::MlDsa87 => SigningAlgorithm::MlDsaShake256,
        _ => SigningAlgorithm::EcdsaSha256,
    }
}

/// The call that makes what another operation's input must bring along, and that of its answer which is brought.
pub(super) fn preparation(scenario: &Scenario) -> Option<(Operation, &'static str)> {
    match scenario.operation {
        Operation::Decrypt => Some((Operation::Encrypt, "CiphertextBlob")),
        Operation::Verify(spec) => Some((Operation::Sign(spec), "Signature")),
        _ => None,
    }
}

/// The input of the requests with this number. `prepared` is what [`preparation`] brought.
pub(super) fn input(
    scenario: &Scenario,
    operation: Operation,
    key: &str,
    index: usize,
    prepared: &str,
) -> Value {
    let payload = || payload(scenario.payload_bytes, index);
    let mut input = match operation {
        Operation::Encrypt => json!({ "KeyId": key, "Plaintext": payload() }),
        Operation::Decrypt => json!({ "KeyId": key, "CiphertextBlob": prepared }),
        Operation::GenerateDataKey => {
            json!({ "KeyId": key, "NumberOfBytes": scenario.payload_bytes })
        }
        Operation::Sign(spec) => {
            json!({ "KeyId": key, "Message": payload(), "SigningAlgorithm": algorithm(spec).as_str() })
        }
        Operation::Verify(spec) => json!({
            "KeyId": key, "Message": payload(), "Signature": prepared,
            "SigningAlgorithm": algorithm(spec).as_str(),
        }),
        Operation::GenerateMac => {
            json!({ "KeyId": key, "Message": payload(), "MacAlgorithm": "HMAC_SHA_256" })
        }
        Operation::CreateKey => json!({}),
        Operation::CreateGrant => json!({
            "KeyId": key, "GranteePrincipal": super::stage::GRANTEE, "Operations": ["Encrypt"],
        }),
    };
    if scenario.context
        && let Some(members) = input.as_object_mut()
    {
        let context = json!({ "tenant": "benchmark", "purpose": "a context of usual length" });
        members.insert("EncryptionContext".to_owned(), context);
    }
    input
}

#[cfg(test)]
mod tests {
    use super::super::scenario::SCENARIOS;
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
    fn inputs_have_what_their_scenario_says() {
        for scenario in SCENARIOS {
            let input = input(scenario, scenario.operation, "k", 3, "cHJlcGFyZWQ=");
            let name = scenario.name;
            assert_eq!(
                input.get("EncryptionContext").is_some(),
                scenario.context,
                "{name}"
            );
            assert_eq!(
                input.get("KeyId").is_some(),
                scenario.operation != Operation::CreateKey,
                "{name}"
            );
            for member in ["Plaintext", "Message"] {
                if let Some(payload) = input.get(member) {
                    let bytes = STANDARD.decode(payload.as_str().unwrap()).unwrap();
                    assert_eq!(bytes.len(), scenario.payload_bytes, "{name}");
                }
            }
            if let Some((_, member)) = preparation(scenario) {
                assert_eq!(input[member], "cHJlcGFyZWQ=", "{name}");
            }
        }
    }
}
