//! OpenID Connect providers.

use super::Tag;
use crate::query::{Iso8601, outputs};

outputs! {
    /// The identity provider that was registered.
    CreateOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = always;
        "Tags" tags: Vec<Tag> = nonempty;
    }

    /// The identity provider; its URL without the scheme.
    GetOpenIDConnectProvider {
        "Url" url: String = always;
        "ClientIDList" client_id_list: Vec<String> = always;
        "ThumbprintList" thumbprint_list: Vec<String> = always;
        "CreateDate" create_date: Iso8601 = always;
        "Tags" tags: Vec<Tag> = nonempty;
    }

    /// All identity providers.
    ListOpenIDConnectProviders {
        "OpenIDConnectProviderList" open_id_connect_provider_list: Vec<OpenIDConnectProviderListEntry> = always;
    }

    /// A page of tags.
    ListOpenIDConnectProviderTags {
        "Tags" tags: Vec<Tag> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// An identity provider in a list.
    OpenIDConnectProviderListEntry {
        "Arn" arn: String = always;
    }
}
