//! The settings of quotas: the table `[quotas]` of the file, with a table in it for each account that
//! differs, and `--quota`, which goes before the file.

use std::collections::BTreeMap;
use std::str::FromStr;

use keystead_core::arn::AccountId;
use keystead_core::quota::{QuotaError, Quotas};
use serde::Deserialize;

/// A quota as the command line has it: `NAME=VALUE`, or `ACCOUNT:NAME=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct QuotaSetting {
    /// Whose it is; everybody's if it is nobody's.
    account: Option<AccountId>,
    name: String,
    value: String,
}

impl FromStr for QuotaSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("expected NAME=VALUE or ACCOUNT:NAME=VALUE")?;
        let (account, name) = match name.split_once(':') {
            Some((account, name)) => {
                let account = account
                    .parse()
                    .map_err(|error| format!("{account}: {error}"))?;
                (Some(account), name)
            }
            None => (None, name),
        };
        Ok(Self {
            account,
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// The table of a file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct QuotaTable(BTreeMap<String, Entry>);

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Value(Value),
    OfAccount(BTreeMap<String, Value>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Whole(u64),
    Number(f64),
    Word(String),
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Word(word) => word.clone(),
        }
    }
}

/// Why quotas can't be set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuotasError {
    #[error("[quotas.\"{name}\"]: not an account: expected 12 digits")]
    Account { name: String },
    #[error(transparent)]
    Quota {
        #[from]
        source: QuotaError,
    },
}

/// The quotas of a file, then those given.
pub(super) fn resolve(file: QuotaTable, given: Vec<QuotaSetting>) -> Result<Quotas, QuotasError> {
    let mut settings = of_file(file)?;
    settings.extend(given);
    let pair = |setting: &'_ QuotaSetting| (setting.name.clone(), setting.value.clone());
    let (own, everybodys): (Vec<_>, Vec<_>) = settings
        .iter()
        .map(|setting| (setting.account, pair(setting)))
        .partition(|(account, _)| account.is_some());
    let everybodys = everybodys
        .iter()
        .map(|(_, (name, value))| (name.as_str(), value.as_str()));
    let own = own
        .iter()
        .filter_map(|(account, (name, value))| Some(((*account)?, name.as_str(), value.as_str())));
    Ok(Quotas::new(everybodys, own)?)
}

fn of_file(file: QuotaTable) -> Result<Vec<QuotaSetting>, QuotasError> {
    let mut settings = Vec::new();
    let setting = |account, name, value: &Value| QuotaSetting {
        account,
        name,
        value: value.text(),
    };
    for (name, entry) in file.0 {
        match entry {
            Entry::Value(value) => settings.push(setting(None, name, &value)),
            Entry::OfAccount(own) => {
                let Ok(account) = name.parse() else {
                    return Err(QuotasError::Account { name });
                };
                let own = own.into_iter();
                settings.extend(own.map(|(name, value)| setting(Some(account), name, &value)));
            }
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use keystead_core::quota::Resource;

    use super::*;

    fn resolved(file: &str, given: &[&str]) -> Result<Quotas, QuotasError> {
        let given = given.iter().map(|text| text.parse().unwrap());
        resolve(toml::from_str(file).unwrap(), given.collect())
    }

    fn keys(quotas: &Quotas, account: &str) -> usize {
        quotas.of(account.parse().unwrap()).count(Resource::Keys)
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_accounts_before_everybody() {
        let file =
            "keys = 1\ncreate_key_rate = 0.5\n[444455556666]\nkeys = 2\ncreate_key_rate = 'none'";
        let quotas = resolved(file, &[]).unwrap();
        assert_eq!(keys(&quotas, "111122223333"), 1);
        assert_eq!(keys(&quotas, "444455556666"), 2);
        assert!(quotas.has_rates());
        let quotas = resolved(file, &["keys=3", "444455556666:keys=4"]).unwrap();
        assert_eq!(keys(&quotas, "111122223333"), 3);
        assert_eq!(keys(&quotas, "444455556666"), 4);
        // What the file says of an account stays particular.
        let quotas = resolved(file, &["keys=3"]).unwrap();
        assert_eq!(keys(&quotas, "444455556666"), 2);
    }

    #[test]
    fn mistakes_are_named() {
        for (file, message) in [
            ("kesy = 1", "there is no quota kesy; there is keys, "),
            (
                "tags_per_key = 1",
                "the quota tags_per_key is the same for every account",
            ),
            ("keys = 'many'", "the quota keys can't be many"),
            ("[team]\nkeys = 1", "[quotas.\"team\"]: not an account"),
            ("[111122223333]\nkesy = 1", "there is no quota kesy"),
        ] {
            let error = resolved(file, &[]).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        for given in ["keys", "12:keys=1"] {
            assert!(given.parse::<QuotaSetting>().is_err(), "{given}");
        }
    }
}
