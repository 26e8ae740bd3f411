//! Access keys of users.

use std::sync::Arc;

use keystead_core::change::Change;
use keystead_core::identity::{AccessKeyRecord, AccessKeyStatus, IdentityKind, KeyOwner};
use keystead_wire::iam::{StatusType, input, output};
use keystead_wire::model::Sensitive;
use keystead_wire::query::NoOutput;
use zeroize::Zeroizing;

use super::about::user_or_oneself;
use super::pages::{asked, listed};
use super::{Done, entity, error, quota, shown};
use crate::fault::Fault;
use crate::identities::secrets::{self, RandomOf};
use crate::identities::{AccessKey, UserEntry};
use crate::ops::management::{Answer, Call, operations};
use crate::target::Named;

operations! { Iam "iam" Query;
    /// Makes an access key. Its secret is shown this once.
    CreateAccessKey: write, on |input| user_or_oneself(input.user_name.as_deref())
        => create => output::CreateAccessKey;
    /// Lists a user's access keys.
    ListAccessKeys: read, on |input| user_or_oneself(input.user_name.as_deref())
        => list => output::ListAccessKeys;
    /// Switches an access key on or off, at once.
    UpdateAccessKey: write, on |input| user_or_oneself(input.user_name.as_deref()) => update;
    /// Destroys an access key.
    DeleteAccessKey: write, on |input| user_or_oneself(input.user_name.as_deref()) => delete;
    /// Tells when an access key was used last, and for what.
    GetAccessKeyLastUsed: read, on |input| Named::AccessKey(&input.access_key_id)
        => last_used => output::GetAccessKeyLastUsed;
}

fn create(call: &Call<'_, input::CreateAccessKey>) -> Done<output::CreateAccessKey> {
    let user = owner(call, call.input.user_name.as_deref())?;
    if call.access_keys(&user.record.name).len() >= quota::ACCESS_KEYS_PER_USER {
        return Err(error::quota(
            "AccessKeysPerUser",
            quota::ACCESS_KEYS_PER_USER,
        ));
    }
    let (record, secret_access_key) = generate(call, KeyOwner::User(user.record.name.clone()))?;
    let access_key = output::AccessKey {
        user_name: user.record.name.clone(),
        access_key_id: record.id.clone(),
        status: status(record.status),
        secret_access_key,
        create_date: shown::instant(record.created),
    };
    Ok(Answer::from(output::CreateAccessKey { access_key })
        .change(entity::made(record))
        .change(entity::held(&user)))
}

fn list(call: &Call<'_, input::ListAccessKeys>) -> Done<output::ListAccessKeys> {
    let user = owner(call, call.input.user_name.as_deref())?;
    let keys = call.access_keys(&user.record.name);
    let page = asked!(call, "ListAccessKeys").page(keys, |key| key.record.id.clone())?;
    let page = page.map(|key| output::AccessKeyMetadata {
        user_name: user.record.name.clone(),
        access_key_id: key.record.id.clone(),
        status: status(key.record.status),
        create_date: shown::instant(key.record.created),
    });
    listed!(page => ListAccessKeys.access_key_metadata)
}

fn update(call: &Call<'_, input::UpdateAccessKey>) -> Done<NoOutput> {
    let input = call.input;
    let key = key(call, input.user_name.as_deref(), &input.access_key_id)?;
    let status = match input.status {
        StatusType::Active => AccessKeyStatus::Active,
        StatusType::Inactive => AccessKeyStatus::Inactive,
        StatusType::Expired => {
            return Err(error::invalid_input("Access keys can't be made to expire."));
        }
    };
    let record = AccessKeyRecord {
        status,
        ..key.record.clone()
    };
    Ok(Answer::from(NoOutput).change(replaced(&key, record)))
}

fn delete(call: &Call<'_, input::DeleteAccessKey>) -> Done<NoOutput> {
    let input = call.input;
    let key = key(call, input.user_name.as_deref(), &input.access_key_id)?;
    Ok(Answer::from(NoOutput).change(key.removed()))
}

fn last_used(call: &Call<'_, input::GetAccessKeyLastUsed>) -> Done<output::GetAccessKeyLastUsed> {
    const NEVER: &str = "N/A";
    let id = &call.input.access_key_id;
    let key = call.tools.identities.access_key(id);
    let key = key.filter(|key| key.record.account == call.account);
    let key = key.ok_or_else(|| error::no_such_access_key(id))?;
    let KeyOwner::User(user_name) = &key.record.owner else {
        return Err(error::no_such_access_key(id));
    };
    let used = key.last_use();
    let used = used.as_deref();
    let access_key_last_used = output::AccessKeyLastUsed {
        last_used_date: used.map(|used| shown::instant(used.at)),
        service_name: used.map_or(NEVER, |used| used.service).to_owned(),
        region: used.map_or(NEVER, |used| &used.region).to_owned(),
    };
    Ok(output::GetAccessKeyLastUsed {
        user_name: Some(user_name.clone()),
        access_key_last_used,
    }
    .into())
}

/// A new access key, and its secret in the clear, which is nowhere else.
pub(in crate::ops) fn generate<I>(
    call: &Call<'_, I>,
    owner: KeyOwner,
) -> Result<(AccessKeyRecord, Sensitive), Fault> {
    let random = RandomOf(call.tools.provider);
    let id = secrets::access_key_id(&random, "AKIA")?;
    let secret = secrets::secret_access_key(&random)?;
    let sealed = call
        .tools
        .identities
        .secrets()
        .seal(&random, call.account, &id, &secret)?;
    let record = AccessKeyRecord {
        id,
        account: call.account,
        owner,
        secret: sealed,
        created: call.tools.now,
        status: AccessKeyStatus::Active,
    };
    // Exposed to its owner, this once.
    let shown = secret.expose().iter().map(|letter| char::from(*letter));
    let mut text = Zeroizing::new(String::with_capacity(secret.len()));
    text.extend(shown);
    Ok((record, Sensitive::new(text)))
}

/// The change that writes `record` in the place of a key.
pub(super) fn replaced(key: &AccessKey, record: AccessKeyRecord) -> Change {
    Change::PutIdentity {
        record: Box::new(record.into()),
        expected: key.expected(),
    }
}

/// The user of this name; without one, the caller.
pub(super) fn owner<I>(call: &Call<'_, I>, name: Option<&str>) -> Result<Arc<UserEntry>, Fault> {
    match (name, call.caller.member().identity().kind()) {
        (Some(name), _) => call.find(name),
        (None, IdentityKind::User { name, .. }) => call.find(name),
        _ => Err(error::must_name_user()),
    }
}

/// A key of the user of this name; without one, of the caller.
fn key<I>(call: &Call<'_, I>, user: Option<&str>, id: &str) -> Result<Arc<AccessKey>, Fault> {
    let user = owner(call, user)?;
    call.access_keys(&user.record.name)
        .into_iter()
        .find(|key| key.record.id == id)
        .ok_or_else(|| error::no_such_access_key(id))
}

const fn status(status: AccessKeyStatus) -> StatusType {
    match status {
        AccessKeyStatus::Active => StatusType::Active,
        AccessKeyStatus::Inactive => StatusType::Inactive,
    }
}
