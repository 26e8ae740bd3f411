//! Keys for tests.

use crate::json::recorded_outputs;

recorded_outputs! {
    /// The key that was made.
    SeedKey {
        "KeyId" key_id: String = always;
        "Arn" arn: String = always;
    }
}
