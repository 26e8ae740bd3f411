//! The four APIs, and what their messages have in common.

use super::answer::CallError;
use super::fault::Fault;
use super::provenance::RequestMetadata;

/// An API of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// Whether the proxy and the key managers behind it work.
    GetHealthStatus,
    /// What an external key is for, and whether it is enabled.
    GetKeyMetadata,
    /// Encrypting under an external key.
    Encrypt,
    /// Decrypting under an external key.
    Decrypt,
}

impl Api {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::GetHealthStatus,
        Self::GetKeyMetadata,
        Self::Encrypt,
        Self::Decrypt,
    ];

    /// Its name in the specification.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetHealthStatus => "GetHealthStatus",
            Self::GetKeyMetadata => "GetKeyMetadata",
            Self::Encrypt => "Encrypt",
            Self::Decrypt => "Decrypt",
        }
    }
}

/// A request to a proxy: KMS writes it and reads the answer, the proxy reads it.
pub trait Request: Sized {
    /// The API that it is for.
    const API: Api;

    /// What the proxy answers if it could do it.
    type Response: Response;

    /// Reads a body, on the proxy's side.
    ///
    /// # Errors
    /// What is wrong with it; [`Fault::to_answer`] tells it to KMS.
    fn read(body: &[u8]) -> Result<Self, Fault>;

    /// Writes the body, on the side of KMS.
    fn write(&self) -> Vec<u8>;

    /// Reads the answer to this request, on the side of KMS, and checks that it can be one.
    ///
    /// # Errors
    /// The error that the proxy answers, or why its answer can't be interpreted.
    fn read_answer(&self, status: u16, body: &[u8]) -> Result<Self::Response, CallError>;

    /// Where the request comes from.
    fn metadata(&self) -> RequestMetadata<'_>;
}

/// The answer of a proxy to a request that it could do: HTTP 200.
pub trait Response {
    /// Writes the body.
    fn write(&self) -> Vec<u8>;
}
