//! Rules that a file has to keep and that need no server.

use std::collections::BTreeSet;

use super::document::{AccessKey, Document};
use super::error::ApplyError;

/// Refuses a file that says something twice, or a key without a handle.
pub(super) fn check(document: &Document) -> Result<(), ApplyError> {
    let mut seen = BTreeSet::new();
    let mut once = |kind: &str, account: Option<&String>, name: &str| {
        // Names of identities are unique without regard to case.
        let item = format!("{kind} {name}");
        let fresh = seen.insert((account.cloned(), item.to_ascii_lowercase()));
        if fresh {
            Ok(())
        } else {
            Err(ApplyError::Twice { item })
        }
    };
    for account in document.accounts.iter().flatten() {
        once("account", None, &account.name)?;
    }
    for unit in document.units.iter().flatten() {
        once("unit", None, &unit.name)?;
    }
    for policy in document.control_policies.iter().flatten() {
        once("control policy", None, &policy.name)?;
    }
    macro_rules! check_names {
        ($($section:ident: $kind:literal, $name:ident;)*) => {$(
            for item in document.$section.iter().flatten() {
                once($kind, item.account.as_ref(), &item.$name)?;
            }
        )*};
    }
    check_names! {
        policies: "policy", name;
        groups: "group", name;
        users: "user", name;
        roles: "role", name;
        oidc_providers: "OIDC provider", url;
        services: "service", name;
        aliases: "alias", name;
    }
    for access_key in access_keys(document) {
        if let AccessKey::File(file) = access_key {
            once("access key file", None, file)?;
        }
    }
    for grant in document.grants.iter().flatten() {
        let name = format!("{} of {}", grant.name, grant.key);
        once("grant", grant.account.as_ref(), &name)?;
    }
    for key in document.keys.iter().flatten() {
        let account = key.account.as_ref();
        let aliases = key.alias.iter().map(|alias| ("alias", alias));
        let names = [&key.name, &key.id]
            .into_iter()
            .flatten()
            .map(|name| ("key", name));
        let handles: Vec<_> = aliases.chain(names).collect();
        if handles.is_empty() {
            return Err(ApplyError::Invalid {
                item: "key".to_owned(),
                what: "give it an alias or a name, by which it is found again",
            });
        }
        for (kind, handle) in handles {
            once(kind, account, handle)?;
        }
    }
    Ok(())
}

fn access_keys(document: &Document) -> impl Iterator<Item = &AccessKey> {
    let users = document.users.iter().flatten();
    let services = document.services.iter().flatten();
    let of_services = services.map(|service| &service.access_key);
    users.map(|user| &user.access_key).chain(of_services)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), String> {
        let document = toml::from_str(text).unwrap();
        check(&document).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_said_twice() {
        for (text, twice) in [
            (
                "[[users]]\nname = \"ada\"\n[[users]]\nname = \"Ada\"",
                "user Ada",
            ),
            ("[[units]]\nname = \"a\"\n[[units]]\nname = \"a\"", "unit a"),
            ("[[keys]]\nname = \"a\"\n[[keys]]\nname = \"a\"", "key a"),
            (
                "[[keys]]\nalias = \"alias/a\"\n[[aliases]]\nname = \"alias/a\"\nkey = \"b\"",
                "alias alias/a",
            ),
            (
                "[[services]]\nname = \"s3.amazonaws.com\"\n[[services]]\nname = \"s3.amazonaws.com\"",
                "service s3.amazonaws.com",
            ),
            (
                "[[users]]\nname = \"a\"\naccess_key = \"f\"\n[[services]]\nname = \"b\"\naccess_key = \"f\"",
                "access key file f",
            ),
        ] {
            // Aliases of keys and of the section are told by the later of the two.
            assert_eq!(
                checked(text),
                Err(format!("{twice} is in the file twice")),
                "{text}"
            );
        }
        let apart = "[[users]]\nname = \"a\"\n[[users]]\nname = \"a\"\naccount = \"other\"\n[[groups]]\nname = \"a\"";
        assert_eq!(checked(apart), Ok(()));
    }

    #[test]
    fn a_key_has_a_handle() {
        assert!(
            checked("[[keys]]\nenabled = true")
                .unwrap_err()
                .contains("alias or a name")
        );
    }
}
