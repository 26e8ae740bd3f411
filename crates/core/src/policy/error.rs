//! What may be wrong with a policy's text.

/// Why a policy was not accepted.
///
/// `path` says where, in the manner of `Statement[2].Principal.AWS[0]`; indices count from zero,
/// and an element that is not written as a list has none.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is longer than the limit of its kind. AWS KMS answers `LimitExceededException` to
    /// this one, and `MalformedPolicyDocumentException` to all others.
    #[error("the policy has {length} {unit}, and at most {limit} are allowed")]
    TooLarge {
        /// Length of the text.
        length: usize,
        /// The greatest length.
        limit: usize,
        /// What is counted: `bytes` or `characters`.
        unit: &'static str,
    },
    /// The text holds a character that the API does not take in a policy: all but tab, line feed,
    /// carriage return and U+0020 to U+00FF (`policyDocumentType` of the IAM API, `PolicyType` of
    /// the KMS API).
    #[error("the policy holds the character {found:?}, which no policy may hold")]
    BadCharacter {
        /// The first such character.
        found: char,
    },
    /// The text is not one JSON value (RFC 8259), or is nested beyond 128 levels.
    #[error("the policy is not valid JSON")]
    NotJson {
        /// What the JSON parser says, with line and column.
        source: serde_json::Error,
    },
    /// A value has another JSON type than its element asks for.
    #[error("{path}: expected {expected}, found {found}")]
    WrongType {
        /// Where.
        path: String,
        /// The type the element asks for.
        expected: &'static str,
        /// The type that is there.
        found: &'static str,
    },
    /// A mandatory element is absent.
    #[error("{path} is missing")]
    Missing {
        /// The element that should be there.
        path: String,
    },
    /// The object holds an element that the policy language does not know.
    #[error("{path} is not an element of the policy language")]
    UnknownElement {
        /// The unknown element.
        path: String,
    },
    /// An object holds the same name twice; JSON leaves open which one counts.
    #[error("{path} occurs more than once")]
    DuplicateElement {
        /// The repeated element.
        path: String,
    },
    /// A statement has an element and its opposite, such as `Action` and `NotAction`.
    #[error("{path} has both {element} and Not{element}; it may have only one of them")]
    BothPresent {
        /// The statement.
        path: String,
        /// The element without `Not`.
        element: &'static str,
    },
    /// A `NotAction` or `NotResource` that excepts nothing: whoever wrote it meant something else.
    #[error("{path} lists nothing")]
    EmptyException {
        /// Where.
        path: String,
    },
    /// An element that a policy of this kind does not have, such as a principal in an identity
    /// policy, whose principal is whoever it is attached to.
    #[error("{path} does not belong in {kind}")]
    Misplaced {
        /// Where.
        path: String,
        /// The kind of policy, with its article.
        kind: &'static str,
    },
    /// `Version` is neither `2012-10-17` nor `2008-10-17`.
    #[error("{path}: {found:?} is not a version of the policy language")]
    UnknownVersion {
        /// Where.
        path: String,
        /// The version that is there.
        found: String,
    },
    /// `Effect` is neither `Allow` nor `Deny`, letter for letter.
    #[error("{path}: {found:?} is neither \"Allow\" nor \"Deny\"")]
    BadEffect {
        /// Where.
        path: String,
        /// The effect that is there.
        found: String,
    },
    /// A `Sid` of an identity policy holds something else than ASCII letters and digits.
    #[error("{path}: {found:?} holds other characters than A-Z, a-z and 0-9")]
    BadSid {
        /// Where.
        path: String,
        /// The statement id that is there.
        found: String,
    },
    /// Two statements of an identity policy have the same `Sid`.
    #[error("{path}: {found:?} is the Sid of an earlier statement")]
    DuplicateSid {
        /// The later one.
        path: String,
        /// The statement id.
        found: String,
    },
    /// A statement has a `Principal` or `NotPrincipal` that names nobody.
    #[error("{path} names nobody")]
    EmptyPrincipal {
        /// Where.
        path: String,
    },
    /// A principal is not of a form that a policy can name. Groups, wildcards within a name and the
    /// canonical ids of Amazon S3 are such.
    #[error("{path}: {found:?} is not a valid principal")]
    BadPrincipal {
        /// Where.
        path: String,
        /// The principal that is there.
        found: String,
    },
    /// A resource control policy names another principal than `*`.
    #[error("{path} may only be \"*\" in a resource control policy")]
    NotEveryone {
        /// Where.
        path: String,
    },
    /// A resource control policy that is not AWS's own allows something.
    #[error("{path} may only be \"Deny\" in a resource control policy")]
    AllowInResourceControlPolicy {
        /// Where.
        path: String,
    },
    /// An action is neither `*` nor `service:Name`.
    #[error("{path}: {found:?} is not a valid action")]
    BadAction {
        /// Where.
        path: String,
        /// The action that is there.
        found: String,
    },
    /// A resource is neither `*` nor an ARN of at least six parts.
    #[error("{path}: {found:?} is neither \"*\" nor an ARN")]
    BadResource {
        /// Where.
        path: String,
        /// The resource that is there.
        found: String,
    },
    /// A policy variable is not written as the language asks, or stands where none may: in a
    /// resource before its fifth colon.
    #[error("{path}: {found:?} holds a policy variable that is malformed or misplaced")]
    BadVariable {
        /// Where.
        path: String,
        /// The text that holds it.
        found: String,
    },
    /// A condition's operator is not one of the language.
    #[error("{path} is not a condition operator")]
    UnknownOperator {
        /// Where.
        path: String,
    },
    /// A value in a condition is not of the type that its operator compares.
    #[error("{path}: {found:?} is not {expected}")]
    BadConditionValue {
        /// Where.
        path: String,
        /// What the operator compares, with its article.
        expected: &'static str,
        /// The value that is there.
        found: String,
    },
    /// A key policy asks something of all values of a condition key that has one at most, and so
    /// lets a request pass that has none. The text begins as AWS's.
    #[error(
        "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued \
         condition key, {key}, matches requests without the key: {path}"
    )]
    OverlyPermissiveCondition {
        /// The statement.
        path: String,
        /// The condition key.
        key: String,
    },
}

impl PolicyError {
    /// Where in the document, in the manner of `Statement[2].Principal.AWS[0]`; `None` if it is the
    /// text as a whole.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::TooLarge { .. } | Self::BadCharacter { .. } | Self::NotJson { .. } => None,
            Self::WrongType { path, .. }
            | Self::Missing { path }
            | Self::UnknownElement { path }
            | Self::DuplicateElement { path }
            | Self::BothPresent { path, .. }
            | Self::EmptyException { path }
            | Self::Misplaced { path, .. }
            | Self::UnknownVersion { path, .. }
            | Self::BadEffect { path, .. }
            | Self::BadSid { path, .. }
            | Self::DuplicateSid { path, .. }
            | Self::EmptyPrincipal { path }
            | Self::BadPrincipal { path, .. }
            | Self::NotEveryone { path }
            | Self::AllowInResourceControlPolicy { path }
            | Self::BadAction { path, .. }
            | Self::BadResource { path, .. }
            | Self::BadVariable { path, .. }
            | Self::UnknownOperator { path }
            | Self::BadConditionValue { path, .. }
            | Self::OverlyPermissiveCondition { path, .. } => Some(path),
        }
    }
}
