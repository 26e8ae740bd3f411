//! What a file may say. An item's absent members are left as they are on the server; those that are
//! there are made to be exactly so.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) accounts: Option<Vec<Account>>,
    pub(super) units: Option<Vec<Unit>>,
    pub(super) control_policies: Option<Vec<ControlPolicy>>,
    pub(super) policies: Option<Vec<ManagedPolicy>>,
    pub(super) groups: Option<Vec<Group>>,
    pub(super) users: Option<Vec<User>>,
    pub(super) roles: Option<Vec<Role>>,
    pub(super) oidc_providers: Option<Vec<OidcProvider>>,
    pub(super) services: Option<Vec<Service>>,
    pub(super) keys: Option<Vec<Key>>,
    pub(super) aliases: Option<Vec<Alias>>,
    pub(super) grants: Option<Vec<Grant>>,
}

/// A policy document, or a key set: a table, a JSON text, or `{ file = "…" }`.
pub(super) type Text = Value;

/// Tags, or an encryption context.
pub(super) type Pairs = BTreeMap<String, String>;

/// A member account of the organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) email: String,
    /// The unit that it stands in.
    pub(super) unit: Option<String>,
}

/// A unit of the organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub(super) name: String,
    /// The unit that it stands in, which comes before it in the file; the root unless it says.
    pub(super) parent: Option<String>,
}

/// The kinds of control policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ControlKind {
    Service,
    Resource,
}

/// A policy of the organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlPolicy {
    pub(super) name: String,
    pub(super) kind: ControlKind,
    #[serde(default)]
    pub(super) description: String,
    pub(super) document: Text,
    /// `root`, `unit NAME` or `account NAME`.
    pub(super) targets: Option<BTreeSet<String>>,
}

/// A managed policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManagedPolicy {
    pub(super) name: String,
    pub(super) account: Option<String>,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) document: Text,
    pub(super) tags: Option<Pairs>,
}

/// A group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) account: Option<String>,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) policies: Option<BTreeMap<String, Text>>,
    pub(super) managed: Option<BTreeSet<String>>,
}

/// A user.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) account: Option<String>,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) tags: Option<Pairs>,
    pub(super) groups: Option<BTreeSet<String>>,
    pub(super) policies: Option<BTreeMap<String, Text>>,
    pub(super) managed: Option<BTreeSet<String>>,
    pub(super) boundary: Option<String>,
    #[serde(default)]
    pub(super) access_key: AccessKey,
}

/// A role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) account: Option<String>,
    #[serde(default = "root_path")]
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) trust: Text,
    pub(super) max_session_seconds: Option<u32>,
    pub(super) tags: Option<Pairs>,
    pub(super) policies: Option<BTreeMap<String, Text>>,
    pub(super) managed: Option<BTreeSet<String>>,
    pub(super) boundary: Option<String>,
}

/// An OpenID Connect provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcProvider {
    pub(super) url: String,
    pub(super) account: Option<String>,
    pub(super) client_ids: BTreeSet<String>,
    #[serde(default)]
    pub(super) thumbprints: Vec<String>,
    /// Its JSON Web Key Set, which is fetched from it otherwise. The server does not tell it.
    pub(super) keys: Option<Text>,
    pub(super) tags: Option<Pairs>,
}

/// A service that calls for itself or on behalf of users.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) account: Option<String>,
    #[serde(default)]
    pub(super) access_key: AccessKey,
}

/// Whether to make an access key where there is none, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "access_key is true, false or a file's name")]
pub(super) enum AccessKey {
    /// `true`: it is printed.
    Wanted(bool),
    /// It is written to this file.
    File(String),
}

impl Default for AccessKey {
    fn default() -> Self {
        Self::Wanted(false)
    }
}

/// A KMS key. It is known by its id, its alias or, without either, by its tag `name`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) name: Option<String>,
    pub(super) alias: Option<String>,
    pub(super) account: Option<String>,
    pub(super) description: Option<String>,
    pub(super) policy: Option<Text>,
    pub(super) tags: Option<Pairs>,
    pub(super) enabled: Option<bool>,
    /// Development mode only, with one of the two that follow.
    pub(super) id: Option<String>,
    pub(super) material_hex: Option<String>,
    pub(super) material_base64: Option<String>,
}

/// A further alias of a key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) account: Option<String>,
    pub(super) key: String,
}

/// A grant. A grant can't be changed: one that differs is made anew and the former revoked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    pub(super) name: String,
    pub(super) account: Option<String>,
    pub(super) key: String,
    pub(super) grantee: String,
    pub(super) retiring: Option<String>,
    pub(super) operations: BTreeSet<String>,
    pub(super) encryption_context_equals: Option<Pairs>,
    pub(super) encryption_context_subset: Option<Pairs>,
    /// For which resource a service may use it.
    pub(super) source_arn: Option<String>,
}

fn root_path() -> String {
    "/".to_owned()
}
