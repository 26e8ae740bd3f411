//! Who is there when a test node starts: written to its store of identities before it opens.

use std::collections::{BTreeMap, BTreeSet};

use keystead_core::arn::AccountId;
use keystead_core::identity::{
    AccessKeyRecord, AccessKeyStatus, AccountRecord, GroupRecord, IdentityRecord, KeyOwner,
    ROOT_PATH, RoleRecord, ServiceRecord, UserRecord,
};
use keystead_core::time::Timestamp;
use keystead_crypto::{SecretBytes, SystemRandom};
use keystead_server::directory::record::encode;
use keystead_server::identities::Secrets;
use keystead_store::{Commit, CommitError, Expect, Store};

/// Accounts, users, groups and roles of a test's choice.
#[derive(Debug, Default, Clone)]
pub(crate) struct Population {
    records: Vec<IdentityRecord>,
    signers: Vec<(AccountId, KeyOwner, String)>,
}

/// The id of the access key of a user or a service: `AKIA`, and the name in capitals.
pub(crate) fn access_key_id(name: &str) -> String {
    format!("AKIA{}", name.to_uppercase())
}

/// The secret of that access key.
pub(crate) fn secret(name: &str) -> String {
    format!("the secret of {name}, long enough")
}

impl Population {
    pub(crate) fn account(&mut self, account: AccountId, created: Timestamp) {
        self.records
            .push(AccountRecord::new(account, created).into());
    }

    pub(crate) fn user(&mut self, user: UserRecord) {
        let owner = KeyOwner::User(user.name.clone());
        self.signers.push((user.account, owner, user.name.clone()));
        self.records.push(user.into());
    }

    pub(crate) fn service(&mut self, account: AccountId, name: &str, created: Timestamp) {
        let name = name.to_owned();
        let owner = KeyOwner::Service(name.clone());
        self.signers.push((account, owner, name.clone()));
        let record = ServiceRecord {
            name,
            account,
            created,
        };
        self.records.push(record.into());
    }

    pub(crate) fn record(&mut self, record: IdentityRecord) {
        self.records.push(record);
    }

    /// Writes everybody who is not there yet: what a test has changed outlives a second start.
    pub(crate) async fn write(self, store: &dyn Store, secrets: &Secrets, created: Timestamp) {
        let keys = self.signers.into_iter().map(|(account, owner, name)| {
            let id = access_key_id(&name);
            let plain = SecretBytes::from(secret(&name).into_bytes());
            let sealed = secrets.seal(&SystemRandom, account, &id, &plain);
            let key = AccessKeyRecord {
                id,
                account,
                owner,
                secret: sealed.expect("randomness"),
                created,
                status: AccessKeyStatus::Active,
            };
            IdentityRecord::from(key)
        });
        for record in self.records.into_iter().chain(keys) {
            let path = record.place().path();
            let commit = Commit::new()
                .expect(path.clone(), Expect::Absent)
                .put(path, encode(&record).expect("JSON"));
            match store.commit(commit).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A user whose unique id is `AIDA` and its name in capitals.
pub(crate) fn user(
    account: AccountId,
    name: &str,
    policy: Option<&str>,
    created: Timestamp,
) -> UserRecord {
    UserRecord {
        inline_policies: inline(policy),
        ..UserRecord::new(account, name, unique_id("AIDA", name), created)
    }
}

/// A role whose unique id is `AROA` and its name in capitals.
pub(crate) fn role(
    account: AccountId,
    name: &str,
    trust: &str,
    policy: Option<&str>,
    created: Timestamp,
) -> RoleRecord {
    let id = unique_id("AROA", name);
    RoleRecord {
        inline_policies: inline(policy),
        ..RoleRecord::new(account, name, id, created, trust)
    }
}

/// A group whose unique id is `AGPA` and its name in capitals.
pub(crate) fn group(
    account: AccountId,
    name: &str,
    policy: Option<&str>,
    created: Timestamp,
) -> GroupRecord {
    GroupRecord {
        account,
        path: ROOT_PATH.to_owned(),
        name: name.to_owned(),
        group_id: unique_id("AGPA", name),
        created,
        inline_policies: inline(policy),
        attached_policies: BTreeSet::new(),
    }
}

fn unique_id(prefix: &str, name: &str) -> String {
    let letters: String = name
        .to_uppercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("{prefix}{letters:A<17}")
}

fn inline(policy: Option<&str>) -> BTreeMap<String, String> {
    let named = |text: &str| ("inline".to_owned(), text.to_owned());
    policy.map(named).into_iter().collect()
}
