//! OpenID Connect providers, whose word roles may take.
//!
//! Source: `CreateOpenIDConnectProvider` and its kin in the IAM API reference.

use std::sync::Arc;

use keystead_core::arn::PARTITION;
use keystead_core::identity::OidcProviderRecord;
use keystead_wire::iam::{input, output};
use keystead_wire::query::NoOutput;

use super::about::{account, arn};
use super::pages::{asked, listed};
use super::{Done, entity, error, quota, shown, tags};
use crate::fault::Fault;
use crate::identities::Entry;
use crate::ops::management::{Answer, Call, operations};
use crate::sessions::web_identity::is_loopback;
use crate::target::Named;

operations! { Iam "iam" Query;
    /// Registers an identity provider.
    CreateOpenIDConnectProvider: write, on new => create => output::CreateOpenIDConnectProvider;
    /// Gives an identity provider.
    GetOpenIDConnectProvider: read, on |input| arn(&input.open_id_connect_provider_arn)
        => get => output::GetOpenIDConnectProvider;
    /// Lists the account's identity providers.
    ListOpenIDConnectProviders: read, on account => list => output::ListOpenIDConnectProviders;
    /// Removes an identity provider; one that is not there is no error.
    DeleteOpenIDConnectProvider: write, on |input| arn(&input.open_id_connect_provider_arn)
        => delete;
    /// Replaces the thumbprints of an identity provider's certificates.
    UpdateOpenIDConnectProviderThumbprint: write,
        on |input| arn(&input.open_id_connect_provider_arn) => update_thumbprints;
    /// Adds an audience to an identity provider; one that is there is no error.
    AddClientIDToOpenIDConnectProvider: write, on |input| arn(&input.open_id_connect_provider_arn)
        => add_client_id;
    /// Removes an audience from an identity provider; one that is not there is no error.
    RemoveClientIDFromOpenIDConnectProvider: write,
        on |input| arn(&input.open_id_connect_provider_arn) => remove_client_id;
    /// Adds or changes tags of an identity provider.
    TagOpenIDConnectProvider: write, on |input| arn(&input.open_id_connect_provider_arn) => tag;
    /// Removes tags of an identity provider.
    UntagOpenIDConnectProvider: write, on |input| arn(&input.open_id_connect_provider_arn)
        => untag;
    /// Lists an identity provider's tags.
    ListOpenIDConnectProviderTags: read, on |input| arn(&input.open_id_connect_provider_arn)
        => list_tags => output::ListOpenIDConnectProviderTags;
}

type ProviderEntry = Entry<OidcProviderRecord>;

const SCHEME: &str = "https://";

fn new(input: &input::CreateOpenIDConnectProvider) -> Named<'_> {
    let url = input.url.strip_prefix(SCHEME).unwrap_or(&input.url);
    Named::OidcProvider {
        url,
        tagged: (!input.tags.is_empty()).then_some("iam:TagOpenIDConnectProvider"),
    }
}

fn create(
    call: &Call<'_, input::CreateOpenIDConnectProvider>,
) -> Done<output::CreateOpenIDConnectProvider> {
    let input = call.input;
    let url = issuer(&input.url)?;
    let identities = call.tools.identities;
    if identities.oidc_provider(call.account, url).is_some() {
        let url = &input.url;
        return Err(error::exists(format!(
            "Provider with url {url} already exists."
        )));
    }
    if identities.oidc_providers(call.account).len() >= quota::OIDC_PROVIDERS {
        return Err(error::quota(
            "OpenIdConnectProvidersPerAccount",
            quota::OIDC_PROVIDERS,
        ));
    }
    let mut record = OidcProviderRecord {
        account: call.account,
        url: url.to_owned(),
        client_ids: input.client_id_list.iter().cloned().collect(),
        thumbprints: Vec::new(),
        created: call.tools.now,
        tags: tags::new(&input.tags)?,
        keys: None,
    };
    check_client_ids(&record)?;
    set_thumbprints(&mut record, &input.thumbprint_list)?;
    let answer = output::CreateOpenIDConnectProvider {
        open_id_connect_provider_arn: record.arn(),
        tags: tags::shown(&record.tags),
    };
    Ok(Answer::from(answer).change(entity::made(record)))
}

fn get(call: &Call<'_, input::GetOpenIDConnectProvider>) -> Done<output::GetOpenIDConnectProvider> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let provider = &found.record;
    Ok(output::GetOpenIDConnectProvider {
        url: provider.url.clone(),
        client_id_list: provider.client_ids.iter().cloned().collect(),
        thumbprint_list: provider.thumbprints.clone(),
        create_date: shown::instant(provider.created),
        tags: tags::shown(&provider.tags),
    }
    .into())
}

fn list(
    call: &Call<'_, input::ListOpenIDConnectProviders>,
) -> Done<output::ListOpenIDConnectProviders> {
    let providers = call.tools.identities.oidc_providers(call.account);
    let entry = |found: &Arc<ProviderEntry>| output::OpenIDConnectProviderListEntry {
        arn: found.record.arn(),
    };
    Ok(output::ListOpenIDConnectProviders {
        open_id_connect_provider_list: providers.iter().map(entry).collect(),
    }
    .into())
}

fn delete(call: &Call<'_, input::DeleteOpenIDConnectProvider>) -> Done<NoOutput> {
    let url = url_of(call, &call.input.open_id_connect_provider_arn)?;
    let found = call.tools.identities.oidc_provider(call.account, url);
    Ok(Answer::from(NoOutput).changes(found.map(|found| found.removed())))
}

fn update_thumbprints(
    call: &Call<'_, input::UpdateOpenIDConnectProviderThumbprint>,
) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let mut record = found.record.clone();
    set_thumbprints(&mut record, &call.input.thumbprint_list)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn add_client_id(call: &Call<'_, input::AddClientIDToOpenIDConnectProvider>) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let mut record = found.record.clone();
    record.client_ids.insert(call.input.client_id.clone());
    check_client_ids(&record)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn remove_client_id(
    call: &Call<'_, input::RemoveClientIDFromOpenIDConnectProvider>,
) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let mut record = found.record.clone();
    record.client_ids.remove(&call.input.client_id);
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn tag(call: &Call<'_, input::TagOpenIDConnectProvider>) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let mut record = found.record.clone();
    record.tags = tags::with(record.tags, &call.input.tags)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn untag(call: &Call<'_, input::UntagOpenIDConnectProvider>) -> Done<NoOutput> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let mut record = found.record.clone();
    record.tags = tags::without(record.tags, &call.input.tag_keys)?;
    Ok(Answer::from(NoOutput).change(found.replaced_by(record)))
}

fn list_tags(
    call: &Call<'_, input::ListOpenIDConnectProviderTags>,
) -> Done<output::ListOpenIDConnectProviderTags> {
    let found = find(call, &call.input.open_id_connect_provider_arn)?;
    let page = tags::page(
        asked!(call, "ListOpenIDConnectProviderTags"),
        &found.record.tags,
    )?;
    listed!(page => ListOpenIDConnectProviderTags.tags)
}

/// The provider of an ARN.
fn find<I>(call: &Call<'_, I>, arn: &str) -> Result<Arc<ProviderEntry>, Fault> {
    let url = url_of(call, arn)?;
    let found = call.tools.identities.oidc_provider(call.account, url);
    let absent = || error::not_found(format!("OpenIDConnect Provider not found for arn {arn}"));
    found.ok_or_else(absent)
}

/// The URL that an ARN of a provider of the caller's account ends with.
fn url_of<'a, I>(call: &Call<'_, I>, arn: &'a str) -> Result<&'a str, Fault> {
    let account = call.account;
    let prefix = format!("arn:{PARTITION}:iam::{account}:oidc-provider/");
    arn.strip_prefix(prefix.as_str())
        .filter(|url| !url.is_empty())
        .ok_or_else(|| error::invalid_arn(arn))
}

/// The issuer of a URL without its scheme: host and path, and nothing else. Only an issuer on this
/// machine, which AWS could not reach, has a port.
fn issuer(url: &str) -> Result<&str, Fault> {
    url.strip_prefix(SCHEME)
        .filter(|rest| {
            let authority = rest.split('/').next().unwrap_or_default();
            let host = match authority.split_once(':') {
                Some((host, port)) if is_loopback(host) && port.parse::<u16>().is_ok() => host,
                _ => authority,
            };
            let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            let is_path = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'*');
            !host.is_empty() && host.bytes().all(is_host) && rest.bytes().all(is_path)
        })
        .ok_or_else(|| Fault::Validation {
            message: "Invalid Open ID Connect Provider URL".to_owned(),
        })
}

fn check_client_ids(provider: &OidcProviderRecord) -> Result<(), Fault> {
    if provider.client_ids.len() > quota::CLIENT_IDS {
        return Err(error::quota(
            "ClientIdsPerOpenIdConnectProvider",
            quota::CLIENT_IDS,
        ));
    }
    Ok(())
}

/// Thumbprints are kept as AWS keeps them; trust in a provider does not rest on them.
fn set_thumbprints(provider: &mut OidcProviderRecord, thumbprints: &[String]) -> Result<(), Fault> {
    if thumbprints.len() > quota::THUMBPRINTS {
        return Err(error::invalid_input(
            "Thumbprint list must contain no more than 5 entries.",
        ));
    }
    let is_hex = |thumbprint: &String| thumbprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !thumbprints.iter().all(is_hex) {
        return Err(error::invalid_input(
            "A thumbprint has 40 hexadecimal digits.",
        ));
    }
    provider.thumbprints = thumbprints.to_vec();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_issuers() {
        for (url, expected) in [
            ("https://id.example.com", Some("id.example.com")),
            (
                "https://id.example.com/realms/a",
                Some("id.example.com/realms/a"),
            ),
            ("https://tenant.example.com/", Some("tenant.example.com/")),
            ("http://id.example.com", None),
            ("https://", None),
            ("https:///path", None),
            ("https://id.example.com:8443", None),
            ("https://localhost:8443/a", Some("localhost:8443/a")),
            ("https://127.0.0.1:8443", Some("127.0.0.1:8443")),
            ("https://localhost:", None),
            ("https://localhost:65536", None),
            ("https://localhost:80:80", None),
            ("https://localhost:x@example.com", None),
            ("https://id.example.com/?x=1", None),
            ("https://id.example.com/#x", None),
            ("https://user@id.example.com", None),
            ("https://id.example.com/a b", None),
        ] {
            assert_eq!(issuer(url).ok(), expected, "{url}");
        }
    }
}
