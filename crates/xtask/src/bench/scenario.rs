//! What is measured: a table of scenarios, each differing from the first in what its name says.

use std::fmt;

use keystead_core::key::KeySpec;
use serde::Serialize;

/// Keys of the few, of many and of very many.
pub(super) const FEW: u32 = 10;
pub(super) const MANY: u32 = 10_000;
pub(super) const MOST: u32 = 1_000_000;

/// One situation that Keystead is measured in.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Scenario {
    /// What the report calls it, and `--only` looks at.
    pub(super) name: &'static str,
    /// What is called.
    pub(super) operation: Operation,
    /// The length of the plaintext, data key or message, in bytes.
    pub(super) payload_bytes: usize,
    /// Whether the calls have an encryption context.
    pub(super) context: bool,
    /// What says yes.
    pub(super) decided_by: Decider,
    /// How many users call in turn; more than one have identity policies.
    pub(super) callers: usize,
    /// The version of HTTP.
    pub(super) http: Http,
    /// Whether TLS 1.3 is spoken, on kept connections.
    pub(super) tls: bool,
    /// What a call waits for.
    pub(super) audit: Audit,
    /// How many requests are under way at a time: each on a connection of its own in HTTP/1.1.
    pub(super) connections: usize,
    /// How many keys there are.
    pub(super) keys: u32,
    /// When requests are sent.
    pub(super) load: Shape,
    /// What it is compared with besides the floor.
    pub(super) against: Against,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(super) enum Operation {
    Encrypt,
    Decrypt,
    GenerateDataKey,
    /// With a key of this kind.
    Sign(KeySpec),
    /// With a key of this kind.
    Verify(KeySpec),
    GenerateMac,
    CreateKey,
    CreateGrant,
}

/// What says yes to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Decider {
    /// The key's policy, which names the caller.
    KeyPolicy,
    /// An identity policy of the caller: the key policy leaves it to the account.
    Iam,
    /// A grant to the caller, who has no policy.
    Grant,
}

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Http {
    One,
    /// With prior knowledge where there is no TLS.
    Two,
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Audit {
    /// Its record is on the disk.
    Durable,
    /// Its record is in the queue.
    Buffered,
}

/// When requests are sent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) enum Shape {
    /// Each connection sends its next request when it has its reply.
    Closed,
    /// At a fixed rate, this part of the closed loop's that it is compared with. Latencies are from when requests were
    /// due.
    Paced(f64),
    /// As `Paced`, beyond what can be served: what a connection could not send in time is not sent later. Latencies are
    /// from when the connection could send.
    Flooding(f64),
}

/// What a scenario is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Against {
    /// Nothing but the floor.
    Floor,
    /// Another scenario, measured just before it in every round.
    Scenario(&'static str),
    /// The library that signs, on as many threads as there are cores.
    Library,
}

/// What the others differ from.
const BASE: Scenario = Scenario {
    name: "encrypt",
    operation: Operation::Encrypt,
    payload_bytes: 1024,
    context: false,
    decided_by: Decider::KeyPolicy,
    callers: 1,
    http: Http::One,
    tls: false,
    audit: Audit::Durable,
    connections: 64,
    keys: FEW,
    load: Shape::Closed,
    against: Against::Floor,
};

const DECRYPT: Scenario = Scenario {
    name: "decrypt",
    operation: Operation::Decrypt,
    ..BASE
};

const DATA_KEY: Scenario = Scenario {
    name: "data-key",
    operation: Operation::GenerateDataKey,
    payload_bytes: 32,
    ..BASE
};

const fn sign(name: &'static str, spec: KeySpec, against: Against) -> Scenario {
    Scenario {
        name,
        operation: Operation::Sign(spec),
        against,
        ..BASE
    }
}

/// All that is measured.
#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    BASE,
    Scenario { name: "encrypt-32-bytes", payload_bytes: 32, ..BASE },
    Scenario { name: "encrypt-4-kib", payload_bytes: 4096, ..BASE },
    Scenario { name: "encrypt-context", context: true, ..BASE },
    Scenario { name: "encrypt-iam", decided_by: Decider::Iam, ..BASE },
    Scenario { name: "encrypt-grant", decided_by: Decider::Grant, ..BASE },
    DECRYPT,
    Scenario { name: "decrypt-32-bytes", payload_bytes: 32, ..DECRYPT },
    Scenario { name: "decrypt-4-kib", payload_bytes: 4096, ..DECRYPT },
    Scenario { name: "decrypt-context", context: true, ..DECRYPT },
    Scenario { name: "decrypt-iam", decided_by: Decider::Iam, ..DECRYPT },
    Scenario { name: "decrypt-grant", decided_by: Decider::Grant, ..DECRYPT },
    DATA_KEY,
    // No data key is longer.
    Scenario { name: "data-key-1-kib", payload_bytes: 1024, ..DATA_KEY },
    Scenario { name: "data-key-context", context: true, ..DATA_KEY },
    Scenario { name: "data-key-iam", decided_by: Decider::Iam, ..DATA_KEY },
    Scenario { name: "data-key-grant", decided_by: Decider::Grant, ..DATA_KEY },
    sign("sign-rsa-2048", KeySpec::Rsa2048, Against::Library),
    sign("sign-rsa-4096", KeySpec::Rsa4096, Against::Library),
    sign("sign-ml-dsa-65", KeySpec::MlDsa65, Against::Library),
    sign("sign-p-256", KeySpec::EccNistP256, Against::Scenario("encrypt")),
    sign("sign-ed25519", KeySpec::EccNistEdwards25519, Against::Scenario("encrypt")),
    Scenario { name: "verify-rsa-2048", operation: Operation::Verify(KeySpec::Rsa2048), ..BASE },
    Scenario { name: "verify-p-256", operation: Operation::Verify(KeySpec::EccNistP256), ..BASE },
    Scenario { name: "mac", operation: Operation::GenerateMac, ..BASE },
    Scenario { name: "encrypt-1-connection", connections: 1, ..BASE },
    Scenario { name: "encrypt-1000-connections", connections: 1000, ..BASE },
    Scenario { name: "encrypt-http-2", http: Http::Two, against: Against::Scenario("encrypt"), ..BASE },
    Scenario { name: "encrypt-half-load", load: Shape::Paced(0.5), against: Against::Scenario("encrypt"), ..BASE },
    Scenario {
        name: "encrypt-double-load", load: Shape::Flooding(2.0), connections: 1000, callers: 4,
        decided_by: Decider::Iam, against: Against::Scenario("encrypt-iam"), ..BASE
    },
    Scenario { name: "encrypt-tls", tls: true, against: Against::Scenario("encrypt"), ..BASE },
    Scenario {
        name: "encrypt-tls-http-2", tls: true, http: Http::Two, against: Against::Scenario("encrypt-http-2"), ..BASE
    },
    Scenario { name: "encrypt-buffered", audit: Audit::Buffered, against: Against::Scenario("encrypt"), ..BASE },
    Scenario { name: "create-key", operation: Operation::CreateKey, decided_by: Decider::Iam, payload_bytes: 0, ..BASE },
    Scenario { name: "create-grant", operation: Operation::CreateGrant, payload_bytes: 0, ..BASE },
    Scenario { name: "encrypt-10000-keys", keys: MANY, against: Against::Scenario("encrypt"), ..BASE },
    Scenario {
        name: "encrypt-1000000-keys", keys: MOST, against: Against::Scenario("encrypt-10000-keys"), ..BASE
    },
];

/// The scenario of this name.
pub(super) fn named(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

impl Operation {
    /// AWS's name of it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Encrypt => "Encrypt",
            Self::Decrypt => "Decrypt",
            Self::GenerateDataKey => "GenerateDataKey",
            Self::Sign(_) => "Sign",
            Self::Verify(_) => "Verify",
            Self::GenerateMac => "GenerateMac",
            Self::CreateKey => "CreateKey",
            Self::CreateGrant => "CreateGrant",
        }
    }

    /// The kind of the keys that it takes.
    pub(super) const fn spec(self) -> KeySpec {
        match self {
            Self::Sign(spec) | Self::Verify(spec) => spec,
            Self::GenerateMac => KeySpec::Hmac256,
            _ => KeySpec::SymmetricDefault,
        }
    }

    /// Whether the server has more after each call.
    pub(super) const fn makes_something(self) -> bool {
        matches!(self, Self::CreateKey | Self::CreateGrant)
    }
}

impl From<Operation> for String {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Sign(spec) | Operation::Verify(spec) => {
                format!("{} {spec}", operation.name())
            }
            _ => operation.name().to_owned(),
        }
    }
}

impl Http {
    /// Its name in TLS (RFC 7301).
    pub(super) const fn alpn(self) -> &'static [u8] {
        match self {
            Self::One => b"http/1.1",
            Self::Two => b"h2",
        }
    }
}

impl Scenario {
    /// The scenario that it is compared with.
    pub(super) fn reference(&self) -> Option<&'static Self> {
        match self.against {
            Against::Scenario(name) => named(name),
            Against::Floor | Against::Library => None,
        }
    }

    /// Whether the floor is measured beside it: an open loop has its own rate.
    pub(super) const fn has_floor(&self) -> bool {
        matches!(self.load, Shape::Closed)
    }
}

impl fmt::Display for Scenario {
    /// Everything about it in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            operation,
            payload_bytes,
            context,
            decided_by,
            callers,
            http,
            tls,
            audit,
            connections,
            keys,
            load,
            against,
        } = self;
        let yes = |is: bool, what: &'static str| if is { what } else { "" };
        let plural = if *callers == 1 { "" } else { "s" };
        write!(
            f,
            "{name:<26}{}, {payload_bytes} B{}, by {decided_by:?}, {callers} caller{plural}, HTTP/{}{}, {audit:?}, \
             {connections} at a time, {keys} keys, {load:?}, against {against:?}",
            String::from(*operation),
            yes(*context, " with context"),
            if *http == Http::One { "1.1" } else { "2" },
            yes(*tls, " over TLS 1.3"),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn has(what: &str, holds: impl Fn(&Scenario) -> bool) {
        assert!(SCENARIOS.iter().any(holds), "no scenario has {what}");
    }

    #[test]
    fn every_operation_is_measured() {
        use Operation::{
            CreateGrant, CreateKey, Decrypt, Encrypt, GenerateDataKey, GenerateMac, Sign,
        };
        let exact = [
            Encrypt,
            Decrypt,
            GenerateDataKey,
            GenerateMac,
            CreateKey,
            CreateGrant,
        ];
        let signed = [
            KeySpec::Rsa2048,
            KeySpec::Rsa4096,
            KeySpec::EccNistP256,
            KeySpec::EccNistEdwards25519,
            KeySpec::MlDsa65,
        ];
        for operation in exact.into_iter().chain(signed.map(Sign)) {
            has(operation.name(), |scenario| scenario.operation == operation);
        }
        has("Verify", |scenario| {
            matches!(scenario.operation, Operation::Verify(_))
        });
    }

    #[test]
    fn every_dimension_is_covered() {
        for operation in [
            Operation::Encrypt,
            Operation::Decrypt,
            Operation::GenerateDataKey,
        ] {
            let name = operation.name();
            let of = |scenario: &Scenario| scenario.operation == operation;
            for decider in [Decider::KeyPolicy, Decider::Iam, Decider::Grant] {
                has(&format!("{name} by {decider:?}"), |s| {
                    of(s) && s.decided_by == decider
                });
            }
            for context in [false, true] {
                has(&format!("{name}, context {context}"), |s| {
                    of(s) && s.context == context
                });
            }
            for bytes in [32, 1024] {
                has(&format!("{name} of {bytes} bytes"), |s| {
                    of(s) && s.payload_bytes == bytes
                });
            }
        }
        for operation in [Operation::Encrypt, Operation::Decrypt] {
            has("4 KiB", |s| {
                s.operation == operation && s.payload_bytes == 4096
            });
        }
        for (tls, http) in [
            (false, Http::One),
            (false, Http::Two),
            (true, Http::One),
            (true, Http::Two),
        ] {
            has(&format!("TLS {tls}, {http:?}"), |s| {
                (s.tls, s.http) == (tls, http)
            });
        }
        for connections in [1, 64, 1000] {
            has(&format!("{connections} connections"), |s| {
                s.connections == connections
            });
        }
        for keys in [FEW, MANY, MOST] {
            has(&format!("{keys} keys"), |s| s.keys == keys);
        }
        for audit in [Audit::Durable, Audit::Buffered] {
            has(&format!("{audit:?}"), |s| s.audit == audit);
        }
        has("half the load", |s| s.load == Shape::Paced(0.5));
        has("twice the load, of several", |s| {
            s.load == Shape::Flooding(2.0) && s.connections == 1000 && s.callers > 1
        });
    }

    #[test]
    fn names_are_one_of_a_kind_and_comparisons_lead_somewhere() {
        let mut names = HashSet::new();
        for scenario in SCENARIOS {
            assert!(
                names.insert(scenario.name),
                "{} is there twice",
                scenario.name
            );
            if let Against::Scenario(other) = scenario.against {
                let other = named(other).unwrap_or_else(|| panic!("{other} is not there"));
                assert_eq!(other.load, Shape::Closed, "{}", scenario.name);
                assert_ne!(other.name, scenario.name);
            }
            let open = scenario.load != Shape::Closed;
            assert!(
                !open || scenario.reference().is_some(),
                "{} has no rate",
                scenario.name
            );
            assert!(
                scenario.callers == 1 || scenario.decided_by == Decider::Iam,
                "{}",
                scenario.name
            );
            let signs = matches!(scenario.operation, Operation::Sign(_));
            assert!(
                signs || scenario.against != Against::Library,
                "{}",
                scenario.name
            );
        }
    }
}
