//! GetKeyMetadata: what an external key is for, and whether it is enabled.

use serde::Serialize;

use super::answer::{self, CallError};
use super::api::{Api, Request, Response};
use super::fault::{Fault, Problem, SizeRule, WrongSize};
use super::health::Body;
use super::members::{self, FromJson, members};
use super::provenance::{Caller, Cause, FoundMetadata, METADATA, RequestMetadata};
use super::{MAX_REQUEST_BYTES, body};

/// The most usages that an answer tells of.
const MAX_KEY_USAGES: usize = 10;

/// Asks about an external key, which the path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetKeyMetadataRequest {
    /// Why KMS asks.
    pub cause: Cause,
    /// Who made it ask.
    pub caller: Caller,
    /// The KMS key. KMS asks before it makes one, so that there is none then.
    pub kms_key_arn: Option<String>,
}

/// What an external key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetKeyMetadataResponse {
    /// `AES_256`, or what KMS can't use.
    pub key_spec: String,
    /// What it is for: `ENCRYPT`, `DECRYPT`, and up to eight others, of any name.
    pub key_usage: Vec<String>,
    /// Whether it is enabled.
    pub key_status: KeyStatus,
}

/// Whether an external key is enabled. Where keys can't be disabled, all are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum KeyStatus {
    /// It can be used.
    Enabled,
    /// It can't be used.
    Disabled,
}

impl GetKeyMetadataResponse {
    /// The only specification of a key that KMS can use.
    pub const AES_256: &'static str = "AES_256";
    /// The usage of a key that encrypts.
    pub const ENCRYPT: &'static str = "ENCRYPT";
    /// The usage of a key that decrypts.
    pub const DECRYPT: &'static str = "DECRYPT";

    /// Whether a KMS key can be made on it: an AES key of 256 bits that encrypts, decrypts and is enabled.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.key_spec == Self::AES_256
            && self.key_status == KeyStatus::Enabled
            && [Self::ENCRYPT, Self::DECRYPT]
                .iter()
                .all(|usage| self.key_usage.iter().any(|known| known == usage))
    }
}

members! {
    FoundRequest {
        "requestMetadata" request_metadata: FoundMetadata;
    }
    FoundResponse {
        "keySpec" key_spec: String;
        "keyUsage" key_usage: Vec<String>;
        "keyStatus" key_status: KeyStatus;
    }
}

impl Request for GetKeyMetadataRequest {
    const API: Api = Api::GetKeyMetadata;

    type Response = GetKeyMetadataResponse;

    fn read(body: &[u8]) -> Result<Self, Fault> {
        let found: FoundRequest = members::read(body, MAX_REQUEST_BYTES)?;
        let mut metadata = found.request_metadata.required(METADATA)?;
        Ok(Self {
            cause: metadata.cause()?,
            caller: metadata.caller()?,
            kms_key_arn: metadata.key_arn_if_any()?,
        })
    }

    fn write(&self) -> Vec<u8> {
        body::write(&Body {
            request_metadata: self.metadata(),
        })
    }

    fn read_answer(&self, status: u16, body: &[u8]) -> Result<Self::Response, CallError> {
        let found: FoundResponse = answer::read(status, body)?;
        Ok(found.read()?)
    }

    fn metadata(&self) -> RequestMetadata<'_> {
        RequestMetadata::of(&self.cause, Some(&self.caller), self.kms_key_arn.as_deref())
    }
}

impl Response for GetKeyMetadataResponse {
    fn write(&self) -> Vec<u8> {
        body::write(self)
    }
}

impl FoundResponse {
    fn read(self) -> Result<GetKeyMetadataResponse, Fault> {
        const USAGE: &str = "keyUsage";

        let key_usage = self.key_usage.required(USAGE)?;
        if key_usage.len() > MAX_KEY_USAGES {
            let size = WrongSize {
                found: key_usage.len(),
                unit: "entries",
                allowed: "up to 10",
                rule: SizeRule::OfSpecification,
            };
            return Err(Fault::of(USAGE, Problem::WrongSize(size)));
        }
        Ok(GetKeyMetadataResponse {
            key_spec: self.key_spec.required("keySpec")?,
            key_usage,
            key_status: self.key_status.required("keyStatus")?,
        })
    }
}

impl FromJson for KeyStatus {
    const EXPECTED: &'static str = "ENABLED or DISABLED";

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "ENABLED" => Some(Self::Enabled),
            "DISABLED" => Some(Self::Disabled),
            _ => None,
        }
    }
}
