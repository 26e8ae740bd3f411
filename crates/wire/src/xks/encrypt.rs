//! Encrypt: encrypting under an external key what KMS has encrypted already.

use serde::Serialize;

use super::answer::{self, CallError, Uninterpretable};
use super::api::{Api, Request, Response};
use super::fault::{Fault, Problem};
use super::integrity::IntegrityValue;
use super::members::{self, Found, members};
use super::parts::{AdditionalData, Base64, FoundSealed, Plaintext, Sealed};
use super::provenance::{Caller, Cause, FoundMetadata, METADATA, RequestMetadata};
use super::{MAX_REQUEST_BYTES, body};

/// The only algorithm that version 1 encrypts with.
pub(super) const AES_GCM: &str = "AES_GCM";
/// The only algorithm that version 1 proves ciphertexts intact with.
const SHA_256: &str = "SHA_256";

/// Asks to encrypt under an external key, which the path names. The algorithm is AES-GCM.
#[derive(Debug)]
pub struct EncryptRequest {
    /// Why KMS asks.
    pub cause: Cause,
    /// Who made it ask.
    pub caller: Caller,
    /// The KMS key.
    pub kms_key_arn: String,
    /// What to encrypt. It must not be logged.
    pub plaintext: Plaintext,
    /// What to authenticate with it.
    pub additional_data: AdditionalData,
    /// Whether the answer is to have an [`IntegrityValue`], of SHA-256. A key that can't decrypt can't give one.
    pub wants_integrity_value: bool,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EncryptResponse {
    /// The ciphertext.
    #[serde(flatten)]
    pub sealed: Sealed,
    /// What proves it intact, if it was asked for.
    #[serde(
        rename = "ciphertextDataIntegrityValue",
        skip_serializing_if = "Option::is_none"
    )]
    pub integrity_value: Option<IntegrityValue>,
}

members! {
    FoundRequest {
        "requestMetadata" request_metadata: FoundMetadata;
        "plaintext" plaintext: Base64;
        "encryptionAlgorithm" encryption_algorithm: String;
        "additionalAuthenticatedData" additional_data: Base64;
        "ciphertextDataIntegrityValueAlgorithm" integrity_algorithm: String;
    }
    FoundResponse {
        "ciphertext" ciphertext: Base64;
        "initializationVector" initialization_vector: Base64;
        "authenticationTag" authentication_tag: Base64;
        "ciphertextMetadata" ciphertext_metadata: Base64;
        "ciphertextDataIntegrityValue" integrity_value: Base64;
    }
}

impl Request for EncryptRequest {
    const API: Api = Api::Encrypt;

    type Response = EncryptResponse;

    fn read(body: &[u8]) -> Result<Self, Fault> {
        let found: FoundRequest = members::read(body, MAX_REQUEST_BYTES)?;
        let mut metadata = found.request_metadata.required(METADATA)?;
        check_algorithm(found.encryption_algorithm)?;
        let plaintext = found.plaintext.required("plaintext")?;
        Ok(Self {
            cause: metadata.cause()?,
            caller: metadata.caller()?,
            kms_key_arn: metadata.key_arn()?,
            plaintext: Plaintext::of(plaintext, "plaintext")?,
            additional_data: AdditionalData::read(found.additional_data, ADDITIONAL_DATA)?,
            wants_integrity_value: wants_integrity_value(found.integrity_algorithm)?,
        })
    }

    fn write(&self) -> Vec<u8> {
        body::write(&Body {
            request_metadata: self.metadata(),
            plaintext: &self.plaintext,
            encryption_algorithm: AES_GCM,
            additional_authenticated_data: &self.additional_data,
            ciphertext_data_integrity_value_algorithm: self
                .wants_integrity_value
                .then_some(SHA_256),
        })
    }

    fn read_answer(&self, status: u16, body: &[u8]) -> Result<Self::Response, CallError> {
        let found: FoundResponse = answer::read(status, body)?;
        let (sealed, integrity_value) = found.read()?;
        answer::check_length(
            "ciphertext",
            sealed.ciphertext.as_bytes().len(),
            self.plaintext.expose().len(),
        )?;
        // A value that was not asked for is still one that must match.
        match integrity_value {
            None if self.wants_integrity_value => {
                return Err(Uninterpretable::NoIntegrityValue.into());
            }
            Some(value) if value != IntegrityValue::of(&self.additional_data, &sealed) => {
                return Err(Uninterpretable::WrongIntegrityValue.into());
            }
            _ => {}
        }
        Ok(EncryptResponse {
            sealed,
            integrity_value,
        })
    }

    fn metadata(&self) -> RequestMetadata<'_> {
        RequestMetadata::of(&self.cause, Some(&self.caller), Some(&self.kms_key_arn))
    }
}

impl EncryptRequest {
    /// What a proxy answers with this ciphertext. If it has an integrity value, the proxy must decrypt the ciphertext
    /// now, and only send the answer if that gives the plaintext.
    #[must_use]
    pub fn respond(&self, sealed: Sealed) -> EncryptResponse {
        EncryptResponse {
            integrity_value: self
                .wants_integrity_value
                .then(|| IntegrityValue::of(&self.additional_data, &sealed)),
            sealed,
        }
    }
}

impl Response for EncryptResponse {
    fn write(&self) -> Vec<u8> {
        body::write(self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    request_metadata: RequestMetadata<'a>,
    plaintext: &'a Plaintext,
    encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "AdditionalData::is_empty")]
    additional_authenticated_data: &'a AdditionalData,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_data_integrity_value_algorithm: Option<&'static str>,
}

impl FoundResponse {
    fn read(self) -> Result<(Sealed, Option<IntegrityValue>), Fault> {
        const VALUE: &str = "ciphertextDataIntegrityValue";

        let sealed = FoundSealed {
            ciphertext: self.ciphertext,
            initialization_vector: self.initialization_vector,
            authentication_tag: self.authentication_tag,
            ciphertext_metadata: self.ciphertext_metadata,
        };
        let value = self.integrity_value.optional(VALUE)?;
        let value = value.map(|value| IntegrityValue::read(&value, VALUE));
        Ok((sealed.read()?, value.transpose()?))
    }
}

pub(super) const ADDITIONAL_DATA: &str = "additionalAuthenticatedData";

/// Checks that a request asks for AES-GCM.
pub(super) fn check_algorithm(found: Found<String>) -> Result<(), Fault> {
    const MEMBER: &str = "encryptionAlgorithm";

    let supported = found.required(MEMBER)? == AES_GCM;
    let problem = Problem::UnknownAlgorithm { supported: AES_GCM };
    supported.then_some(()).ok_or(Fault::of(MEMBER, problem))
}

fn wants_integrity_value(found: Found<String>) -> Result<bool, Fault> {
    const MEMBER: &str = "ciphertextDataIntegrityValueAlgorithm";

    match found.optional(MEMBER)?.as_deref() {
        None => Ok(false),
        Some(SHA_256) => Ok(true),
        Some(_) => Err(Fault::of(
            MEMBER,
            Problem::UnknownAlgorithm { supported: SHA_256 },
        )),
    }
}
