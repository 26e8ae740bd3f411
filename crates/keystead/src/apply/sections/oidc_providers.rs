//! OpenID Connect providers, and the public keys that the operator gives them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::holder::tag_list;
use super::{Listing, unlisted};
use crate::api::{Service, list, text};
use crate::apply::compare;
use crate::apply::document::OidcProvider;
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind};
use crate::apply::planner::{Changes, Planner, Spot, tags_of};

/// Makes and changes providers.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    for provider in planner.source.document.oidc_providers.iter().flatten() {
        let item = format!("OIDC provider {}", provider.url);
        let spot = planner.spot(item, provider.account.as_deref())?;
        let place = provider.url.trim_start_matches("https://");
        let arn = format!("arn:aws:iam::{}:oidc-provider/{place}", spot.account);
        let input = json!({"OpenIDConnectProviderArn": arn});
        let operation = "GetOpenIDConnectProvider";
        let found = planner.read(&spot, Service::Iam, operation, &input)?;
        let mut changes = Changes::default();
        match &found {
            None => make(provider, &mut changes),
            Some(found) => compare_with(provider, &arn, found, &mut changes),
        }
        compare_keys(planner, provider, (&spot, &arn), &mut changes)?;
        let kind = if found.is_none() {
            Kind::Create
        } else {
            Kind::Change
        };
        planner.push(spot, kind, changes);
    }
    Ok(())
}

fn make(provider: &OidcProvider, changes: &mut Changes) {
    let input = json!({
        "Url": provider.url,
        "ClientIDList": provider.client_ids,
        "ThumbprintList": provider.thumbprints,
        "Tags": provider.tags.as_ref().map(tag_list),
    });
    let call = Call::new(Service::Iam, "CreateOpenIDConnectProvider", input);
    changes.add(format!("audiences: {:?}", provider.client_ids), call);
    changes.lines.extend(compare::tags(provider.tags.as_ref()));
}

fn compare_with(provider: &OidcProvider, arn: &str, found: &Value, changes: &mut Changes) {
    let call = |operation: &str, member: &str, value: &Value| {
        let input = json!({"OpenIDConnectProviderArn": arn, member: value});
        Call::new(Service::Iam, operation, input)
    };
    let texts = |member| list(found, member).iter().filter_map(Value::as_str);
    let clients: BTreeSet<&str> = texts("ClientIDList").collect();
    let wanted: BTreeSet<&str> = provider.client_ids.iter().map(String::as_str).collect();
    for (operation, sign, clients) in [
        (
            "AddClientIDToOpenIDConnectProvider",
            "+",
            wanted.difference(&clients),
        ),
        (
            "RemoveClientIDFromOpenIDConnectProvider",
            "-",
            clients.difference(&wanted),
        ),
    ] {
        for client in clients {
            let call = call(operation, "ClientID", &json!(client));
            changes.add(format!("{sign} audience {client}"), call);
        }
    }
    if !texts("ThumbprintList").eq(provider.thumbprints.iter().map(String::as_str)) {
        let thumbprints = json!(provider.thumbprints);
        let operation = "UpdateOpenIDConnectProviderThumbprint";
        changes.add(
            "thumbprints",
            call(operation, "ThumbprintList", &thumbprints),
        );
    }
    let Some(wanted) = &provider.tags else { return };
    let tags = tags_of(list(found, "Tags"));
    let tags = compare::tag_changes(&tags, wanted);
    let put = call("TagOpenIDConnectProvider", "Tags", &tag_list(&tags.put));
    changes.add_all(tags.put_lines, put);
    let take = call("UntagOpenIDConnectProvider", "TagKeys", &json!(tags.take));
    changes.add_all(tags.take_lines, take);
}

fn compare_keys(
    planner: &Planner<'_>,
    provider: &OidcProvider,
    (spot, arn): (&Spot, &str),
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let Some(keys) = &provider.keys else {
        return Ok(());
    };
    let keys = planner.source.json(&spot.item, keys)?;
    let input = json!({"OpenIDConnectProviderArn": arn});
    let operation = "GetOpenIDConnectProviderKeys";
    let answer = planner.read(spot, Service::Keystead, operation, &input)?;
    let was = answer.as_ref().map_or("", |answer| text(answer, "Keys"));
    let was = serde_json::from_str(was).unwrap_or(Value::Null);
    let lines = compare::documents("keys", &was, &keys);
    if !lines.is_empty() {
        let input = json!({"OpenIDConnectProviderArn": arn, "Keys": keys.to_string()});
        changes.lines.extend(lines);
        changes.calls.push(Call::new(
            Service::Keystead,
            "PutOpenIDConnectProviderKeys",
            input,
        ));
    }
    Ok(())
}

/// Removes the providers that the file has not.
pub(super) fn prune(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let providers = planner.source.document.oidc_providers.as_ref();
    // The list knows them by their ARNs only: all are looked at, and those of the file left out.
    let listing = providers.map(|providers| Listing {
        kind: "OIDC provider",
        service: Service::Iam,
        operation: "ListOpenIDConnectProviders",
        input: json!({}),
        member: "OpenIDConnectProviderList",
        name: "Arn",
        listed: providers
            .iter()
            .map(|p| (p.account.as_deref(), ""))
            .collect(),
    });
    for (spot, found) in unlisted(planner, listing)? {
        let arn = text(&found, "Arn");
        let place = arn
            .split_once("oidc-provider/")
            .map_or(arn, |(_, place)| place);
        let is_it = |provider: &OidcProvider| provider.url.trim_start_matches("https://") == place;
        if !providers.into_iter().flatten().any(is_it) {
            let mut changes = Changes::default();
            let input = json!({"OpenIDConnectProviderArn": arn});
            let operation = "DeleteOpenIDConnectProvider";
            changes
                .calls
                .push(Call::new(Service::Iam, operation, input));
            planner.push(spot, Kind::Remove, changes);
        }
    }
    Ok(())
}
