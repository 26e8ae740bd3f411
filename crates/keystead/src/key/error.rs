//! What went wrong, and what to do next.

use std::io;
use std::path::PathBuf;

use super::import::ImportError;
use crate::client::answer::is_access_denied;
use crate::client::{ClientError, Refusal};
use crate::confirm::Unconfirmed;
use crate::principals;

/// Why a subcommand ended before it was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    #[error("{operation}: {source}{}", advice_on(operation, source))]
    Call {
        operation: &'static str,
        source: ClientError,
    },
    #[error(
        "{operation}: the policy names {}, and there is no such principal", names.join(" and ")
    )]
    Principals {
        operation: &'static str,
        names: Vec<String>,
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

/// A row of the table of advice.
struct Advice {
    /// The code of the refusal.
    code: &'static str,
    /// The operations that it is about; all, if there are none.
    operations: &'static [&'static str],
    /// How the message begins that it is about.
    message: &'static str,
    /// What helps. `OPERATION` stands for the operation that was refused.
    text: &'static str,
}

const fn advice(code: &'static str, text: &'static str) -> Advice {
    Advice {
        code,
        operations: &[],
        message: "",
        text,
    }
}

impl Advice {
    const fn on(self, operations: &'static [&'static str]) -> Self {
        Self { operations, ..self }
    }

    const fn to(self, message: &'static str) -> Self {
        Self { message, ..self }
    }

    fn fits(&self, operation: &str, refusal: &Refusal) -> bool {
        self.code == refusal.code
            && (self.operations.is_empty() || self.operations.contains(&operation))
            && refusal.message.starts_with(self.message)
    }
}

const DENIED: &str = "AccessDeniedException";
const MALFORMED: &str = "MalformedPolicyDocumentException";
const UNSUPPORTED: &str = "UnsupportedOperationException";

/// What helps against a refusal: the first row that fits.
const ADVICE: &[Advice] = &[
    advice(
        DENIED,
        "no key has a say in kms:OPERATION, policies of identities alone decide on it: `aws iam simulate-principal-policy` tries those of the caller",
    )
    .on(&["CreateKey", "ListAliases", "ListKeys"]),
    advice(
        DENIED,
        "kms:OPERATION is needed on the key, where `keystead who-can OPERATION KEY` tells who may, and on the alias, where policies of identities alone decide",
    )
    .on(&["CreateAlias", "DeleteAlias", "UpdateAlias"]),
    advice(
        DENIED,
        "the grant says who may retire it: `keystead key grants KEY --json` shows its grantee and its RetiringPrincipal",
    )
    .on(&["RetireGrant"]),
    advice(
        DENIED,
        "`keystead who-can OPERATION KEY` tells who may, and why",
    ),
    advice(
        "AlreadyExistsException",
        "`keystead key alias list` tells whose name it is; `keystead key alias add NAME KEY --move` gives it to another key",
    ),
    advice(
        "DisabledException",
        "`keystead key enable KEY` lets it be used again",
    ),
    advice(
        "ExpiredImportTokenException",
        "run it again: it asks for another token",
    ),
    advice(
        "IncorrectKeyMaterialException",
        "is it the whole material that the key had before? Other material is added with --new-material",
    ),
    advice(
        "InvalidImportTokenException",
        "run it again: it asks for another token",
    ),
    advice(
        "KMSInvalidStateException",
        "`keystead key show KEY` tells its state",
    ),
    advice(
        MALFORMED,
        "somebody whom it names does not exist, or is spelled otherwise: `keystead explain REQUEST-ID` on the server tells who",
    )
    .to(principals::REFUSAL),
    advice(
        MALFORMED,
        "allow kms:PutKeyPolicy to yourself or to the account, so that the policy can be changed again",
    )
    .to("The new key policy will not allow you"),
    advice(
        MALFORMED,
        "`keystead check-policy FILE` tells everything that is wrong with it, and where",
    ),
    advice(
        "NotFoundException",
        "`keystead key list` tells which there are; --region names another Region",
    ),
    advice(
        "UnknownOperationException",
        "the server does not know the operation: it is older than this keystead",
    ),
    advice(
        "InvalidSignatureException",
        "is the secret access key the right one, and --region one that the server serves?",
    ),
    advice(
        "UnrecognizedClientException",
        "are the credentials those of this server? --data-dir gives the admin's",
    ),
    advice(
        UNSUPPORTED,
        "only SYMMETRIC_DEFAULT keys whose material the server made rotate regularly; `keystead key show KEY` tells what this one is. Imported material is followed by other with `keystead key import --new-material` and `keystead key rotate`",
    )
    .on(&["DisableKeyRotation", "EnableKeyRotation", "GetKeyRotationStatus"]),
    advice(
        UNSUPPORTED,
        "only SYMMETRIC_DEFAULT keys rotate; `keystead key show KEY` tells what this one is. Make a new key, and give it the name of this one with `keystead key alias add NAME KEY --move`",
    )
    .on(&["ListKeyRotations", "RotateKeyOnDemand"]),
    advice(
        UNSUPPORTED,
        "only keys that were made with `keystead key create --origin external` have material that is imported and deleted",
    )
    .on(&["DeleteImportedKeyMaterial", "GetParametersForImport", "ImportKeyMaterial"]),
];

/// A line that says what to do next; nothing, where nothing better than the refusal is known.
fn advice_on(operation: &str, error: &ClientError) -> String {
    let ClientError::Refused(refusal) = error else {
        return String::new();
    };
    let mut fitting = ADVICE.iter().filter(|row| row.fits(operation, refusal));
    fitting.next().map_or_else(String::new, |row| {
        format!("\n  {}", row.text.replace("OPERATION", operation))
    })
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

    fn refused(operation: &'static str, code: &str, message: &str) -> KeyError {
        KeyError::Call {
            operation,
            source: ClientError::Refused(Refusal {
                code: code.to_owned(),
                message: message.to_owned(),
                request_id: String::new(),
            }),
        }
    }

    #[test]
    fn a_refusal_comes_with_advice() {
        let shown = refused("EnableKey", "NotFoundException", "no").to_string();
        assert!(
            shown.starts_with("EnableKey: NotFoundException: no\n  `keystead key list`"),
            "{shown}"
        );
        let plain = refused("EnableKey", "Else", "no");
        assert_eq!(plain.to_string(), "EnableKey: Else: no");
        assert!(plain.denial().is_err());
        assert!(refused("EnableKey", "AccessDenied", "no").denial().is_ok());
    }

    #[test]
    fn advice_is_by_operation_and_message() {
        for (operation, code, message, expected) in [
            (
                "DisableKey",
                DENIED,
                "",
                "`keystead who-can DisableKey KEY`",
            ),
            ("ListKeys", DENIED, "", "no key has a say in kms:ListKeys"),
            ("UpdateAlias", DENIED, "", "on the alias, where"),
            ("RetireGrant", DENIED, "", "--json` shows its grantee"),
            ("EnableKeyRotation", UNSUPPORTED, "", "--new-material"),
            (
                "RotateKeyOnDemand",
                UNSUPPORTED,
                "",
                "only SYMMETRIC_DEFAULT keys rotate;",
            ),
            ("ImportKeyMaterial", UNSUPPORTED, "", "--origin external"),
            (
                "PutKeyPolicy",
                MALFORMED,
                "Policy contains a statement with one or more invalid principals.",
                "does not exist",
            ),
            (
                "PutKeyPolicy",
                MALFORMED,
                "The new key policy will not allow you to update",
                "allow kms:PutKeyPolicy",
            ),
            ("PutKeyPolicy", MALFORMED, "Statement", "check-policy FILE"),
        ] {
            let shown = refused(operation, code, message).to_string();
            assert!(shown.contains(expected), "{shown}");
        }
        let silent = refused("RotateKeyOnDemand", UNSUPPORTED, "").to_string();
        assert!(
            silent.starts_with("RotateKeyOnDemand: UnsupportedOperationException\n  only"),
            "{silent}"
        );
    }
}
