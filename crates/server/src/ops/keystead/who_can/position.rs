//! Where a page of candidates ends.

use std::fmt;
use std::str::FromStr;

use keystead_core::arn::AccountId;

/// A candidate's place. They come in the order of the variants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Position {
    /// A principal of an account of this deployment.
    Local(AccountId, Local),
    /// Somebody else whom the key policy names, by the name.
    Named(String),
    /// Everybody else.
    Everyone,
    /// The grantee of a grant, by the grant's id.
    Grant(String),
}

/// A principal's place in its account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Local {
    /// The root user.
    Root,
    /// A user, by its name in lower case.
    User(String),
    /// A role, by its name in lower case.
    Role(String),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(account, Local::Root) => write!(f, "root:{account}"),
            Self::Local(account, Local::User(name)) => write!(f, "user:{account}:{name}"),
            Self::Local(account, Local::Role(name)) => write!(f, "role:{account}:{name}"),
            Self::Named(name) => write!(f, "named:{name}"),
            Self::Everyone => f.write_str("everyone:"),
            Self::Grant(id) => write!(f, "grant:{id}"),
        }
    }
}

/// The text is not a position.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (stage, rest) = text.split_once(':').ok_or(NoPosition)?;
        let account = |text: &str| text.parse::<AccountId>().map_err(|_| NoPosition);
        let named = || {
            let (number, name) = rest.split_once(':').ok_or(NoPosition)?;
            Ok((account(number)?, name.to_owned()))
        };
        Ok(match stage {
            "root" => Self::Local(account(rest)?, Local::Root),
            "user" => {
                let (account, name) = named()?;
                Self::Local(account, Local::User(name))
            }
            "role" => {
                let (account, name) = named()?;
                Self::Local(account, Local::Role(name))
            }
            "named" => Self::Named(rest.to_owned()),
            "everyone" => Self::Everyone,
            "grant" => Self::Grant(rest.to_owned()),
            _ => return Err(NoPosition),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_round_trip_and_are_in_order() {
        let account: AccountId = "111122223333".parse().unwrap();
        let all = [
            Position::Local(account, Local::Root),
            Position::Local(account, Local::User("ada".to_owned())),
            Position::Local(account, Local::Role("a:b".to_owned())),
            Position::Named("arn:aws:iam::444455556666:root".to_owned()),
            Position::Everyone,
            Position::Grant("07".to_owned()),
        ];
        assert!(all.is_sorted());
        for position in all {
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        for text in ["", "root", "root:1", "user:111122223333", "other:x"] {
            assert_eq!(text.parse::<Position>(), Err(NoPosition), "{text}");
        }
    }
}
