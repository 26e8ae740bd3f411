//! From a caller's words to a key.

use std::sync::Arc;

use keystead_core::alias::AliasName;
use keystead_core::arn::{AccountId, KeyReference, MalformedReference, Region, alias_arn, key_arn};
use keystead_core::key_id::KeyId;
use keystead_crypto::ciphertext::Blob;

use crate::authz::Scope;
use crate::directory::key_entry::{KeyEntry, key_id};
use crate::fault::Fault;

/// Which forms of a key's name an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forms {
    /// Key ids and key ARNs.
    Key,
    /// These, alias names and alias ARNs.
    KeyOrAlias,
    /// All of these, and a bare key id may be one of another account's: the ciphertext at hand
    /// shows that its owner shared it.
    Ciphertext,
}

/// The key of a name; `None` if the name is of another account and means nothing there.
pub(super) fn by_text(
    given: &str,
    forms: Forms,
    scope: &Scope<'_>,
) -> Result<Option<Arc<KeyEntry>>, Fault> {
    let invalid_id = || Fault::InvalidKeyId {
        given: given.to_owned(),
    };
    let reference: KeyReference = given.parse().map_err(|error| match error {
        MalformedReference::Arn => Fault::InvalidArn {
            given: given.to_owned(),
        },
        MalformedReference::Alias | MalformedReference::KeyId => invalid_id(),
    })?;
    match reference {
        KeyReference::Id(id) => by_id(id, forms, scope).map(Some),
        KeyReference::Arn {
            region,
            account,
            id,
        } => {
            check_region(&region, scope)?;
            by_owner(id, account, scope)
        }
        KeyReference::Alias(_) | KeyReference::AliasArn { .. } if forms == Forms::Key => {
            Err(Fault::AliasForKey)
        }
        KeyReference::Alias(name) => by_alias(&name, scope.account, scope),
        KeyReference::AliasArn {
            region,
            account,
            name,
        } => {
            check_region(&region, scope)?;
            by_alias(&name, account, scope)
        }
    }
}

/// The alias in a key's name, which stands by itself or in an ARN.
pub(super) fn alias_of(given: &str) -> Option<AliasName> {
    if !given.contains("alias/") {
        return None;
    }
    match given.parse().ok()? {
        KeyReference::Alias(name) | KeyReference::AliasArn { name, .. } => Some(name),
        KeyReference::Id(_) | KeyReference::Arn { .. } => None,
    }
}

/// The key that a ciphertext names; `None` if there is none.
pub(super) fn by_ciphertext(
    blob: &[u8],
    scope: &Scope<'_>,
) -> Result<Option<Arc<KeyEntry>>, Fault> {
    let blob = Blob::parse(blob).map_err(|_| Fault::InvalidCiphertext)?;
    Ok(scope.directory.key(key_id(blob.identity())))
}

/// The answer to a key id that means nothing in the caller's account.
pub(super) fn no_such_key(id: KeyId, scope: &Scope<'_>) -> Fault {
    Fault::NoSuchKey {
        arn: key_arn(scope.region, scope.account, id),
    }
}

fn by_id(id: KeyId, forms: Forms, scope: &Scope<'_>) -> Result<Arc<KeyEntry>, Fault> {
    let may_be_foreign = forms == Forms::Ciphertext;
    let found = scope.directory.key(id);
    found
        .filter(|entry| may_be_foreign || entry.record.account == scope.account)
        .ok_or_else(|| no_such_key(id, scope))
}

fn by_owner(
    id: KeyId,
    account: AccountId,
    scope: &Scope<'_>,
) -> Result<Option<Arc<KeyEntry>>, Fault> {
    match scope.directory.key(id) {
        Some(entry) if entry.record.account == account => Ok(Some(entry)),
        _ if account != scope.account => Ok(None),
        _ => Err(no_such_key(id, scope)),
    }
}

fn by_alias(
    name: &AliasName,
    account: AccountId,
    scope: &Scope<'_>,
) -> Result<Option<Arc<KeyEntry>>, Fault> {
    let alias = scope.directory.alias(account, name);
    match alias.and_then(|alias| scope.directory.key(alias.record.target)) {
        Some(entry) => Ok(Some(entry)),
        None if account != scope.account => Ok(None),
        None => Err(Fault::NoSuchAlias {
            arn: alias_arn(scope.region, account, name),
        }),
    }
}

fn check_region(region: &Region, scope: &Scope<'_>) -> Result<(), Fault> {
    if region == scope.region {
        Ok(())
    } else {
        Err(Fault::ForeignRegion {
            region: region.to_string(),
        })
    }
}
