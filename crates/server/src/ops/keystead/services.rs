//! Services: principals such as `s3.us-east-1.amazonaws.com` that call with access keys of their
//! own, for themselves or on behalf of users.
//!
//! Key policies of all accounts trust a service by its name, and whoever has its access key may
//! call on behalf of anybody. So only one account registers services: the organization's management
//! account, or that of a deployment without an organization.

use std::sync::Arc;

use keystead_core::change::{Change, Expected};
use keystead_core::identity::{AccessKeyStatus, IdentityPlace, KeyOwner, ServiceRecord};
use keystead_wire::json::{EpochSeconds, NoOutput};
use keystead_wire::keystead::{StatusType, input, output};

use crate::fault::Fault;
use crate::identities::{AccessKey, Entry, Identities};
use crate::ops::iam::access_keys::generate;
use crate::ops::management::{Answer, Call, operations};
use crate::ops::page::{self, PageLimits};
use crate::target::Named;

/// A service may have two access keys, as a user may, so that one can be replaced by another.
const ACCESS_KEYS: usize = 2;

const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

operations! { Keystead "keystead" Json;
    /// Registers a service. One that is there stays as it is.
    PutService: write, on account => put => output::PutService;
    /// Removes a service that has no access keys.
    DeleteService: write, on account => delete;
    /// Lists the services, in the order of their names.
    ListServices: read, on account => list => output::ListServices;
    /// Makes an access key of a service. Its secret is shown this once.
    CreateServiceAccessKey: write, on account => create_key => output::CreateServiceAccessKey;
    /// Lists a service's access keys.
    ListServiceAccessKeys: read, on account => list_keys => output::ListServiceAccessKeys;
    /// Destroys an access key of a service.
    DeleteServiceAccessKey: write, on account => delete_key;
}

type Done<T> = Result<Answer<T>, Fault>;

const fn account<I>(_input: &I) -> Named<'_> {
    Named::Account
}

fn put(call: &Call<'_, input::PutService>) -> Done<output::PutService> {
    check_trusted(call)?;
    let (name, identities) = (&call.input.service_name, call.tools.identities);
    if let Some(found) = identities.service(name) {
        own(call, &found)?;
        let service = shown(&found.record, identities);
        return Ok(output::PutService { service }.into());
    }
    // One name in many millions.
    if identities.own_account(name).is_none() {
        return Err(Fault::Named {
            code: "EntityAlreadyExists",
            status: 409,
            message: format!(
                "The account for the keys of {name} would be that of another: give the service another name."
            ),
        });
    }
    let record = ServiceRecord {
        name: name.clone(),
        account: call.account,
        created: call.tools.now,
    };
    let service = shown(&record, identities);
    Ok(
        Answer::from(output::PutService { service }).change(Change::PutIdentity {
            record: Box::new(record.into()),
            expected: Expected::Absent,
        }),
    )
}

fn delete(call: &Call<'_, input::DeleteService>) -> Done<NoOutput> {
    let found = find(call, &call.input.service_name)?;
    if keys(call, &found).is_empty() {
        Ok(Answer::from(NoOutput).change(found.removed()))
    } else {
        Err(Fault::Named {
            code: "DeleteConflict",
            status: 409,
            message: "Cannot delete entity, must delete access keys first.".to_owned(),
        })
    }
}

fn list(call: &Call<'_, input::ListServices>) -> Done<output::ListServices> {
    const LIST: &str = "ListServices";
    let after: Option<String> = page::after(LIST, call.input.marker.as_deref())?;
    let prefix = call.input.name_prefix.as_deref().unwrap_or_default();
    let size = LIMITS.size(call.input.max_items);
    let is_wanted = |found: &Arc<Entry<ServiceRecord>>| {
        let name = &found.record.name;
        found.record.account == call.account
            && name.starts_with(prefix)
            && after.as_ref().is_none_or(|after| name > after)
    };
    let all = call
        .tools
        .identities
        .services()
        .into_iter()
        .filter(is_wanted);
    let found: Vec<_> = all.take(size.saturating_add(1)).collect();
    let (found, marker) = page::cut(LIST, found, size, |found| found.record.name.clone());
    Ok(output::ListServices {
        services: found
            .iter()
            .map(|found| shown(&found.record, call.tools.identities))
            .collect(),
        is_truncated: marker.is_some(),
        marker,
    }
    .into())
}

fn create_key(
    call: &Call<'_, input::CreateServiceAccessKey>,
) -> Done<output::CreateServiceAccessKey> {
    check_trusted(call)?;
    let found = find(call, &call.input.service_name)?;
    if keys(call, &found).len() >= ACCESS_KEYS {
        return Err(Fault::Limit {
            message: format!("Cannot exceed quota for AccessKeysPerService: {ACCESS_KEYS}"),
        });
    }
    let name = found.record.name.clone();
    let (record, secret_access_key) = generate(call, KeyOwner::Service(name.clone()))?;
    let access_key = output::AccessKey {
        service_name: name,
        access_key_id: record.id.clone(),
        status: status(record.status),
        secret_access_key,
        create_date: EpochSeconds(record.created.as_millis()),
    };
    // The service is written again as it is, so that of two calls that meet the second decides
    // anew: neither a third key is made nor one of a service that has gone.
    let held = found.replaced_by(found.record.clone());
    Ok(Answer::from(output::CreateServiceAccessKey { access_key })
        .change(held)
        .change(Change::PutIdentity {
            record: Box::new(record.into()),
            expected: Expected::Absent,
        }))
}

fn list_keys(call: &Call<'_, input::ListServiceAccessKeys>) -> Done<output::ListServiceAccessKeys> {
    let found = find(call, &call.input.service_name)?;
    let metadata = |key: &Arc<AccessKey>| output::AccessKeyMetadata {
        service_name: found.record.name.clone(),
        access_key_id: key.record.id.clone(),
        status: status(key.record.status),
        create_date: EpochSeconds(key.record.created.as_millis()),
    };
    Ok(output::ListServiceAccessKeys {
        access_key_metadata: keys(call, &found).iter().map(metadata).collect(),
    }
    .into())
}

fn delete_key(call: &Call<'_, input::DeleteServiceAccessKey>) -> Done<NoOutput> {
    let found = find(call, &call.input.service_name)?;
    let id = &call.input.access_key_id;
    let key = keys(call, &found)
        .into_iter()
        .find(|key| key.record.id == *id);
    let key = key.ok_or_else(|| absent(format!("The Access Key with id {id} cannot be found.")))?;
    Ok(Answer::from(NoOutput).change(key.removed()))
}

/// Refuses accounts whose services nobody else need trust: all but the organization's management
/// account, and without an organization all but the only account that there is.
fn check_trusted<I>(call: &Call<'_, I>) -> Result<(), Fault> {
    let identities = call.tools.identities;
    let is_trusted = match identities.organization() {
        Some(organization) => organization.record.management_account == call.account,
        None => identities.takes_anyone() || identities.accounts_after(None, 2).len() < 2,
    };
    if is_trusted {
        return Ok(());
    }
    Err(Fault::AccessDenied {
        message: "Only the organization's management account may register services.".to_owned(),
    })
}

fn find<I>(call: &Call<'_, I>, name: &str) -> Result<Arc<Entry<ServiceRecord>>, Fault> {
    let found = call.tools.identities.service(name);
    let found = found.ok_or_else(|| no_such_service(name))?;
    own(call, &found)?;
    Ok(found)
}

/// A service of another account is as good as none.
fn own<I>(call: &Call<'_, I>, found: &Entry<ServiceRecord>) -> Result<(), Fault> {
    if found.record.account == call.account {
        Ok(())
    } else {
        Err(no_such_service(&found.record.name))
    }
}

fn keys<I>(call: &Call<'_, I>, service: &Entry<ServiceRecord>) -> Vec<Arc<AccessKey>> {
    let name = service.record.name.clone();
    let owner = IdentityPlace::Service { name };
    call.tools.identities.access_keys_of(&owner)
}

fn no_such_service(name: &str) -> Fault {
    absent(format!("The service with name {name} cannot be found."))
}

const fn absent(message: String) -> Fault {
    Fault::Named {
        code: "NoSuchEntity",
        status: 404,
        message,
    }
}

fn shown(record: &ServiceRecord, identities: &Identities) -> output::Service {
    let account = identities.own_account(&record.name);
    output::Service {
        key_account_id: account.map(|account| account.to_string()),
        service_name: record.name.clone(),
        create_date: EpochSeconds(record.created.as_millis()),
    }
}

const fn status(status: AccessKeyStatus) -> StatusType {
    match status {
        AccessKeyStatus::Active => StatusType::Active,
        AccessKeyStatus::Inactive => StatusType::Inactive,
    }
}
