//! Condition keys, and the context of a request in which they have values.
//!
//! Sources: "AWS global condition context keys" in the IAM guide; "AWS KMS condition keys" in the
//! KMS developer guide; "Available keys for AWS STS" in the IAM guide.

use std::borrow::Cow;

use super::assumption::Assumed;

/// Where the values of condition keys come from. A key is looked up only when a statement that
/// otherwise applies reads it, so that a context costs nothing before that.
pub trait Context {
    /// The values of a key in this request.
    fn values(&self, key: &ConditionKey) -> Values<'_>;

    /// The assumptions that stand in for a request which nobody has made yet; none for a request.
    fn assumed(&self) -> Option<&Assumed<'_>> {
        None
    }
}

/// The values of a condition key in one request, in the texts that AWS writes: `true` and `false`,
/// numbers in decimal, dates in ISO 8601.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// The request does not have the key.
    Absent,
    /// A key with one value.
    One(Cow<'a, str>),
    /// A key that can have several, in the request's order; it may have none.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Values<'a> {
    /// One value.
    pub fn one(value: impl Into<Cow<'a, str>>) -> Self {
        Self::One(value.into())
    }

    /// One value, if there is one.
    pub fn maybe(value: Option<impl Into<Cow<'a, str>>>) -> Self {
        value.map_or(Self::Absent, Self::one)
    }

    /// A truth value.
    #[must_use]
    pub const fn truth(value: bool) -> Self {
        Self::One(Cow::Borrowed(if value { "true" } else { "false" }))
    }

    /// Several values.
    pub fn many(values: impl IntoIterator<Item = impl Into<Cow<'a, str>>>) -> Self {
        Self::Many(values.into_iter().map(Into::into).collect())
    }

    /// These values, or others if the request does not have the key.
    #[must_use]
    pub fn or_else(self, others: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Absent => others(),
            values => values,
        }
    }

    /// The values as a slice; an absent key has none.
    #[must_use]
    pub fn as_slice(&self) -> &[Cow<'a, str>] {
        match self {
            Self::Absent => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// A request of which nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoContext;

impl Context for NoContext {
    fn values(&self, _key: &ConditionKey) -> Values<'_> {
        Values::Absent
    }
}

/// A condition key as a policy names it, recognized once, when the policy is compiled. Names are
/// matched in any case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConditionKey {
    /// A key of the table.
    Known(KnownKey),
    /// A key that ends in a name of the user's choice, such as `aws:PrincipalTag/team`.
    Named(KeyFamily, Box<str>),
    /// Any other, such as an identity provider's claim (`oidc.example.com:sub`), in lower case.
    Other(Box<str>),
}

impl ConditionKey {
    /// Recognizes a name; every name is a key, if only one that no request has.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        if let Some(known) = KnownKey::parse(name) {
            return Self::Known(known);
        }
        let family = KeyFamily::prefixes().find_map(|(family, wanted)| {
            let (prefix, rest) = name.split_at_checked(wanted.len())?;
            (prefix.eq_ignore_ascii_case(wanted) && !rest.is_empty())
                .then(|| Self::Named(family, rest.into()))
        });
        family.unwrap_or_else(|| Self::Other(name.to_ascii_lowercase().into()))
    }

    /// Whether a request can have several values of the key, which then needs `ForAnyValue` or
    /// `ForAllValues`.
    #[must_use]
    pub const fn is_multivalued(&self) -> bool {
        matches!(self, Self::Known(known) if known.is_multivalued())
    }
}

impl std::fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Known(known) => f.write_str(known.name()),
            Self::Named(family, name) => write!(f, "{}{name}", family.prefix()),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Keys that end in a name of the user's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyFamily {
    /// `kms:EncryptionContext:<key>`.
    EncryptionContext,
    /// `kms:RecipientAttestation:<measurement>`: `ImageSha384`, `PCR0`, `NitroTPMPCR4`, …
    RecipientAttestation,
    /// `aws:PrincipalTag/<key>`.
    PrincipalTag,
    /// `aws:ResourceTag/<key>`, which IAM also calls `iam:ResourceTag/<key>` ("Available keys for
    /// IAM" in the IAM guide).
    ResourceTag,
    /// `aws:RequestTag/<key>`.
    RequestTag,
}

impl KeyFamily {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::EncryptionContext,
        Self::RecipientAttestation,
        Self::PrincipalTag,
        Self::ResourceTag,
        Self::RequestTag,
    ];

    /// What stands before the name.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::EncryptionContext => "kms:EncryptionContext:",
            Self::RecipientAttestation => "kms:RecipientAttestation:",
            Self::PrincipalTag => "aws:PrincipalTag/",
            Self::ResourceTag => "aws:ResourceTag/",
            Self::RequestTag => "aws:RequestTag/",
        }
    }

    /// What stands before the name in a policy: of each family its prefix, and that by which IAM
    /// calls one besides.
    fn prefixes() -> impl Iterator<Item = (Self, &'static str)> {
        let own = Self::ALL.map(|family| (family, family.prefix()));
        own.into_iter()
            .chain([(Self::ResourceTag, "iam:ResourceTag/")])
    }
}

macro_rules! known_keys {
    ($($(#[$attribute:meta])* $key:ident = $name:literal $($multi:ident)?;)*) => {
        /// The condition keys that have a fixed name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum KnownKey {
            $(#[doc = concat!("`", $name, "`.")] $(#[$attribute])* $key,)*
        }

        impl KnownKey {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$key),*];

            /// The key's name, in the case that AWS writes it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)* }
            }

            /// Whether a request can have several values of it.
            #[must_use]
            pub const fn is_multivalued(self) -> bool {
                match self { $(Self::$key => known_keys!(@multi $($multi)?),)* }
            }
        }
    };
    (@multi) => { false };
    (@multi multi) => { true };
}

known_keys! {
    // Properties of the principal.
    PrincipalArn = "aws:PrincipalArn";
    PrincipalAccount = "aws:PrincipalAccount";
    PrincipalType = "aws:PrincipalType";
    PrincipalOrgId = "aws:PrincipalOrgID";
    PrincipalOrgPaths = "aws:PrincipalOrgPaths" multi;
    PrincipalIsAwsService = "aws:PrincipalIsAWSService";
    PrincipalServiceName = "aws:PrincipalServiceName";
    PrincipalServiceNamesList = "aws:PrincipalServiceNamesList" multi;
    UserId = "aws:userid";
    UserName = "aws:username";
    FederatedProvider = "aws:FederatedProvider";
    TokenIssueTime = "aws:TokenIssueTime";
    MultiFactorAuthPresent = "aws:MultiFactorAuthPresent";
    MultiFactorAuthAge = "aws:MultiFactorAuthAge";
    SourceIdentity = "aws:SourceIdentity";
    // Properties of the network.
    SourceIp = "aws:SourceIp";
    VpcSourceIp = "aws:VpcSourceIp";
    SourceVpc = "aws:SourceVpc";
    SourceVpcArn = "aws:SourceVpcArn";
    SourceVpce = "aws:SourceVpce";
    VpceAccount = "aws:VpceAccount";
    VpceOrgId = "aws:VpceOrgID";
    VpceOrgPaths = "aws:VpceOrgPaths" multi;
    SecureTransport = "aws:SecureTransport";
    // Properties of the resource.
    ResourceAccount = "aws:ResourceAccount";
    ResourceOrgId = "aws:ResourceOrgID";
    ResourceOrgPaths = "aws:ResourceOrgPaths" multi;
    // Properties of the request.
    CalledVia = "aws:CalledVia" multi;
    CalledViaFirst = "aws:CalledViaFirst";
    CalledViaLast = "aws:CalledViaLast";
    ViaAwsService = "aws:ViaAWSService";
    CurrentTime = "aws:CurrentTime";
    EpochTime = "aws:EpochTime";
    Referer = "aws:Referer";
    RequestedRegion = "aws:RequestedRegion";
    TagKeys = "aws:TagKeys" multi;
    UserAgent = "aws:UserAgent";
    SourceArn = "aws:SourceArn";
    SourceAccount = "aws:SourceAccount";
    SourceOrgId = "aws:SourceOrgID";
    SourceOrgPaths = "aws:SourceOrgPaths" multi;
    // AWS KMS.
    BypassPolicyLockoutSafetyCheck = "kms:BypassPolicyLockoutSafetyCheck";
    CallerAccount = "kms:CallerAccount";
    CustomerMasterKeySpec = "kms:CustomerMasterKeySpec";
    CustomerMasterKeyUsage = "kms:CustomerMasterKeyUsage";
    DataKeyPairSpec = "kms:DataKeyPairSpec";
    EncryptionAlgorithm = "kms:EncryptionAlgorithm";
    EncryptionContextKeys = "kms:EncryptionContextKeys" multi;
    ExpirationModel = "kms:ExpirationModel";
    GrantConstraintSourceArn = "kms:GrantConstraintSourceArn";
    GrantConstraintType = "kms:GrantConstraintType";
    GrantIsForAwsResource = "kms:GrantIsForAWSResource";
    GrantOperations = "kms:GrantOperations" multi;
    GranteePrincipal = "kms:GranteePrincipal";
    GranteeServicePrincipal = "kms:GranteeServicePrincipal";
    KeyAgreementAlgorithm = "kms:KeyAgreementAlgorithm";
    KeyOrigin = "kms:KeyOrigin";
    KeySpec = "kms:KeySpec";
    KeyUsage = "kms:KeyUsage";
    MacAlgorithm = "kms:MacAlgorithm";
    MessageType = "kms:MessageType";
    MultiRegion = "kms:MultiRegion";
    MultiRegionKeyType = "kms:MultiRegionKeyType";
    PrimaryRegion = "kms:PrimaryRegion";
    ReEncryptOnSameKey = "kms:ReEncryptOnSameKey";
    ReplicaRegion = "kms:ReplicaRegion";
    RequestAlias = "kms:RequestAlias";
    ResourceAliases = "kms:ResourceAliases" multi;
    RetiringPrincipal = "kms:RetiringPrincipal";
    RetiringServicePrincipal = "kms:RetiringServicePrincipal";
    RotationPeriodInDays = "kms:RotationPeriodInDays";
    ScheduleKeyDeletionPendingWindowInDays = "kms:ScheduleKeyDeletionPendingWindowInDays";
    SigningAlgorithm = "kms:SigningAlgorithm";
    TrailingDaysWithoutKeyUsage = "kms:TrailingDaysWithoutKeyUsage";
    ValidTo = "kms:ValidTo";
    ViaService = "kms:ViaService";
    WrappingAlgorithm = "kms:WrappingAlgorithm";
    WrappingKeySpec = "kms:WrappingKeySpec";
    // AWS STS.
    StsExternalId = "sts:ExternalId";
    StsRoleSessionName = "sts:RoleSessionName";
    StsSourceIdentity = "sts:SourceIdentity";
    StsTransitiveTagKeys = "sts:TransitiveTagKeys" multi;
    StsDurationSeconds = "sts:DurationSeconds";
    // AWS IAM.
    IamPolicyArn = "iam:PolicyARN";
    IamPermissionsBoundary = "iam:PermissionsBoundary";
    IamPassedToService = "iam:PassedToService";
    IamAwsServiceName = "iam:AWSServiceName";
    // Amazon S3.
    S3Delimiter = "s3:delimiter";
    S3MaxKeys = "s3:max-keys";
    S3Prefix = "s3:prefix";
    // AWS Organizations.
    OrganizationsPolicyType = "organizations:PolicyType";
}

impl KnownKey {
    /// The key of a name, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|key| key.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognized_in_any_case_and_round_trip() {
        for known in KnownKey::ALL {
            let upper = known.name().to_ascii_uppercase();
            assert_eq!(ConditionKey::parse(&upper), ConditionKey::Known(*known));
            assert_eq!(ConditionKey::Known(*known).to_string(), known.name());
        }
        let named = ConditionKey::parse("AWS:principaltag/Team");
        assert_eq!(
            named,
            ConditionKey::Named(KeyFamily::PrincipalTag, "Team".into())
        );
        assert_eq!(named.to_string(), "aws:PrincipalTag/Team");
        let by_iam = ConditionKey::parse("IAM:resourcetag/Team");
        assert_eq!(by_iam, ConditionKey::parse("aws:ResourceTag/Team"));
        let other = ConditionKey::parse("OIDC.example.com:Sub");
        assert_eq!(other.to_string(), "oidc.example.com:sub");
        assert_eq!(
            ConditionKey::parse("aws:PrincipalTag/"),
            ConditionKey::Other("aws:principaltag/".into())
        );
    }
}
