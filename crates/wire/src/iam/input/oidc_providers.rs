//! OpenID Connect providers.

use super::Tag;
use crate::iam::shapes::{
    ArnType, ClientIDListType, ClientIDType, MarkerType, MaxItemsType,
    OpenIDConnectProviderUrlType, TagKeyListType, TagListType, ThumbprintListType,
};
use crate::query::inputs;

inputs! {
    /// Registers an identity provider.
    CreateOpenIDConnectProvider {
        "Url" url: String = required OpenIDConnectProviderUrlType;
        "ClientIDList" client_id_list: Vec<String> = defaulted ClientIDListType;
        "ThumbprintList" thumbprint_list: Vec<String> = defaulted ThumbprintListType;
        "Tags" tags: Vec<Tag> = defaulted TagListType;
    }

    /// Gives an identity provider.
    GetOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
    }

    /// Lists the account's identity providers.
    ListOpenIDConnectProviders {}

    /// Removes an identity provider.
    DeleteOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
    }

    /// Replaces the thumbprints of an identity provider's certificates.
    UpdateOpenIDConnectProviderThumbprint {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "ThumbprintList" thumbprint_list: Vec<String> = required ThumbprintListType;
    }

    /// Adds an audience to an identity provider.
    AddClientIDToOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "ClientID" client_id: String = required ClientIDType;
    }

    /// Removes an audience from an identity provider.
    RemoveClientIDFromOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "ClientID" client_id: String = required ClientIDType;
    }

    /// Adds or changes tags of an identity provider.
    TagOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "Tags" tags: Vec<Tag> = required TagListType;
    }

    /// Removes tags of an identity provider.
    UntagOpenIDConnectProvider {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "TagKeys" tag_keys: Vec<String> = required TagKeyListType;
    }

    /// Lists an identity provider's tags.
    ListOpenIDConnectProviderTags {
        "OpenIDConnectProviderArn" open_id_connect_provider_arn: String = required ArnType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }
}
