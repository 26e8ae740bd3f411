//! GetHealthStatus: whether a proxy and the key managers behind it work.

use std::num::NonZeroU64;

use serde::Serialize;

use super::answer::{self, CallError};
use super::api::{Api, Request, Response};
use super::fault::{Fault, Problem, SizeRule, WrongSize};
use super::members::{self, FromJson, members};
use super::provenance::{Cause, FoundMetadata, METADATA, RequestMetadata};
use super::{MAX_REQUEST_BYTES, body};

/// The most key managers that an answer tells of.
const MAX_KEY_MANAGERS: usize = 10;

/// Asks how the proxy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetHealthStatusRequest {
    /// Why KMS asks.
    pub cause: Cause,
}

/// How a proxy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetHealthStatusResponse {
    /// How many proxies there are.
    pub xks_proxy_fleet_size: NonZeroU64,
    /// Who made the proxy.
    pub xks_proxy_vendor: String,
    /// Its name and version.
    pub xks_proxy_model: String,
    /// Who made the key managers.
    pub ekm_vendor: String,
    /// The key managers: one to ten.
    #[serde(rename = "ekmFleetDetails")]
    pub key_managers: Vec<KeyManager>,
}

/// A key manager behind a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyManager {
    /// Its name, of which there is no other among them.
    pub id: String,
    /// Its name and version.
    pub model: String,
    /// How it is.
    pub health_status: HealthStatus,
}

/// How a key manager is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HealthStatus {
    /// It works.
    Active,
    /// It does not work well, but it does.
    Degraded,
    /// It does not work.
    Unavailable,
}

impl GetHealthStatusResponse {
    /// Whether there is a key manager that works. A key store without one can't be connected.
    #[must_use]
    pub fn can_serve(&self) -> bool {
        self.key_managers
            .iter()
            .any(|manager| manager.health_status != HealthStatus::Unavailable)
    }
}

members! {
    FoundRequest {
        "requestMetadata" request_metadata: FoundMetadata;
    }
    FoundResponse {
        "xksProxyFleetSize" xks_proxy_fleet_size: NonZeroU64;
        "xksProxyVendor" xks_proxy_vendor: String;
        "xksProxyModel" xks_proxy_model: String;
        "ekmVendor" ekm_vendor: String;
        "ekmFleetDetails" ekm_fleet_details: Vec<FoundKeyManager>;
    }
    FoundKeyManager {
        "id" id: String;
        "model" model: String;
        "healthStatus" health_status: HealthStatus;
    }
}

impl Request for GetHealthStatusRequest {
    const API: Api = Api::GetHealthStatus;

    type Response = GetHealthStatusResponse;

    fn read(body: &[u8]) -> Result<Self, Fault> {
        let found: FoundRequest = members::read(body, MAX_REQUEST_BYTES)?;
        let mut metadata = found.request_metadata.required(METADATA)?;
        Ok(Self {
            cause: metadata.cause()?,
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
        RequestMetadata::of(&self.cause, None, None)
    }
}

/// The body of a request that has nothing but metadata.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'a> {
    pub(super) request_metadata: RequestMetadata<'a>,
}

impl Response for GetHealthStatusResponse {
    fn write(&self) -> Vec<u8> {
        body::write(self)
    }
}

impl FoundResponse {
    fn read(self) -> Result<GetHealthStatusResponse, Fault> {
        const MANAGERS: &str = "ekmFleetDetails";

        let managers = self.ekm_fleet_details.required(MANAGERS)?;
        if managers.is_empty() || managers.len() > MAX_KEY_MANAGERS {
            let size = WrongSize {
                found: managers.len(),
                unit: "entries",
                allowed: "1 to 10",
                rule: SizeRule::OfSpecification,
            };
            return Err(Fault::of(MANAGERS, Problem::WrongSize(size)));
        }
        Ok(GetHealthStatusResponse {
            xks_proxy_fleet_size: self.xks_proxy_fleet_size.required("xksProxyFleetSize")?,
            xks_proxy_vendor: self.xks_proxy_vendor.required("xksProxyVendor")?,
            xks_proxy_model: self.xks_proxy_model.required("xksProxyModel")?,
            ekm_vendor: self.ekm_vendor.required("ekmVendor")?,
            key_managers: managers
                .into_iter()
                .map(FoundKeyManager::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl FoundKeyManager {
    fn read(self) -> Result<KeyManager, Fault> {
        Ok(KeyManager {
            id: self.id.required("ekmFleetDetails.id")?,
            model: self.model.required("ekmFleetDetails.model")?,
            health_status: self
                .health_status
                .required("ekmFleetDetails.healthStatus")?,
        })
    }
}

impl FromJson for NonZeroU64 {
    const EXPECTED: &'static str = "a whole number greater than zero";

    fn from_number(number: u64) -> Option<Self> {
        Self::new(number)
    }
}

impl FromJson for HealthStatus {
    const EXPECTED: &'static str = "ACTIVE, DEGRADED or UNAVAILABLE";

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "ACTIVE" => Some(Self::Active),
            "DEGRADED" => Some(Self::Degraded),
            "UNAVAILABLE" => Some(Self::Unavailable),
            _ => None,
        }
    }
}
