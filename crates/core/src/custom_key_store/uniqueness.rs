//! What two custom key stores can't have in common.

use super::{Backend, Connectivity, CustomKeyStoreRecord, ProxyBackend};

/// What another custom key store has already.
///
/// Source: KMS API reference, the errors of `CreateCustomKeyStore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Taken {
    /// The name.
    #[error("another custom key store of the account has this name")]
    Name,
    /// The token, whose user nobody else is to log in as, whatever the account.
    #[error("another custom key store has this cluster")]
    Cluster,
    /// The host with the path.
    #[error("another custom key store of the account has this endpoint with this path")]
    Uri,
    /// The host, by the other way to reach it. This one holds for the stores of all accounts.
    #[error("a custom key store that is reached in another way has this endpoint")]
    UriEndpoint,
    /// The endpoint service.
    #[error("another custom key store has this endpoint service")]
    VpcEndpointService,
}

impl CustomKeyStoreRecord {
    /// Whether this store, as it is to be, can be beside another one of its Region.
    ///
    /// # Errors
    /// What the other has already.
    pub fn check_beside(&self, other: &Self) -> Result<(), Taken> {
        if self.id == other.id {
            return Ok(());
        }
        let same_account = self.account == other.account;
        if same_account && self.name == other.name {
            return Err(Taken::Name);
        }
        match (&self.backend, &other.backend) {
            (Backend::Token(mine), Backend::Token(theirs)) => (mine.cluster_id
                != theirs.cluster_id)
                .then_some(())
                .ok_or(Taken::Cluster),
            (Backend::Proxy(mine), Backend::Proxy(theirs)) => {
                check_proxies(mine, theirs, same_account)
            }
            (Backend::Token(_), Backend::Proxy(_)) | (Backend::Proxy(_), Backend::Token(_)) => {
                Ok(())
            }
        }
    }
}

fn check_proxies(
    mine: &ProxyBackend,
    theirs: &ProxyBackend,
    same_account: bool,
) -> Result<(), Taken> {
    let services = [mine, theirs].map(|proxy| match &proxy.connectivity {
        Connectivity::PublicEndpoint => None,
        Connectivity::VpcEndpointService { name, .. } => Some(name),
    });
    // Names in the DNS are the same whatever their case.
    let same_endpoint = mine.uri_endpoint.eq_ignore_ascii_case(&theirs.uri_endpoint);
    if same_account && same_endpoint && mine.uri_path == theirs.uri_path {
        return Err(Taken::Uri);
    }
    match services {
        [Some(mine), Some(theirs)] if mine == theirs => Err(Taken::VpcEndpointService),
        [Some(_), None] | [None, Some(_)] if same_endpoint => Err(Taken::UriEndpoint),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{proxy, store, token};
    use super::*;

    const PATH: &str = "/a/kms/xks/v1";
    const OTHER_PATH: &str = "/b/kms/xks/v1";

    #[test]
    fn what_two_stores_of_an_account_cannot_share() {
        let hosts = ["xks.example.com", "XKS.example.com", "other.example.com"];
        let [host, same_host, other_host] = hosts;
        let cases = [
            (
                token("cluster-2a23b4cdefg"),
                token("cluster-2a23b4cdefg"),
                Err(Taken::Cluster),
            ),
            (
                token("cluster-2a23b4cdefg"),
                token("cluster-3a23b4cdefg"),
                Ok(()),
            ),
            (
                token("cluster-2a23b4cdefg"),
                proxy(host, PATH, None),
                Ok(()),
            ),
            (
                proxy(host, PATH, None),
                proxy(same_host, PATH, None),
                Err(Taken::Uri),
            ),
            (
                proxy(host, PATH, None),
                proxy(host, OTHER_PATH, None),
                Ok(()),
            ),
            (
                proxy(host, PATH, None),
                proxy(other_host, PATH, None),
                Ok(()),
            ),
            (
                proxy(host, PATH, None),
                proxy(host, PATH, Some("s")),
                Err(Taken::Uri),
            ),
            (
                proxy(host, PATH, None),
                proxy(host, OTHER_PATH, Some("s")),
                Err(Taken::UriEndpoint),
            ),
            (
                proxy(host, PATH, Some("s")),
                proxy(other_host, PATH, Some("s")),
                Err(Taken::VpcEndpointService),
            ),
            (
                proxy(host, PATH, Some("s")),
                proxy(host, OTHER_PATH, Some("t")),
                Ok(()),
            ),
        ];
        for (mine, theirs, expected) in cases {
            let [mine, theirs] = [store("mine", mine), store("theirs", theirs)];
            assert_eq!(mine.check_beside(&theirs), expected, "{mine:?} {theirs:?}");
            assert_eq!(theirs.check_beside(&mine), expected, "{mine:?} {theirs:?}");
            assert_eq!(
                mine.check_beside(&mine),
                Ok(()),
                "a store is no obstacle to itself"
            );
        }
    }

    #[test]
    fn names_are_an_account_s_own() {
        let mine = store("mine", token("cluster-2a23b4cdefg"));
        let mut other = store("other", token("cluster-3a23b4cdefg"));
        other.name.clone_from(&mine.name);
        assert_eq!(mine.check_beside(&other), Err(Taken::Name));
        other.account = "444455556666".parse().unwrap();
        assert_eq!(mine.check_beside(&other), Ok(()));
    }

    #[test]
    fn tokens_are_not_shared_with_other_accounts() {
        let mine = store("mine", token("cluster-2a23b4cdefg"));
        let mut other = store("other", token("cluster-2a23b4cdefg"));
        other.account = "444455556666".parse().unwrap();
        assert_eq!(mine.check_beside(&other), Err(Taken::Cluster));
    }

    #[test]
    fn endpoints_are_not_shared_with_other_accounts_in_another_way() {
        let mine = store("mine", proxy("xks.example.com", PATH, None));
        let of_another_account = |service| {
            let mut other = store("other", proxy("xks.example.com", PATH, service));
            other.account = "444455556666".parse().unwrap();
            other
        };
        assert_eq!(mine.check_beside(&of_another_account(None)), Ok(()));
        let reached_otherwise = of_another_account(Some("s"));
        assert_eq!(
            mine.check_beside(&reached_otherwise),
            Err(Taken::UriEndpoint)
        );
    }
}
