//! KMS inputs and outputs as bodies.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bodies;
mod inputs;
mod properties;
mod violations;

use keystead_wire::ApiError;
use keystead_wire::json::Input;

fn decode<I: Input>(body: &str) -> Result<I, ApiError> {
    I::decode(body.as_bytes())
}

/// The code and message of the refusal of a body.
fn refusal<I: Input>(body: &str) -> (&'static str, Option<String>) {
    let Err(error) = decode::<I>(body) else {
        return ("accepted", None);
    };
    assert_eq!(error.status(), 400);
    (error.code(), error.message().map(str::to_owned))
}
