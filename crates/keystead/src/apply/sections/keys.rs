//! KMS keys. Their aliases are compared with all others, see `aliases`.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::api::{Service, is_access_denied, list, text};
use crate::apply::compare;
use crate::apply::document::{Key, Pairs};
use crate::apply::error::ApplyError;
use crate::apply::plan::{Call, Kind, placeholder};
use crate::apply::planner::{Changes, Planner, Spot, tags_of};

const SERVICE: Service = Service::Kms;
/// The tag that a key without an alias is known by.
const NAME_TAG: &str = "name";

/// Makes and changes keys.
pub(super) fn plan(planner: &mut Planner<'_>) -> Result<(), ApplyError> {
    let mut by_name = ByName::default();
    for (index, key) in planner.source.document.keys.iter().flatten().enumerate() {
        let spot = spot(planner, key)?;
        let found = find(planner, &spot, key, &mut by_name)?;
        let policy = match &key.policy {
            Some(policy) => Some(planner.document(&spot, policy)?),
            None => None,
        };
        let mut changes = Changes::default();
        let kind = match &found {
            None => {
                make(key, &spot, index, policy.as_ref(), &mut changes)?;
                Kind::Create
            }
            Some(found) => {
                planner.names.set(known_as(index), text(found, "KeyId"));
                let id = text(found, "KeyId");
                compare_state(key, found, &mut changes);
                compare_policy(planner, &spot, (id, policy.as_ref()), &mut changes)?;
                compare_tags(planner, &spot, (id, key), &mut changes)?;
                Kind::Change
            }
        };
        planner.push(spot, kind, changes);
    }
    planner.warnings.extend(by_name.warning());
    Ok(())
}

/// What a key of the file is called in messages, and where it is.
pub(super) fn spot(planner: &Planner<'_>, key: &Key) -> Result<Spot, ApplyError> {
    planner.spot(format!("key {}", handle(key)), key.account.as_deref())
}

/// What a key is called in the file.
pub(super) fn handle(key: &Key) -> &str {
    let handles = [&key.alias, &key.name, &key.id];
    handles
        .into_iter()
        .flatten()
        .next()
        .map_or("", String::as_str)
}

/// What stands for a key's id until it is made.
pub(super) fn known_as(index: usize) -> String {
    format!("key {}", index + 1)
}

/// An account's keys by the tag `name`, read once. A key that the caller may not read is somebody
/// else's business, and no reason to stop: it is passed over, and told.
#[derive(Default)]
struct ByName {
    accounts: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    unreadable: BTreeSet<String>,
}

impl ByName {
    /// What the server says of the first key of a name that the caller may read.
    fn find(
        &mut self,
        planner: &Planner<'_>,
        spot: &Spot,
        name: &str,
    ) -> Result<Option<Value>, ApplyError> {
        if !self.accounts.contains_key(&spot.account) {
            let ids = self.read(planner, spot)?;
            self.accounts.insert(spot.account.clone(), ids);
        }
        let ids = self.accounts.get(&spot.account);
        let ids = ids.and_then(|ids| ids.get(name)).cloned();
        for id in ids.into_iter().flatten() {
            let described = describe(planner, spot, &id);
            if let Some(Some(found)) = self.unless_denied(&id, described)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn read(
        &mut self,
        planner: &Planner<'_>,
        spot: &Spot,
    ) -> Result<BTreeMap<String, Vec<String>>, ApplyError> {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for key in planner.list(spot, SERVICE, "ListKeys", &json!({}), "Keys")? {
            let id = text(&key, "KeyId");
            let tags = self.unless_denied(id, tags(planner, spot, id))?;
            if let Some(name) = tags.and_then(|mut tags| tags.remove(NAME_TAG)) {
                ids.entry(name).or_default().push(id.to_owned());
            }
        }
        Ok(ids)
    }

    /// What was read of a key; `None`, and the key is remembered, if the caller may not.
    fn unless_denied<T>(
        &mut self,
        id: &str,
        read: Result<T, ApplyError>,
    ) -> Result<Option<T>, ApplyError> {
        match read {
            Err(ApplyError::Reading { source, .. }) if is_access_denied(&source) => {
                self.unreadable.insert(id.to_owned());
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    fn warning(self) -> Option<String> {
        let ids: Vec<_> = self.unreadable.into_iter().collect();
        (!ids.is_empty()).then(|| {
            format!(
                "keys that you may not read were passed over, and are not found by name: {}",
                ids.join(", ")
            )
        })
    }
}

fn tags(planner: &Planner<'_>, spot: &Spot, id: &str) -> Result<Pairs, ApplyError> {
    let input = json!({"KeyId": id});
    let tags = planner.list(spot, SERVICE, "ListResourceTags", &input, "Tags")?;
    Ok(tags_of(&tags))
}

fn find(
    planner: &Planner<'_>,
    spot: &Spot,
    key: &Key,
    by_name: &mut ByName,
) -> Result<Option<Value>, ApplyError> {
    for id in [&key.id, &key.alias].into_iter().flatten() {
        if let Some(found) = describe(planner, spot, id)? {
            return Ok(Some(found));
        }
    }
    match &key.name {
        Some(name) => by_name.find(planner, spot, name),
        None => Ok(None),
    }
}

/// What the server says of a key of an id, an ARN or an alias.
pub(super) fn describe(
    planner: &Planner<'_>,
    spot: &Spot,
    id: &str,
) -> Result<Option<Value>, ApplyError> {
    let answer = planner.read(spot, SERVICE, "DescribeKey", &json!({"KeyId": id}))?;
    Ok(answer.and_then(|answer| answer.get("KeyMetadata").cloned()))
}

fn make(
    key: &Key,
    spot: &Spot,
    index: usize,
    policy: Option<&Value>,
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let mut tags = key.tags.clone().unwrap_or_default();
    tags.extend(key.name.clone().map(|name| (NAME_TAG.to_owned(), name)));
    let settings = json!({
        "Policy": policy.map(Value::to_string),
        "Description": key.description,
        "Tags": tag_list(&tags),
    });
    let shown = [
        ("id", key.id.as_deref()),
        ("description", key.description.as_deref()),
    ];
    changes.lines.extend(compare::settings(shown));
    changes.lines.extend(compare::tags(Some(&tags)));
    if let Some(policy) = policy {
        let lines = compare::documents("policy", &Value::Null, policy);
        changes.lines.extend(lines);
    }
    let call = match material(key, spot)? {
        Some(material) => {
            let mut input = json!({"KeyId": key.id, "KeyMaterial": material});
            if let (Some(into), Value::Object(settings)) = (input.as_object_mut(), settings) {
                into.extend(settings);
            }
            let call = Call::new(Service::Keystead, "SeedKey", input);
            call.keep(known_as(index), "/KeyId")
        }
        None => {
            let call = Call::new(SERVICE, "CreateKey", settings);
            call.keep(known_as(index), "/KeyMetadata/KeyId")
        }
    };
    changes.calls.push(call);
    if key.enabled == Some(false) {
        let input = json!({"KeyId": placeholder(&known_as(index))});
        changes.add("enabled: false", Call::new(SERVICE, "DisableKey", input));
    }
    Ok(())
}

/// The material of a key that is to be seeded, in base64.
pub(super) fn material(key: &Key, spot: &Spot) -> Result<Option<String>, ApplyError> {
    let invalid = |what| ApplyError::Invalid {
        item: spot.item.clone(),
        what,
    };
    let bytes = match (&key.id, &key.material_hex, &key.material_base64) {
        (None, None, None) => return Ok(None),
        (Some(_), Some(hex), None) => from_hex(hex),
        (Some(_), None, Some(base64)) => STANDARD.decode(base64).ok(),
        _ => {
            return Err(invalid(
                "a key that is seeded has an id and one of material_hex and material_base64",
            ));
        }
    };
    match bytes {
        Some(bytes) if bytes.len() == 32 => Ok(Some(STANDARD.encode(bytes))),
        _ => Err(invalid(
            "its material is not 256 bits in hexadecimal or base64",
        )),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |character: char| {
        character
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

fn compare_state(key: &Key, found: &Value, changes: &mut Changes) {
    let id = json!({"KeyId": text(found, "KeyId")});
    let call = |operation: &str| Call::new(SERVICE, operation, id.clone());
    let state = text(found, "KeyState");
    let mut is_enabled = state == "Enabled";
    if state == "PendingDeletion" {
        changes.add("cancel the deletion", call("CancelKeyDeletion"));
        is_enabled = false;
    }
    match key.enabled {
        Some(true) if !is_enabled => changes.add("enabled: false -> true", call("EnableKey")),
        Some(false) if is_enabled => changes.add("enabled: true -> false", call("DisableKey")),
        _ => {}
    }
    let description = text(found, "Description");
    if let Some(wanted) = &key.description
        && let Some(line) = compare::texts("description", description, wanted)
    {
        let input = json!({"KeyId": text(found, "KeyId"), "Description": wanted});
        changes.add(line, Call::new(SERVICE, "UpdateKeyDescription", input));
    }
}

fn compare_policy(
    planner: &Planner<'_>,
    spot: &Spot,
    (id, wanted): (&str, Option<&Value>),
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    let answer = planner.read(spot, SERVICE, "GetKeyPolicy", &json!({"KeyId": id}))?;
    let was = answer.as_ref().map_or("", |answer| text(answer, "Policy"));
    let was = serde_json::from_str(was).unwrap_or(Value::Null);
    let lines = compare::documents("policy", &was, wanted);
    if !lines.is_empty() {
        let input = json!({"KeyId": id, "Policy": wanted.to_string()});
        changes.lines.extend(lines);
        changes
            .calls
            .push(Call::new(SERVICE, "PutKeyPolicy", input));
    }
    Ok(())
}

fn compare_tags(
    planner: &Planner<'_>,
    spot: &Spot,
    (id, key): (&str, &Key),
    changes: &mut Changes,
) -> Result<(), ApplyError> {
    if key.tags.is_none() && key.name.is_none() {
        return Ok(());
    }
    let found = tags(planner, spot, id)?;
    let mut wanted = key.tags.clone().unwrap_or_else(|| found.clone());
    wanted.extend(key.name.clone().map(|name| (NAME_TAG.to_owned(), name)));
    let tags = compare::tag_changes(&found, &wanted);
    let input = json!({"KeyId": id, "Tags": tag_list(&tags.put)});
    changes.add_all(tags.put_lines, Call::new(SERVICE, "TagResource", input));
    let input = json!({"KeyId": id, "TagKeys": tags.take});
    changes.add_all(tags.take_lines, Call::new(SERVICE, "UntagResource", input));
    Ok(())
}

/// Tags as KMS takes them.
fn tag_list<K: AsRef<str>, V: AsRef<str>>(tags: &BTreeMap<K, V>) -> Value {
    let tag = |(key, value): (&K, &V)| json!({"TagKey": key.as_ref(), "TagValue": value.as_ref()});
    tags.iter().map(tag).collect()
}

/// The id, or its placeholder, of a key that another item names: one of the file's, or one that the
/// server has.
pub(super) fn id_of(planner: &Planner<'_>, spot: &Spot, named: &str) -> Result<String, ApplyError> {
    for (index, key) in planner.source.document.keys.iter().flatten().enumerate() {
        let handles = [&key.alias, &key.name, &key.id];
        let is_it = handles.into_iter().flatten().any(|handle| handle == named);
        if is_it && self::spot(planner, key)?.account == spot.account {
            return Ok(planner.names.fill(&placeholder(&known_as(index))));
        }
    }
    match describe(planner, spot, named)? {
        Some(found) => Ok(text(&found, "KeyId").to_owned()),
        None => Err(ApplyError::Unknown {
            item: spot.item.clone(),
            kind: "key",
            name: named.to_owned(),
        }),
    }
}

/// The keys of an account's aliases, by the aliases' names.
pub(super) fn aliases(
    planner: &Planner<'_>,
    spot: &Spot,
) -> Result<BTreeMap<String, String>, ApplyError> {
    let answer = planner.list(spot, SERVICE, "ListAliases", &json!({}), "Aliases")?;
    let target = |alias: &Value| {
        (
            text(alias, "AliasName").to_owned(),
            text(alias, "TargetKeyId").to_owned(),
        )
    };
    Ok(answer.iter().map(target).collect())
}

/// What the server knows of a key's grants.
pub(super) fn grants(
    planner: &Planner<'_>,
    spot: &Spot,
    id: &str,
) -> Result<Vec<Value>, ApplyError> {
    if id.starts_with("{{") {
        return Ok(Vec::new());
    }
    let input = json!({"KeyId": id});
    let mut grants = planner.list(spot, SERVICE, "ListGrants", &input, "Grants")?;
    grants.retain(|grant| !text(grant, "Name").is_empty());
    Ok(grants)
}

/// The operations of a grant.
pub(super) fn operations(grant: &Value) -> Vec<&str> {
    let mut operations: Vec<_> = list(grant, "Operations")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    operations.sort_unstable();
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(
        id: Option<&str>,
        hex: Option<&str>,
        base64: Option<&str>,
    ) -> Result<Option<String>, String> {
        let key = Key {
            name: Some("a".to_owned()),
            alias: None,
            account: None,
            description: None,
            policy: None,
            tags: None,
            enabled: None,
            id: id.map(str::to_owned),
            material_hex: hex.map(str::to_owned),
            material_base64: base64.map(str::to_owned),
        };
        let spot = Spot {
            item: "key a".to_owned(),
            account: String::new(),
        };
        material(&key, &spot).map_err(|error| error.to_string())
    }

    #[test]
    fn material_is_whole_or_absent() {
        let (hex, base64) = ("0f".repeat(32), STANDARD.encode([0x0f; 32]));
        assert_eq!(seeded(None, None, None), Ok(None));
        assert_eq!(
            seeded(Some("i"), Some(&hex), None),
            Ok(Some(base64.clone()))
        );
        assert_eq!(
            seeded(Some("i"), None, Some(&base64)),
            Ok(Some(base64.clone()))
        );
        for (id, hex, base64) in [
            (Some("i"), None, None),
            (None, Some(hex.as_str()), None),
            (Some("i"), Some(hex.as_str()), Some(base64.as_str())),
            (Some("i"), Some("0f"), None),
            (Some("i"), Some("0"), None),
            (Some("i"), Some("é"), None),
            (Some("i"), None, Some("!")),
        ] {
            let error = seeded(id, hex, base64).unwrap_err();
            assert!(error.starts_with("key a: "), "{error}");
        }
    }
}
