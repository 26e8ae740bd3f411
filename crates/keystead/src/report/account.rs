//! What is read of an account's keys in a Region.

use std::collections::{BTreeMap, BTreeSet};

use keystead_core::key::KeySpec;
use keystead_core::time::Timestamp;
use serde_json::{Value, json};

use super::identities::{self, IdentityPolicy};
use super::reading::{Reading, Unread, read, read_list};
use crate::api::{self, Service};
use crate::client::answer::{instant, text};
use crate::client::{Client, ClientError, Refusal};
use crate::progress::Progress;

/// The keys of an account in a Region, and the policies of its identities.
pub(super) struct Account {
    /// 12 digits.
    pub(super) id: String,
    pub(super) region: String,
    pub(super) keys: Vec<Key>,
    pub(super) identities: Reading<Vec<IdentityPolicy>>,
    /// Why keys are called by their ids alone, if they are.
    aliases: Reading<()>,
}

/// A key, as far as it may be read.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) arn: String,
    /// Its first alias, or else its id.
    pub(super) name: String,
    pub(super) about: Reading<About>,
    pub(super) policy: Reading<String>,
    /// Whether it is rotated automatically; not of keys that can't be.
    pub(super) rotates: Reading<bool>,
    /// How many rotations are retained.
    pub(super) rotations: Reading<usize>,
    /// How many tags it has.
    pub(super) tags: Reading<usize>,
    pub(super) last_use: Reading<LastUse>,
    pub(super) grants: Reading<Vec<Grant>>,
}

/// What `DescribeKey` tells, in its words.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) is_customer_managed: bool,
    pub(super) spec: String,
    pub(super) origin: String,
    pub(super) state: String,
    pub(super) deletion: Option<Timestamp>,
    pub(super) valid_to: Option<Timestamp>,
}

/// When a key was used, of which is known from an instant on.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastUse {
    pub(super) at: Option<Timestamp>,
    pub(super) known_since: Option<Timestamp>,
}

/// A grant.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) id: String,
    pub(super) grantee: String,
    pub(super) created: Option<Timestamp>,
}

impl About {
    pub(super) fn is_symmetric(&self) -> bool {
        self.spec == KeySpec::SymmetricDefault.as_str()
    }

    pub(super) fn is_pending_deletion(&self) -> bool {
        self.state == "PendingDeletion"
    }
}

impl Account {
    /// Reads it, with a handful of calls for each key.
    ///
    /// # Errors
    /// All of [`ClientError`]; refusals only of `GetCallerIdentity` and `ListKeys`, without which
    /// there is nothing to tell.
    pub(super) fn read(client: &Client, progress: &Progress) -> Result<Self, ClientError> {
        progress.say("listing keys …");
        let caller = api::call(client, Service::Sts, "GetCallerIdentity", &json!({}))?;
        let listed = read_list(client, "ListKeys", json!({"Limit": 1000}), "Keys")?;
        let listed = listed.map_err(|unread| Refusal {
            code: unread.code,
            message: "there is no report without kms:ListKeys".to_owned(),
            request_id: String::new(),
        })?;
        let aliases = read_list(client, "ListAliases", json!({"Limit": 100}), "Aliases")?;
        let (names, aliases) = match aliases {
            Ok(aliases) => (first_names(&aliases), Ok(())),
            Err(unread) => (BTreeMap::new(), Err(unread)),
        };
        let mut keys = Vec::with_capacity(listed.len());
        for (index, entry) in listed.iter().enumerate() {
            let all = listed.len();
            progress.say(&format!("looking at key {} of {all} …", index + 1));
            let id = text(entry, "KeyId");
            let name = names.get(id).cloned().unwrap_or_else(|| id.to_owned());
            keys.push(Key::read(client, text(entry, "KeyArn"), name)?);
        }
        progress.say("looking at the policies of identities …");
        Ok(Self {
            id: text(&caller, "Account").to_owned(),
            region: client.region().to_owned(),
            keys,
            identities: identities::read_all(client)?,
            aliases,
        })
    }

    /// One whose identities have no policies.
    #[cfg(test)]
    pub(super) fn of(id: &str, region: &str, keys: Vec<Key>) -> Self {
        Self {
            id: id.to_owned(),
            region: region.to_owned(),
            keys,
            identities: Ok(Vec::new()),
            aliases: Ok(()),
        }
    }

    /// What could not be read, and of how many keys.
    pub(super) fn unread(&self) -> BTreeMap<Unread, usize> {
        let mut counts = BTreeMap::new();
        let of_keys = self.keys.iter().flat_map(Key::unread);
        let aliases = self.aliases.as_ref().err();
        let identities = self.identities.as_ref().err();
        for unread in of_keys.chain(aliases).chain(identities) {
            *counts.entry(unread.clone()).or_default() += 1;
        }
        counts
    }
}

fn first_names(aliases: &[Value]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for alias in aliases {
        let target = names.entry(text(alias, "TargetKeyId").to_owned());
        target.or_insert_with(|| text(alias, "AliasName").to_owned());
    }
    names
}

impl Key {
    /// A key of which nothing is known, for this reason.
    pub(super) fn unknown(arn: &str, name: String, why: &Unread) -> Self {
        Self {
            arn: arn.to_owned(),
            name,
            about: Err(why.clone()),
            policy: Err(why.clone()),
            rotates: Err(why.clone()),
            rotations: Err(why.clone()),
            tags: Err(why.clone()),
            last_use: Err(why.clone()),
            grants: Err(why.clone()),
        }
    }

    /// Of a key that AWS's services made no more is read than what it is: its owner can't change it.
    fn read(client: &Client, arn: &str, name: String) -> Result<Self, ClientError> {
        let on = json!({"KeyId": arn});
        let ask = |operation| read(client, Service::Kms, operation, &on);
        let count = |operation, member| {
            let listed = read_list(client, operation, on.clone(), member)?;
            Ok::<_, ClientError>(listed.map(|all| all.len()))
        };
        let about = ask("DescribeKey")?;
        let about = match about.and_then(|answer| member(&answer, "DescribeKey", "KeyMetadata")) {
            Ok(metadata) => About::from(&metadata),
            Err(unread) => return Ok(Self::unknown(arn, name, &unread)),
        };
        let mut key = Self {
            arn: arn.to_owned(),
            name,
            policy: Ok(String::new()),
            rotates: Ok(false),
            rotations: Ok(0),
            tags: Ok(0),
            last_use: Ok(LastUse {
                at: None,
                known_since: None,
            }),
            grants: Ok(Vec::new()),
            about: Ok(about.clone()),
        };
        if !about.is_customer_managed {
            return Ok(key);
        }
        if about.is_symmetric() {
            const STATUS: &str = "GetKeyRotationStatus";
            let status = ask(STATUS)?;
            let rotates = status.and_then(|status| member(&status, STATUS, "KeyRotationEnabled"));
            key.rotates = rotates.map(|rotates| rotates == Value::Bool(true));
            key.rotations = count("ListKeyRotations", "Rotations")?;
        }
        key.policy = ask("GetKeyPolicy")?.map(|answer| text(&answer, "Policy").to_owned());
        key.tags = count("ListResourceTags", "Tags")?;
        key.last_use = ask("GetKeyLastUsage")?.map(|answer| LastUse {
            at: answer
                .get("KeyLastUsage")
                .and_then(|last| instant(last, "Timestamp")),
            known_since: instant(&answer, "TrackingStartDate"),
        });
        let grants = read_list(client, "ListGrants", on.clone(), "Grants")?;
        key.grants = grants.map(|all| all.iter().map(Grant::from).collect());
        Ok(key)
    }

    fn unread(&self) -> BTreeSet<&Unread> {
        let all = [
            self.about.as_ref().err(),
            self.policy.as_ref().err(),
            self.rotates.as_ref().err(),
            self.rotations.as_ref().err(),
            self.tags.as_ref().err(),
            self.last_use.as_ref().err(),
            self.grants.as_ref().err(),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A member that an answer must have.
fn member(answer: &Value, operation: &str, member: &str) -> Reading<Value> {
    answer.get(member).cloned().ok_or_else(|| Unread {
        action: format!("kms:{operation}"),
        code: format!("no {member} in the answer"),
    })
}

impl From<&Value> for About {
    fn from(metadata: &Value) -> Self {
        let own = |member| text(metadata, member).to_owned();
        Self {
            is_customer_managed: text(metadata, "KeyManager") == "CUSTOMER",
            spec: own("KeySpec"),
            origin: own("Origin"),
            state: own("KeyState"),
            deletion: instant(metadata, "DeletionDate"),
            valid_to: instant(metadata, "ValidTo"),
        }
    }
}

impl From<&Value> for Grant {
    fn from(grant: &Value) -> Self {
        let grantee = match text(grant, "GranteePrincipal") {
            "" => text(grant, "GranteeServicePrincipal"),
            principal => principal,
        };
        Self {
            id: text(grant, "GrantId").to_owned(),
            grantee: grantee.to_owned(),
            created: instant(grant, "CreationDate"),
        }
    }
}
