//! When a custom key store may be changed.

use super::{ConnectionState, ConnectionStateError, CustomKeyStoreType};

/// A part of a custom key store that `UpdateCustomKeyStore` changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its name.
    Name,
    /// The password of a token's user, as it was changed in the token.
    Password,
    /// Which token it is: another with the same keys.
    Cluster,
    /// What requests to a proxy are signed with.
    Credential,
    /// The path of a proxy.
    UriPath,
    /// The host of a proxy.
    UriEndpoint,
    /// How a proxy is reached.
    Connectivity,
}

/// In which states a part may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    SettledOnly,
    DisconnectedOnly,
}

impl Part {
    /// Source: KMS API reference, the members of `UpdateCustomKeyStore`. The text of
    /// `CustomKeyStoreInvalidStateException` allows the name alone to a connected store; the members' texts are newer.
    const fn when(self) -> When {
        match self {
            Self::Name => When::Always,
            Self::Credential | Self::UriPath => When::SettledOnly,
            Self::Password | Self::Cluster | Self::UriEndpoint | Self::Connectivity => {
                When::DisconnectedOnly
            }
        }
    }

    /// The type of the stores that have it; `None` if all do.
    #[must_use]
    pub const fn store_type(self) -> Option<CustomKeyStoreType> {
        match self {
            Self::Name => None,
            Self::Password | Self::Cluster => Some(CustomKeyStoreType::AwsCloudHsm),
            Self::Credential | Self::UriPath | Self::UriEndpoint | Self::Connectivity => {
                Some(CustomKeyStoreType::ExternalKeyStore)
            }
        }
    }

    /// Whether it may be changed while the connection is in this state.
    ///
    /// # Errors
    /// It may not.
    pub const fn check(self, state: ConnectionState) -> Result<(), ConnectionStateError> {
        match (self.when(), state) {
            (When::Always, _)
            | (When::SettledOnly, ConnectionState::Connected | ConnectionState::Disconnected)
            | (When::DisconnectedOnly, ConnectionState::Disconnected) => Ok(()),
            _ => Err(ConnectionStateError { state }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ConnectionErrorCode;
    use super::*;

    #[test]
    fn what_may_be_changed_in_each_state() {
        use ConnectionState::{Connected, Connecting, Disconnected};
        let failed = ConnectionState::Failed {
            code: ConnectionErrorCode::InternalError,
        };
        let states = [Disconnected, Connecting, Connected, failed];
        let table = [
            (Part::Name, [true, true, true, true]),
            (Part::Credential, [true, false, true, false]),
            (Part::UriPath, [true, false, true, false]),
            (Part::Password, [true, false, false, false]),
            (Part::Cluster, [true, false, false, false]),
            (Part::UriEndpoint, [true, false, false, false]),
            (Part::Connectivity, [true, false, false, false]),
        ];
        for (part, expected) in table {
            assert_eq!(
                states.map(|state| part.check(state).is_ok()),
                expected,
                "{part:?}"
            );
        }
    }
}
