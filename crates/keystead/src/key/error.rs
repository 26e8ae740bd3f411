//! What went wrong, and what to do next.

use std::io;
use std::path::PathBuf;

use super::import::ImportError;
use crate::client::ClientError;
use crate::client::answer::is_access_denied;
use crate::confirm::Unconfirmed;

/// Why a subcommand ended before it was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    #[error("{operation}: {source}{}", advice(source))]
    Call {
        operation: &'static str,
        source: ClientError,
    },
    #[error("can't read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{spec} keys are for one of {usages}: choose with --usage")]
    Usage { spec: String, usages: String },
    #[error("{alias} is the name of key {key} already, so that no key was made")]
    AliasTaken { alias: String, key: String },
    #[error(
        "key {key} was made, but has no alias. When what is wrong is mended, run\n  keystead key alias add {alias} {key}"
    )]
    MadeWithoutAlias {
        key: String,
        alias: String,
        source: Box<KeyError>,
    },
    #[error("the answer to {operation} has no {member}: is this a KMS?")]
    Answer {
        operation: &'static str,
        member: &'static str,
    },
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
}

/// What helps against a refusal, by its code.
const ADVICE: &[(&str, &str)] = &[
    (
        "AccessDeniedException",
        "`keystead who-can ACTION KEY` tells who may, and why",
    ),
    (
        "AlreadyExistsException",
        "`keystead key alias list` tells whose name it is; `keystead key alias add NAME KEY --move` gives it to another key",
    ),
    (
        "DisabledException",
        "`keystead key enable KEY` lets it be used again",
    ),
    (
        "ExpiredImportTokenException",
        "run it again: it asks for another token",
    ),
    (
        "IncorrectKeyMaterialException",
        "is it the whole material that the key had before? Other material is added with --new-material",
    ),
    (
        "InvalidImportTokenException",
        "run it again: it asks for another token",
    ),
    (
        "KMSInvalidStateException",
        "`keystead key show KEY` tells its state",
    ),
    (
        "MalformedPolicyDocumentException",
        "`keystead check-policy FILE` tells what is wrong with it, and where",
    ),
    (
        "NotFoundException",
        "`keystead key list` tells which there are; --region names another Region",
    ),
    (
        "UnknownOperationException",
        "the server does not know the operation: it is older than this keystead",
    ),
    (
        "InvalidSignatureException",
        "is the secret access key the right one, and --region one that the server serves?",
    ),
    (
        "UnrecognizedClientException",
        "are the credentials those of this server? --data-dir gives the admin's",
    ),
];

/// A line that says what to do next; nothing, where nothing better than the refusal is known.
fn advice(error: &ClientError) -> String {
    let ClientError::Refused { code, .. } = error else {
        return String::new();
    };
    let mut found = ADVICE.iter().filter(|(known, _)| known == code);
    found
        .next()
        .map_or_else(String::new, |(_, advice)| format!("\n  {advice}"))
}

impl KeyError {
    /// The refusal, if it is one for want of a permission.
    ///
    /// # Errors
    /// What else it is.
    pub(super) fn denial(self) -> Result<ClientError, Self> {
        match self {
            Self::Call { source, .. } if is_access_denied(&source) => Ok(source),
            other => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_comes_with_advice() {
        let refused = |code: &str| KeyError::Call {
            operation: "EnableKey",
            source: ClientError::Refused {
                code: code.to_owned(),
                message: "no".to_owned(),
            },
        };
        let shown = refused("NotFoundException").to_string();
        assert!(
            shown.starts_with("EnableKey: NotFoundException: no\n  `keystead key list`"),
            "{shown}"
        );
        assert_eq!(refused("Else").to_string(), "EnableKey: Else: no");
        assert!(refused("Else").denial().is_err());
        assert!(refused("AccessDenied").denial().is_ok());
    }
}
