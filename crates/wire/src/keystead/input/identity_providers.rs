//! OpenID Connect providers, as far as IAM has no operation for it.

use crate::keystead::inputs;
use crate::keystead::shapes::{ArnType, JsonWebKeySetType};

inputs! {
    /// Gives an identity provider its public keys, so that they are not fetched; without any, they are fetched again.
    PutOpenIDConnectProviderKeys {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "Keys" keys: Option<String> = optional JsonWebKeySetType;
    }

    /// Gives the public keys that the operator gave an identity provider.
    GetOpenIDConnectProviderKeys {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
    }
}
