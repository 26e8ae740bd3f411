//! Whether a custom key store is connected: the life of its connection.

use serde::{Deserialize, Serialize};

use crate::key::names;

/// The state of a custom key store's connection. Changing it is a verb that consumes the old state.
///
/// AWS has one more, `DISCONNECTING`, while its cluster logs out. Here a store is disconnected as soon as that is
/// committed: its keys must not be used for a moment longer.
///
/// Source: KMS API reference, `CustomKeyStoresListEntry` and `CustomKeyStoreInvalidStateException`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionState {
    /// Its keys are unavailable.
    Disconnected,
    /// It is being connected; its keys are unavailable yet.
    Connecting,
    /// Its keys can be used.
    Connected,
    /// It could not be connected. It must be disconnected before it is tried again.
    Failed {
        /// Why.
        code: ConnectionErrorCode,
    },
}

names! {
    /// Why a custom key store could not be connected.
    ConnectionErrorCode {
        /// The password or the signature was refused.
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The configuration has no such token.
        ClusterNotFound = "CLUSTER_NOT_FOUND",
        /// The token or the proxy can't be reached.
        NetworkErrors = "NETWORK_ERRORS",
        /// What is behind the store failed.
        InternalError = "INTERNAL_ERROR",
        /// The token is not there.
        InsufficientCloudHsmHsms = "INSUFFICIENT_CLOUDHSM_HSMS",
        /// The user's PIN is locked.
        UserLockedOut = "USER_LOCKED_OUT",
        /// The token's user has no PIN yet.
        UserNotFound = "USER_NOT_FOUND",
        /// The user is logged in elsewhere, and the token lets in only one.
        UserLoggedIn = "USER_LOGGED_IN",
        /// The proxy let KMS in and then refused what it asked for.
        XksProxyAccessDenied = "XKS_PROXY_ACCESS_DENIED",
        /// The proxy can't be reached, or says that all behind it is unavailable.
        XksProxyNotReachable = "XKS_PROXY_NOT_REACHABLE",
        /// The configuration has no address for the endpoint service.
        XksVpcEndpointServiceNotFound = "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND",
        /// The proxy's answer makes no sense.
        XksProxyInvalidResponse = "XKS_PROXY_INVALID_RESPONSE",
        /// The proxy knows no such path.
        XksProxyInvalidConfiguration = "XKS_PROXY_INVALID_CONFIGURATION",
        /// The proxy took too long.
        XksProxyTimedOut = "XKS_PROXY_TIMED_OUT",
        /// The proxy's certificate or its version of TLS is not acceptable.
        XksProxyInvalidTlsConfiguration = "XKS_PROXY_INVALID_TLS_CONFIGURATION",
    }
}

/// The operation can't be done while the connection is in that state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the custom key store is {}", state.as_str())]
pub struct ConnectionStateError {
    /// The state that it is in.
    pub state: ConnectionState,
}

impl ConnectionState {
    /// The state's name at the API, such as `CONNECTED`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "DISCONNECTED",
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Failed { .. } => "FAILED",
        }
    }

    /// Why it could not be connected, if it could not.
    #[must_use]
    pub const fn error_code(self) -> Option<ConnectionErrorCode> {
        match self {
            Self::Failed { code } => Some(code),
            Self::Disconnected | Self::Connecting | Self::Connected => None,
        }
    }

    /// `ConnectCustomKeyStore`. One that is connected, or is about to be, stays so.
    ///
    /// # Errors
    /// The store failed to connect and must be disconnected first.
    pub const fn connect(self) -> Result<Self, ConnectionStateError> {
        match self {
            Self::Disconnected => Ok(Self::Connecting),
            Self::Connecting | Self::Connected => Ok(self),
            Self::Failed { .. } => Err(ConnectionStateError { state: self }),
        }
    }

    /// The attempt to connect has ended. Whatever was commanded meanwhile stands.
    #[must_use]
    pub const fn attempted(self, outcome: Result<(), ConnectionErrorCode>) -> Self {
        match (self, outcome) {
            (Self::Connecting, Ok(())) => Self::Connected,
            (Self::Connecting, Err(code)) => Self::Failed { code },
            (other, _) => other,
        }
    }

    /// `DisconnectCustomKeyStore`. It ends an attempt to connect too.
    ///
    /// # Errors
    /// The store is disconnected.
    pub const fn disconnect(self) -> Result<Self, ConnectionStateError> {
        match self {
            Self::Connecting | Self::Connected | Self::Failed { .. } => Ok(Self::Disconnected),
            Self::Disconnected => Err(ConnectionStateError { state: self }),
        }
    }

    /// Whether nodes are to be connected, now or soon.
    #[must_use]
    pub const fn is_wanted(self) -> bool {
        match self {
            Self::Connecting | Self::Connected => true,
            Self::Disconnected | Self::Failed { .. } => false,
        }
    }

    /// What needs a store that is connected: `CreateKey`, `GenerateRandom`, and the use of its keys.
    ///
    /// # Errors
    /// It is not.
    pub const fn require_connected(self) -> Result<(), ConnectionStateError> {
        match self {
            Self::Connected => Ok(()),
            Self::Disconnected | Self::Connecting | Self::Failed { .. } => {
                Err(ConnectionStateError { state: self })
            }
        }
    }

    /// What needs a store that is disconnected: `DeleteCustomKeyStore`, and most of `UpdateCustomKeyStore`.
    ///
    /// # Errors
    /// It is not.
    pub const fn require_disconnected(self) -> Result<(), ConnectionStateError> {
        match self {
            Self::Disconnected => Ok(()),
            Self::Connecting | Self::Connected | Self::Failed { .. } => {
                Err(ConnectionStateError { state: self })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ConnectionState::{Connected, Connecting, Disconnected, Failed};
    use super::*;

    const CODE: ConnectionErrorCode = ConnectionErrorCode::InvalidCredentials;
    const FAILED: ConnectionState = Failed { code: CODE };

    const fn refused(state: ConnectionState) -> Result<ConnectionState, ConnectionStateError> {
        Err(ConnectionStateError { state })
    }

    #[test]
    fn what_comes_after_each_state() {
        // Connect, disconnect, an attempt that succeeds, and one that fails.
        let table = [
            (
                Disconnected,
                Ok(Connecting),
                refused(Disconnected),
                Disconnected,
                Disconnected,
            ),
            (
                Connecting,
                Ok(Connecting),
                Ok(Disconnected),
                Connected,
                FAILED,
            ),
            (
                Connected,
                Ok(Connected),
                Ok(Disconnected),
                Connected,
                Connected,
            ),
            (FAILED, refused(FAILED), Ok(Disconnected), FAILED, FAILED),
        ];
        for (state, connected, disconnected, succeeded, failed) in table {
            assert_eq!(state.connect(), connected, "{state:?}");
            assert_eq!(state.disconnect(), disconnected, "{state:?}");
            assert_eq!(state.attempted(Ok(())), succeeded, "{state:?}");
            assert_eq!(state.attempted(Err(CODE)), failed, "{state:?}");
            assert_eq!(state.require_connected().is_ok(), state == Connected);
            assert_eq!(state.require_disconnected().is_ok(), state == Disconnected);
            assert_eq!(state.error_code().is_some(), state == FAILED);
        }
    }

    #[test]
    fn states_are_named_as_at_the_api() {
        let names = [Disconnected, Connecting, Connected, FAILED].map(ConnectionState::as_str);
        assert_eq!(names, ["DISCONNECTED", "CONNECTING", "CONNECTED", "FAILED"]);
        for code in ConnectionErrorCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
    }

    proptest! {
        /// Only an attempt that was commanded connects, and nothing but a new command undoes a disconnection.
        #[test]
        fn keys_are_usable_only_after_an_attempt_that_was_asked_for(
            events in proptest::collection::vec(0_u8..4, 0..40),
        ) {
            let mut state = Disconnected;
            for event in events {
                let before = state;
                let after = match event {
                    0 => state.connect(),
                    1 => state.disconnect(),
                    2 => Ok(state.attempted(Ok(()))),
                    _ => Ok(state.attempted(Err(CODE))),
                };
                if let Ok(next) = after {
                    state = next;
                }
                if state == Connected && before != Connected {
                    prop_assert_eq!((before, event), (Connecting, 2));
                }
                if before == Disconnected && state != Disconnected {
                    prop_assert_eq!((state, event), (Connecting, 0));
                }
            }
        }
    }
}
