//! Users and roles by their unique ids, which say whether the one that is there is still the one
//! that was meant.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::identity::{EntityKind, IdentityPlace};

use super::{Identities, Link, RoleEntry, UserEntry};

impl Identities {
    /// The user of a unique id, `AIDA…`.
    #[must_use]
    pub fn user_of_unique_id(&self, id: &str) -> Option<Arc<UserEntry>> {
        let (account, name) = self.entity_of_unique_id(id, EntityKind::User)?;
        let user = self.user(account, &name);
        user.filter(|user| user.record.user_id == id)
    }

    /// The role of a unique id, `AROA…`.
    #[must_use]
    pub fn role_of_unique_id(&self, id: &str) -> Option<Arc<RoleEntry>> {
        let (account, name) = self.entity_of_unique_id(id, EntityKind::Role)?;
        let role = self.role(account, &name);
        role.filter(|role| role.record.role_id == id)
    }

    fn entity_of_unique_id(&self, id: &str, wanted: EntityKind) -> Option<(AccountId, String)> {
        let link = Link::UniqueId(id.to_owned());
        match self.linked(&link, None, 1).into_iter().next()? {
            IdentityPlace::Entity {
                kind,
                account,
                name,
            } if kind == wanted => Some((account, name)),
            _ => None,
        }
    }
}
