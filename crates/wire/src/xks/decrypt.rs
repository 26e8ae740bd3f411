//! Decrypt: decrypting under an external key what a proxy has encrypted.

use serde::Serialize;

use super::answer::{self, CallError};
use super::api::{Api, Request, Response};
use super::encrypt::{ADDITIONAL_DATA, AES_GCM, check_algorithm};
use super::fault::Fault;
use super::members::{self, members};
use super::parts::{AdditionalData, Base64, FoundSealed, Plaintext, Sealed};
use super::provenance::{Caller, Cause, FoundMetadata, METADATA, RequestMetadata};
use super::{MAX_REQUEST_BYTES, body};

/// Asks to decrypt under an external key, which the path names. The algorithm is AES-GCM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecryptRequest {
    /// Why KMS asks.
    pub cause: Cause,
    /// Who made it ask.
    pub caller: Caller,
    /// The KMS key.
    pub kms_key_arn: String,
    /// What to decrypt.
    pub sealed: Sealed,
    /// What was authenticated with it.
    pub additional_data: AdditionalData,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct DecryptResponse {
    /// What was encrypted once. It must not be logged.
    pub plaintext: Plaintext,
}

members! {
    FoundRequest {
        "requestMetadata" request_metadata: FoundMetadata;
        "ciphertext" ciphertext: Base64;
        "initializationVector" initialization_vector: Base64;
        "authenticationTag" authentication_tag: Base64;
        "ciphertextMetadata" ciphertext_metadata: Base64;
        "encryptionAlgorithm" encryption_algorithm: String;
        "additionalAuthenticatedData" additional_data: Base64;
    }
    FoundResponse {
        "plaintext" plaintext: Base64;
    }
}

impl Request for DecryptRequest {
    const API: Api = Api::Decrypt;

    type Response = DecryptResponse;

    fn read(body: &[u8]) -> Result<Self, Fault> {
        let found: FoundRequest = members::read(body, MAX_REQUEST_BYTES)?;
        let mut metadata = found.request_metadata.required(METADATA)?;
        check_algorithm(found.encryption_algorithm)?;
        let sealed = FoundSealed {
            ciphertext: found.ciphertext,
            initialization_vector: found.initialization_vector,
            authentication_tag: found.authentication_tag,
            ciphertext_metadata: found.ciphertext_metadata,
        };
        Ok(Self {
            cause: metadata.cause()?,
            caller: metadata.caller()?,
            kms_key_arn: metadata.key_arn()?,
            sealed: sealed.read()?,
            additional_data: AdditionalData::read(found.additional_data, ADDITIONAL_DATA)?,
        })
    }

    fn write(&self) -> Vec<u8> {
        body::write(&Body {
            request_metadata: self.metadata(),
            sealed: &self.sealed,
            encryption_algorithm: AES_GCM,
            additional_authenticated_data: &self.additional_data,
        })
    }

    fn read_answer(&self, status: u16, body: &[u8]) -> Result<Self::Response, CallError> {
        let found: FoundResponse = answer::read(status, body)?;
        let plaintext = found.plaintext.required("plaintext")?;
        let plaintext = Plaintext::of(plaintext, "plaintext")?;
        answer::check_length(
            "plaintext",
            plaintext.expose().len(),
            self.sealed.ciphertext.as_bytes().len(),
        )?;
        Ok(DecryptResponse { plaintext })
    }

    fn metadata(&self) -> RequestMetadata<'_> {
        RequestMetadata::of(&self.cause, Some(&self.caller), Some(&self.kms_key_arn))
    }
}

impl Response for DecryptResponse {
    fn write(&self) -> Vec<u8> {
        body::write(self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    request_metadata: RequestMetadata<'a>,
    #[serde(flatten)]
    sealed: &'a Sealed,
    encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "AdditionalData::is_empty")]
    additional_authenticated_data: &'a AdditionalData,
}
