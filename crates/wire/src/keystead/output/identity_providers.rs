//! OpenID Connect providers, as far as IAM has no operation for it.

use crate::json::recorded_outputs;

recorded_outputs! {
    /// The keys that the operator gave, a JSON Web Key Set (RFC 7517); none if they are fetched.
    GetOpenIDConnectProviderKeys {
        "Keys" keys: Option<String> = present;
    }
}
