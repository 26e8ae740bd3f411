//! AWS managed keys: the key that a service uses in an account unless it is told of another one.
//!
//! Each account has at most one for a service in a Region, `alias/aws/<name>`. It is made when it is
//! first used: by the service on behalf of a user, or by somebody of the account who looks at it
//! ("AWS managed keys" in the KMS developer guide, and `DescribeKey` in the API reference). Its
//! policy is fixed, so that nobody may change or delete it; it is rotated every year.
//!
//! A call that finds none is decided on the key as it would be. If that allows it, the corridor has
//! the key made here and decides anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use keystead_core::alias::{AliasName, AliasRecord};
use keystead_core::arn::{AccountId, PARTITION, Region, key_arn};
use keystead_core::change::{Change, Expected};
use keystead_core::key::{AutomaticRotation, KeyManager, KeyRecord, KeySpec, KeyUsage, Origin};
use keystead_core::key_id::KeyId;
use keystead_core::key_state::KeyState;
use keystead_core::policy::{PrincipalIds, managed_key_policy};
use keystead_core::tag::Tags;
use keystead_core::time::Timestamp;

use crate::audit::KeyEvent;
use crate::authz::Scope;
use crate::commit::{self, NotDone};
use crate::corridor::Corridor;
use crate::fault::{Fault, Internal};
use crate::identities::Identities;
use crate::ops::new_material;
use crate::region::RegionRoom;
use crate::spans::CallSpan;
use crate::target::AuditResource;

/// How many days lie between two rotations of such a key.
const ROTATION_DAYS: u32 = 365;

/// Names of keys that are not the first part of their service's name.
const NAMES: [(&str, &str); 1] = [("ebs", "ec2")];

/// A key that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedKey {
    account: AccountId,
    alias: AliasName,
    name: String,
    service: String,
}

impl ManagedKey {
    /// The key that an alias of an account means: one of a service that is registered here.
    pub(crate) fn of(alias: &AliasName, account: AccountId, scope: &Scope<'_>) -> Option<Self> {
        let name = alias.as_str().strip_prefix(AliasName::RESERVED_PREFIX)?;
        let service = service_of(name, scope.region);
        scope.identities.service(&service)?;
        name_of(&service, scope.region).filter(|found| *found == name)?;
        Some(Self {
            account,
            alias: alias.clone(),
            name: name.to_owned(),
            service,
        })
    }

    /// The key as it would be, without material.
    pub(crate) fn record(&self, id: KeyId, created: Timestamp) -> KeyRecord {
        KeyRecord {
            id,
            account: self.account,
            created,
            description: format!(
                "Default key that protects my {} data when no other key is defined",
                self.name
            ),
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            origin: Origin::AwsKms,
            manager: KeyManager::Aws,
            state: KeyState::Enabled,
            policy: managed_key_policy(PARTITION, self.account.as_str(), &self.name, &self.service),
            policy_principals: PrincipalIds::new(),
            tags: Tags::default(),
            materials: Vec::new(),
            rotation: Some(AutomaticRotation {
                period_days: ROTATION_DAYS,
                next: created.plus_days(ROTATION_DAYS),
            }),
        }
    }
}

/// The aliases that an account's keys of services have, or will have once they are made: one for each
/// service of the Region that is registered here.
pub(crate) fn aliases(identities: &Identities, region: &Region) -> BTreeSet<AliasName> {
    let services = identities.services();
    let names = services
        .iter()
        .filter_map(|service| name_of(&service.record.name, region));
    names
        .filter_map(|name| format!("{}{name}", AliasName::RESERVED_PREFIX).parse().ok())
        .collect()
}

/// What the key of a service is called; `None` of a service of another Region or of none.
fn name_of<'a>(service: &'a str, region: &Region) -> Option<&'a str> {
    let short = service
        .strip_suffix(".amazonaws.com")?
        .strip_suffix(region.as_str())?
        .strip_suffix('.')?;
    let named = NAMES.iter().find(|(_, service)| *service == short);
    Some(named.map_or(short, |(key, _)| *key))
}

fn service_of(name: &str, region: &Region) -> String {
    let short = NAMES.iter().find(|(key, _)| *key == name);
    let short = short.map_or(name, |(_, service)| *service);
    format!("{short}.{region}.amazonaws.com")
}

/// Makes the key, unless another call has meanwhile.
///
/// # Errors
/// What kept it from being made.
pub(crate) async fn make(
    corridor: &Corridor,
    room: &Arc<RegionRoom>,
    key: &ManagedKey,
) -> Result<(), Internal> {
    let (region, now) = (room.region(), corridor.clock.now());
    let tools = corridor.tools(&room.directory, now);
    let made = || -> Result<KeyRecord, Fault> {
        let id = KeyId::from_random(new_material::random_array(&tools)?);
        let mut record = key.record(id, now);
        record.materials.push(new_material::make(&record, &tools)?);
        Ok(record)
    };
    let record = made().map_err(|fault| match fault {
        Fault::Internal { source } => source,
        _ => Internal::Defect,
    })?;
    let arn = key_arn(region, record.account, record.id);
    let event = KeyEvent::managed(AuditResource {
        account: record.account,
        arn: arn.clone().into(),
    });
    let event = corridor.record(event, region, now)?;
    let alias = AliasRecord {
        account: record.account,
        name: key.alias.clone(),
        target: record.id,
        created: now,
        updated: now,
    };
    let changes = [
        Change::PutKey {
            record: Box::new(record),
            expected: Expected::Absent,
        },
        Change::PutAlias {
            record: alias,
            expected: Expected::Absent,
        },
    ];
    let (ledger, audit) = (&room.ledger, &corridor.audit);
    let site = commit::Site {
        ledger,
        region,
        audit,
        span: &CallSpan::default(),
    };
    match commit::and_record(site, &changes, event, Vec::new()).await {
        Ok(_) => {
            tracing::info!(key = %arn, service = %key.service, "made the key of a service in an account");
            Ok(())
        }
        Err(NotDone::Conflict { head }) => Ok(ledger.shown.caught_up(head).await?),
        Err(NotDone::NotCommitted(error) | NotDone::NotRecorded(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_after_their_services() {
        let region: Region = "eu-west-1".parse().unwrap();
        for (name, service) in [
            ("s3", "s3.eu-west-1.amazonaws.com"),
            ("ebs", "ec2.eu-west-1.amazonaws.com"),
        ] {
            assert_eq!(service_of(name, &region), service);
            assert_eq!(name_of(service, &region), Some(name));
        }
        for service in ["s3.amazonaws.com", "s3.us-east-1.amazonaws.com", "s3"] {
            assert_eq!(name_of(service, &region), None);
        }
    }
}
