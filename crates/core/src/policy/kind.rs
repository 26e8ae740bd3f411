//! Where a policy is attached, which decides what it may say.

/// Where a policy is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// The policy of a key: each statement names principals, and one without `Action` or
    /// `Resource` is accepted and has no effect.
    Key,
    /// A policy of a user, group or role, or a permissions boundary: no statement names principals.
    Identity,
    /// The policy that a session is made with: the language of [`Self::Identity`].
    Session,
    /// The trust policy of a role: each statement names principals, and no resource, which is the
    /// role itself.
    Trust,
    /// A service control policy of an organization: no statement names principals.
    ServiceControl,
    /// A resource control policy of an organization: the principal of each statement is `*`.
    ResourceControl,
    /// The policy of a VPC endpoint: each statement names principals.
    Endpoint,
}

/// What the statements of a kind of policy may and must hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// The kind in an error, with its article.
    pub(super) name: &'static str,
    /// The greatest length of the text.
    pub(super) limit: usize,
    /// What the length counts.
    pub(super) unit: Unit,
    /// `Principal` and `NotPrincipal`.
    pub(super) principals: Principals,
    /// `Action` and `Resource` must be there.
    pub(super) complete: bool,
    /// `Resource` and `NotResource` may be there.
    pub(super) resources: bool,
    /// `NotAction` may be there.
    pub(super) not_action: bool,
    /// A `Sid` is unique and of ASCII letters and digits.
    pub(super) strict_sid: bool,
    /// Only the characters of the IAM and KMS APIs.
    pub(super) latin: bool,
}

/// What the length of a text counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    Characters,
}

/// Whom statements may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Principals {
    /// Nobody: the principal is whoever the policy is attached to.
    Nobody,
    /// `Principal` or `NotPrincipal` must be there.
    Any,
    /// `Principal` must be there. The IAM guide rules `NotPrincipal` out in trust policies.
    Named,
    /// `Principal` must be there and be `*`.
    Everyone,
}

/// What most kinds have in common: those of IAM, without principals.
const IDENTITY: Rules = Rules {
    name: "an identity policy",
    // `policyDocumentType` of the IAM API. The smaller quotas of IAM, which leave out white space,
    // are for whoever writes the policy.
    limit: 131_072,
    unit: Unit::Bytes,
    principals: Principals::Nobody,
    complete: true,
    resources: true,
    not_action: true,
    strict_sid: true,
    latin: true,
};

impl PolicyKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Key,
        Self::Identity,
        Self::Session,
        Self::Trust,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Endpoint,
    ];

    /// The greatest length of a text: in bytes 32 KiB for a key policy (KMS quotas), 128 KiB for an
    /// identity or trust policy (IAM API) and 5,120 for a control policy (Organizations quotas); in
    /// characters 2,048 for a session policy (STS API) and 20,480 for an endpoint policy (VPC
    /// quotas).
    #[must_use]
    pub const fn max_length(self) -> usize {
        self.rules().limit
    }

    /// The rules of the kind. Sources: "Elements in a key policy" in the KMS developer guide; "IAM
    /// JSON policy elements" in the IAM guide; "SCP syntax" and "RCP syntax" in the Organizations
    /// guide.
    pub(super) const fn rules(self) -> Rules {
        match self {
            Self::Key => Rules {
                name: "a key policy",
                limit: 32_768,
                principals: Principals::Any,
                complete: false,
                strict_sid: false,
                ..IDENTITY
            },
            Self::Identity => IDENTITY,
            Self::Session => Rules {
                name: "a session policy",
                limit: 2_048,
                unit: Unit::Characters,
                ..IDENTITY
            },
            Self::Trust => Rules {
                name: "a trust policy",
                principals: Principals::Named,
                resources: false,
                ..IDENTITY
            },
            Self::ServiceControl => Rules {
                name: "a service control policy",
                limit: 5_120,
                latin: false,
                ..IDENTITY
            },
            Self::ResourceControl => Rules {
                name: "a resource control policy",
                limit: 5_120,
                latin: false,
                principals: Principals::Everyone,
                not_action: false,
                ..IDENTITY
            },
            Self::Endpoint => Rules {
                name: "an endpoint policy",
                limit: 20_480,
                unit: Unit::Characters,
                latin: false,
                principals: Principals::Any,
                strict_sid: false,
                ..IDENTITY
            },
        }
    }
}

impl Unit {
    pub(super) fn count(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Characters => text.chars().count(),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
        }
    }
}
