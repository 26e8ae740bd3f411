//! `keystead key import`: material is wrapped here, to a public key of the server's, and leaves
//! this process in no other form.

mod error;
mod expiry;
mod material;
mod pkcs8;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use keystead_core::key::{KeySpec, Origin, WrappingAlgorithm};
use keystead_core::time::Timestamp;
use keystead_crypto::wrap_material;
use keystead_wire::kms::WrappingKeySpec;
use serde_json::{Value, json};

pub(super) use self::error::ImportError;
use super::error::KeyError;
use super::session::Session;
use super::{metadata, named};
use crate::client::answer::text;
use crate::harden;
use crate::progress::Progress;

pub(super) const EXAMPLE: &str = "Examples:
  keystead key create --origin external --alias orders
  openssl rand 32 > orders.key
  keystead key import alias/orders orders.key --no-expiry

FILE has the raw bytes of a symmetric or HMAC key, or a private key in PKCS#8, DER or PEM. It is \
encrypted here, to a key that the server makes for this. Needs kms:DescribeKey, \
kms:GetParametersForImport and kms:ImportKeyMaterial.";

/// What material goes into which key.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key, made with --origin external: its id, its ARN, or alias/NAME
    key: String,

    /// The material; - reads standard input
    file: PathBuf,

    #[command(flatten)]
    until: expiry::Expiry,

    /// How it is wrapped, such as rsaes-oaep-sha-256 [default: what suits the key's spec]
    #[arg(long, value_name = "ALGORITHM", value_parser = named::wrapping_algorithm)]
    wrapping_algorithm: Option<WrappingAlgorithm>,

    /// With what kind of key [default: rsa-4096, or what the algorithm is for]
    #[arg(long, value_name = "SPEC", value_parser = named::wrapping_key_spec)]
    wrapping_key_spec: Option<WrappingKeySpec>,

    /// Add it to what the key has, to rotate to: symmetric keys only
    #[arg(long)]
    new_material: bool,

    /// Which of the key's materials it is, where it has several
    #[arg(long, value_name = "ID", conflicts_with = "new_material")]
    material_id: Option<String>,

    /// What this material is, in words
    #[arg(long, value_name = "TEXT")]
    material_description: Option<String>,
}

/// Reads the material, checks and wraps it, and hands it over.
pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<(), KeyError> {
    harden::harden();
    let described = metadata::of(session, &arguments.key)?;
    let spec = importable(&arguments.key, &described)?;
    let algorithm = algorithm(spec, arguments.wrapping_algorithm)?;
    let material = material::read(&arguments.file, spec)?;
    let key = text(&described, "Arn");
    let progress = Progress::start();
    progress.say("the server makes a wrapping key …");
    let wrapping_key = arguments.wrapping_key_spec.unwrap_or(match algorithm {
        WrappingAlgorithm::Sm2Pke => WrappingKeySpec::Sm2,
        _ => WrappingKeySpec::Rsa4096,
    });
    let parameters = session.call(
        "GetParametersForImport",
        &json!({
            "KeyId": key,
            "WrappingAlgorithm": algorithm.as_str(),
            "WrappingKeySpec": wrapping_key.as_str(),
        }),
    )?;
    progress.say("wrapping the material …");
    let public_key = STANDARD.decode(text(&parameters, "PublicKey"));
    let public_key = public_key.map_err(|_| KeyError::Answer {
        operation: "GetParametersForImport",
        member: "PublicKey",
    })?;
    let wrapped = wrap_material(algorithm, &public_key, &material)
        .map_err(|source| ImportError::Wrap { algorithm, source })?;
    drop(material);
    progress.say("importing it …");
    let input = arguments.input(key, &parameters, &wrapped);
    let answer = session.call("ImportKeyMaterial", &input)?;
    drop(progress);
    session.say(&answer, || arguments.words(&answer));
    Ok(())
}

/// The spec of a key that is there to have its material imported.
fn importable(name: &str, described: &Value) -> Result<KeySpec, ImportError> {
    let key = || name.to_owned();
    if text(described, "Origin") != Origin::External.as_str() {
        return Err(ImportError::OwnMaterial { key: key() });
    }
    let spec = text(described, "KeySpec");
    spec.parse().map_err(|_| ImportError::UnknownSpec {
        key: key(),
        spec: spec.to_owned(),
    })
}

/// The algorithm that was asked for, or else the first that suits.
fn algorithm(
    spec: KeySpec,
    wanted: Option<WrappingAlgorithm>,
) -> Result<WrappingAlgorithm, ImportError> {
    let suitable = spec.wrapping_algorithms();
    let chosen = match wanted {
        None => suitable.first(),
        Some(wanted) => suitable.iter().find(|one| **one == wanted),
    };
    chosen.copied().ok_or_else(|| ImportError::Unsuitable {
        spec,
        suitable: named::listed(suitable),
    })
}

impl Arguments {
    fn input(&self, key: &str, parameters: &Value, wrapped: &[u8]) -> Value {
        json!({
            "KeyId": key,
            "ImportToken": parameters.get("ImportToken"),
            "EncryptedKeyMaterial": STANDARD.encode(wrapped),
            "ExpirationModel": self.until.model(),
            "ValidTo": self.until.instant().map(Timestamp::as_seconds),
            "ImportType": self.new_material.then_some("NEW_KEY_MATERIAL"),
            "KeyMaterialId": self.material_id,
            "KeyMaterialDescription": self.material_description,
        })
    }

    fn words(&self, answer: &Value) -> String {
        let name = &self.key;
        let material = match text(answer, "KeyMaterialId") {
            "" => String::new(),
            id => format!(" Its id is {id}."),
        };
        let until = match self.until.instant() {
            None => "It does not expire.".to_owned(),
            Some(instant) => format!("It expires at {instant}; keep a copy to import it again."),
        };
        let next = match self.new_material {
            true => format!("`keystead key rotate {name}` encrypts with it from then on.\n"),
            false => String::new(),
        };
        format!("{name} has the material.{material} {until}\n{next}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_suit_the_spec() {
        for (spec, expected) in [
            (
                KeySpec::SymmetricDefault,
                WrappingAlgorithm::RsaesOaepSha256,
            ),
            (KeySpec::Hmac512, WrappingAlgorithm::RsaesOaepSha256),
            (KeySpec::Rsa2048, WrappingAlgorithm::RsaAesKeyWrapSha256),
            (KeySpec::EccNistP521, WrappingAlgorithm::RsaAesKeyWrapSha256),
        ] {
            assert_eq!(algorithm(spec, None).unwrap(), expected);
        }
        let wanted = Some(WrappingAlgorithm::RsaesOaepSha1);
        assert!(algorithm(KeySpec::Hmac256, wanted).is_ok());
        let error = algorithm(KeySpec::Rsa2048, wanted).unwrap_err().to_string();
        assert!(error.contains("RSA_AES_KEY_WRAP_SHA_256"), "{error}");
        let error = algorithm(KeySpec::MlDsa44, None).unwrap_err().to_string();
        assert!(error.contains("can't be imported"), "{error}");
    }

    #[test]
    fn only_keys_without_material_of_their_own() {
        let own = json!({"Origin": "AWS_KMS", "KeySpec": "HMAC_256"});
        let error = importable("k", &own).unwrap_err().to_string();
        assert!(error.contains("--origin external"), "{error}");
        let external = json!({"Origin": "EXTERNAL", "KeySpec": "HMAC_256"});
        assert_eq!(importable("k", &external).unwrap(), KeySpec::Hmac256);
        let newer = json!({"Origin": "EXTERNAL", "KeySpec": "AES_999"});
        assert!(importable("k", &newer).is_err());
    }
}
