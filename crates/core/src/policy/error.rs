//! What may be wrong with a policy's text.

/// Why a policy was not accepted.
///
/// `path` says where, in the manner of `Statement[2].Principal.AWS[0]`; indices count from zero,
/// and an element that is not written as a list has none.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is longer than the limit of its kind. AWS KMS answers `LimitExceededException` to
    /// this one, and `MalformedPolicyDocumentException` to all others.
    #[error("the policy has {length} bytes, and at most {limit} are allowed")]
    TooLarge {
        /// Length of the text in bytes.
        length: usize,
        /// The greatest length in bytes.
        limit: usize,
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
    /// An element of the policy language that is not decided here; accepting the policy without it
    /// would change what it means.
    #[error("{path}: {element} is not supported")]
    Unsupported {
        /// The element's name.
        element: &'static str,
        /// Where.
        path: String,
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
    /// An identity policy names a principal; its principal is whoever it is attached to.
    #[error("{path} does not belong in an identity policy")]
    PrincipalInIdentityPolicy {
        /// Where.
        path: String,
    },
    /// A statement of a key policy has a `Principal` that names nobody.
    #[error("{path} names nobody")]
    EmptyPrincipal {
        /// Where.
        path: String,
    },
    /// A principal is not of a form that a key policy can name. Groups and wildcards within a name
    /// are such.
    #[error("{path}: {found:?} is not a valid principal")]
    BadPrincipal {
        /// Where.
        path: String,
        /// The principal that is there.
        found: String,
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
}
