//! The calls whose instructions are counted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::connection::Connection;
use super::super::operations::encrypt;
use super::super::{Error, Uncounted};
use super::callgrind::Counted;

/// How many calls are made before any is counted: what is made or remembered at first is not of interest.
const WARM_UP: usize = 30;
/// How many calls are counted at a time, and how many times. The least counts: what the server does besides calls is not
/// meant.
const CALLS: usize = 50;
const TIMES: usize = 3;

/// What the calls are about.
struct Keys {
    symmetric: String,
    mac: String,
    p256: String,
    ed25519: String,
    ciphertext: String,
}

/// A call whose instructions are counted.
struct Call {
    /// As reports have it.
    name: &'static str,
    operation: &'static str,
    input: fn(&Keys) -> Value,
}

const CALLED: &[Call] = &[
    Call {
        name: "Encrypt",
        operation: "Encrypt",
        input: |keys| encrypt(&keys.symmetric, 1),
    },
    Call {
        name: "Encrypt-context",
        operation: "Encrypt",
        input: |keys| {
            let context = json!({"tenant": "acme", "purpose": "invoices", "table": "lines"});
            let plaintext = message();
            json!({"KeyId": keys.symmetric, "Plaintext": plaintext, "EncryptionContext": context})
        },
    },
    Call {
        name: "Decrypt",
        operation: "Decrypt",
        input: |keys| json!({"CiphertextBlob": keys.ciphertext}),
    },
    Call {
        name: "GenerateDataKey",
        operation: "GenerateDataKey",
        input: |keys| json!({"KeyId": keys.symmetric, "KeySpec": "AES_256"}),
    },
    Call {
        name: "GenerateMac",
        operation: "GenerateMac",
        input: |keys| json!({"KeyId": keys.mac, "MacAlgorithm": "HMAC_SHA_256", "Message": message()}),
    },
    Call {
        name: "Sign-P256",
        operation: "Sign",
        input: |keys| json!({"KeyId": keys.p256, "SigningAlgorithm": "ECDSA_SHA_256", "Message": message()}),
    },
    Call {
        name: "Sign-Ed25519",
        operation: "Sign",
        input: |keys| json!({"KeyId": keys.ed25519, "SigningAlgorithm": "ED25519_SHA_512", "Message": message()}),
    },
    Call {
        name: "DescribeKey",
        operation: "DescribeKey",
        input: |keys| json!({"KeyId": keys.symmetric}),
    },
];

fn message() -> String {
    STANDARD.encode([7; 1024])
}

/// What each call costs, in instructions.
pub(super) async fn count(server: &Counted) -> Result<Vec<(&'static str, u64)>, Error> {
    let keys = keys(server).await?;
    let mut counted = Vec::new();
    for call in CALLED {
        let input = (call.input)(&keys).to_string();
        let requests = server.client().requests(call.operation, &[input])?;
        let mut connection = Connection::open(server.address()).await.map_err(broken)?;
        repeat(&mut connection, &requests, WARM_UP, call.name).await?;
        let mut least = u64::MAX;
        for _ in 0..TIMES {
            server.zero()?;
            repeat(&mut connection, &requests, CALLS, call.name).await?;
            least = least.min(server.dump(call.name)?);
        }
        let each = least / CALLS as u64;
        println!("{:<18}{each:>10} instructions", call.name);
        counted.push((call.name, each));
    }
    Ok(counted)
}

async fn repeat(
    connection: &mut Connection,
    requests: &[Vec<u8>],
    times: usize,
    name: &'static str,
) -> Result<(), Error> {
    for request in requests.iter().cycle().take(times) {
        let reply = connection.exchange(request).await.map_err(broken)?;
        if reply.status != 200 {
            let body = String::from_utf8_lossy(reply.body).into_owned();
            return Err(Error::Uncounted(Uncounted::NotAnswered { name, body }));
        }
    }
    Ok(())
}

fn broken(error: super::super::connection::ExchangeError) -> Error {
    Error::Client(error.into())
}

async fn keys(server: &Counted) -> Result<Keys, Error> {
    let client = server.client();
    let key = async |input: Value| {
        let created = client.call("CreateKey", &input.to_string()).await?;
        created.text("/KeyMetadata/KeyId")
    };
    let symmetric = key(json!({})).await?;
    let mac = key(json!({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"})).await?;
    let p256 = key(json!({"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"})).await?;
    let ed25519 =
        key(json!({"KeySpec": "ECC_NIST_EDWARDS25519", "KeyUsage": "SIGN_VERIFY"})).await?;
    let encrypted = client
        .call("Encrypt", &encrypt(&symmetric, 1).to_string())
        .await?;
    Ok(Keys {
        ciphertext: encrypted.text("/CiphertextBlob")?,
        symmetric,
        mac,
        p256,
        ed25519,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_words_and_differ() {
        let names: BTreeSet<_> = CALLED.iter().map(|call| call.name).collect();
        assert_eq!(names.len(), CALLED.len());
        assert!(names.iter().all(|name| !name.contains(char::is_whitespace)));
    }
}
