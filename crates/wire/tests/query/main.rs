//! STS and IAM inputs as parameters, and their outputs as XML.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod inputs;
mod outputs;
mod properties;
mod records;
mod violations;

use keystead_wire::ApiError;
use keystead_wire::query::{Input, QueryRequest};

/// Reads an input from parameters, to which its action is added.
fn decode<I: Input>(parameters: &str) -> Result<I, ApiError> {
    let body = format!("Action={}&{parameters}", I::OPERATION);
    I::decode(&QueryRequest::parse(body.as_bytes())?)
}

/// The code and message of the refusal of parameters.
fn refusal<I: Input>(parameters: &str) -> (&'static str, Option<String>) {
    let Err(error) = decode::<I>(parameters) else {
        return ("accepted", None);
    };
    assert_eq!(error.status(), 400);
    (error.code(), error.message().map(str::to_owned))
}
