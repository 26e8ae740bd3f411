//! Grant tokens: what `CreateGrant` returns so that a new grant can be used at once.
//!
//! Here every grant works at once, so that a token adds nothing to a decision; it only has to be
//! one of a grant that is there. It is no secret, and it is not sealed: who makes one up must know
//! the ids of a grant, and gains nothing by it. All tokens of a grant are as good as each other.
//! A token is base64url of
//!
//! | Bytes | What |
//! |---|---|
//! | 1 | version: 1 |
//! | 1 | form of the key id: 0 a UUID, 1 that of multi-Region keys |
//! | 16 | key id |
//! | 32 | grant id |
//! | 8 | when the grant was made, in milliseconds: grants of the same name can have the same id |
//! | 16 | random, so that no two tokens are alike |
//!
//! Source: "Using a grant token" in the KMS developer guide.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_core::grant::GrantRecord;
use keystead_core::key::MaterialId;
use keystead_core::key_id::KeyId;
use keystead_core::time::Timestamp;

use crate::directory::Directory;
use crate::directory::grants::GrantEntry;
use crate::fault::Fault;

const VERSION: u8 = 1;

/// What makes one token differ from the next.
pub const NONCE_BYTES: usize = 16;

/// Makes a token of a grant.
///
/// # Errors
/// [`Fault::InvalidGrantId`], if the grant's id is not one that this service gives.
pub fn issue(grant: &GrantRecord, nonce: [u8; NONCE_BYTES]) -> Result<String, Fault> {
    let id = parse_id(&grant.id)?;
    let mut bytes = vec![VERSION, u8::from(grant.key.is_multi_region())];
    bytes.extend(grant.key.bytes());
    bytes.extend(id);
    bytes.extend(grant.created.as_millis().to_be_bytes());
    bytes.extend(nonce);
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The grant that a token is of.
///
/// # Errors
/// [`Fault::InvalidGrantToken`] for what is no token, and for one of a grant that is not there: one
/// that was retired or revoked, or that of another deployment.
pub fn find(token: &str, directory: &Directory) -> Result<GrantEntry, Fault> {
    let parsed = Token::parse(token).ok_or(Fault::InvalidGrantToken)?;
    directory
        .grant(parsed.key, &parsed.grant)
        .filter(|found| found.record.created == parsed.created)
        .ok_or(Fault::InvalidGrantToken)
}

/// Checks the tokens of a request. Up to ten of them may be sent to any operation that a grant can
/// permit; they may be of grants that the request does not need.
///
/// # Errors
/// [`Fault::InvalidGrantToken`].
pub fn check_all(tokens: &[String], directory: &Directory) -> Result<(), Fault> {
    tokens
        .iter()
        .try_for_each(|token| find(token, directory).map(drop))
}

/// Checks that a text is a grant id: 64 lower-case hex digits.
///
/// # Errors
/// [`Fault::InvalidGrantId`].
pub fn check_id(given: &str) -> Result<(), Fault> {
    parse_id(given).map(drop)
}

/// A grant's id has the form of a material's.
fn parse_id(given: &str) -> Result<[u8; 32], Fault> {
    let parsed: Result<MaterialId, _> = given.parse();
    parsed
        .map(|id| *id.bytes())
        .map_err(|_| Fault::InvalidGrantId {
            given: given.to_owned(),
        })
}

#[derive(Debug, PartialEq, Eq)]
struct Token {
    key: KeyId,
    grant: String,
    created: Timestamp,
}

impl Token {
    fn parse(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        let (grant, rest) = rest.split_first_chunk::<32>()?;
        let (created, nonce) = rest.split_first_chunk::<8>()?;
        let is_multi_region = match head {
            [VERSION, 0] => false,
            [VERSION, 1] => true,
            _ => return None,
        };
        (nonce.len() == NONCE_BYTES).then(|| Self {
            key: KeyId::from_parts(*key, is_multi_region),
            grant: MaterialId::from_bytes(*grant).to_string(),
            created: Timestamp::from_millis(i64::from_be_bytes(*created)),
        })
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::grant::{GrantConstraints, GrantOperations, GrantPrincipal};
    use proptest::prelude::*;

    use super::*;

    fn grant(multi_region: bool) -> GrantRecord {
        let account = "111122223333".parse().unwrap();
        GrantRecord {
            id: "0f".repeat(32),
            account,
            key: KeyId::from_parts([7; 16], multi_region),
            name: None,
            created: Timestamp::from_millis(1_767_323_045_678),
            grantee: GrantPrincipal::Service {
                name: "logs.amazonaws.com".into(),
            },
            retiring: None,
            issuing_account: account,
            operations: GrantOperations::default(),
            constraints: GrantConstraints::default(),
        }
    }

    #[test]
    fn tokens_of_a_grant_differ_and_mean_the_same() {
        for multi_region in [false, true] {
            let grant = grant(multi_region);
            let (one, other) = (
                issue(&grant, [1; 16]).unwrap(),
                issue(&grant, [2; 16]).unwrap(),
            );
            assert_ne!(one, other);
            let parsed = Token::parse(&one).unwrap();
            assert_eq!(
                (parsed.key, &parsed.grant, parsed.created),
                (grant.key, &grant.id, grant.created)
            );
            assert_eq!(Token::parse(&other), Some(parsed));
        }
    }

    #[test]
    fn nothing_else_is_a_token() {
        let token = issue(&grant(false), [1; 16]).unwrap();
        let longer = format!("{token}AA");
        let (shorter, other_version) = (&token[..token.len() - 2], token.replacen('A', "B", 1));
        let padded = format!("{token}=");
        for other in ["", "none", "a b", &longer, shorter, &other_version, &padded] {
            assert_eq!(Token::parse(other), None, "{other}");
        }
    }

    #[test]
    fn ids_are_64_lower_case_hex_digits() {
        assert!(check_id(&"0f".repeat(32)).is_ok());
        for bad in [
            "",
            "0f",
            &"0F".repeat(32),
            &"0g".repeat(32),
            &"0f".repeat(33),
        ] {
            assert!(
                matches!(check_id(bad), Err(Fault::InvalidGrantId { .. })),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "[A-Za-z0-9_-]{0,120}") {
            let _ = Token::parse(&text);
        }
    }
}
