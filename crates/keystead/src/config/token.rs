//! What is said of PKCS#11 tokens: the tables `[[token]]` of the file.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use keystead_pkcs11::{Settings, TokenName, Vendor};
use serde::Deserialize;

use crate::tokens::TokenSettings;

/// A token that custom key stores of type `AWS_CLOUDHSM` may be in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenTable {
    /// What `CloudHsmClusterId` calls it.
    cluster_id: String,
    module: PathBuf,
    label: Option<String>,
    serial: Option<String>,
    trust_anchor: Option<PathBuf>,
    vendor: Option<String>,
    sessions: Option<NonZeroUsize>,
    risk_lockout: Option<bool>,
}

/// Why tokens can't be used so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(
        "token {cluster_id}: cluster_id is to be \"cluster-\" and 11 to 16 letters or digits from 2 to 7, as the API wants it"
    )]
    ClusterId { cluster_id: String },
    #[error("two tokens are {cluster_id}")]
    Twice { cluster_id: String },
    #[error("token {cluster_id}: give either label or serial")]
    Name { cluster_id: String },
    #[error("token {cluster_id}: there is no vendor {vendor}; known are {known}")]
    Vendor {
        cluster_id: String,
        vendor: String,
        known: String,
    },
    #[error("token {cluster_id}: can't read the trust anchor {}: {source}", path.display())]
    TrustAnchor {
        cluster_id: String,
        path: PathBuf,
        source: std::io::Error,
    },
}

/// Takes the files that are named to be in a folder, that of the configuration file.
pub(super) fn by_folder(tables: &mut [TokenTable], folder: &Path) {
    for table in tables {
        table.module = folder.join(&table.module);
        let anchor = table.trust_anchor.take();
        table.trust_anchor = anchor.map(|path| folder.join(path));
    }
}

/// The tokens by their cluster ids.
pub(super) fn resolve(
    tables: Vec<TokenTable>,
) -> Result<BTreeMap<String, TokenSettings>, TokenError> {
    let mut tokens = BTreeMap::new();
    for table in tables {
        let cluster_id = table.cluster_id.clone();
        let settings = settings(table)?;
        if tokens.insert(cluster_id.clone(), settings).is_some() {
            return Err(TokenError::Twice { cluster_id });
        }
    }
    Ok(tokens)
}

fn settings(table: TokenTable) -> Result<TokenSettings, TokenError> {
    let TokenTable {
        cluster_id,
        module,
        label,
        serial,
        trust_anchor,
        vendor,
        sessions,
        risk_lockout,
    } = table;
    if !is_cluster_id(&cluster_id) {
        return Err(TokenError::ClusterId { cluster_id });
    }
    let name = match (label, serial) {
        (Some(label), None) => TokenName::Label(label),
        (None, Some(serial)) => TokenName::Serial(serial),
        _ => return Err(TokenError::Name { cluster_id }),
    };
    let vendor = match vendor {
        None => None,
        Some(name) => match Vendor::named(&name) {
            Some(vendor) => Some(vendor),
            None => return Err(no_such_vendor(cluster_id, name)),
        },
    };
    let trust_anchor = match trust_anchor {
        None => None,
        Some(path) => match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(source) => {
                return Err(TokenError::TrustAnchor {
                    cluster_id,
                    path,
                    source,
                });
            }
        },
    };
    let default = Settings::default();
    Ok(TokenSettings {
        module,
        name,
        trust_anchor,
        settings: Settings {
            sessions: sessions.map_or(default.sessions, NonZeroUsize::get),
            risk_lockout: risk_lockout.unwrap_or(default.risk_lockout),
            vendor,
            ..default
        },
    })
}

fn no_such_vendor(cluster_id: String, vendor: String) -> TokenError {
    let names = keystead_pkcs11::VENDORS.iter().map(|vendor| vendor.name);
    TokenError::Vendor {
        cluster_id,
        vendor,
        known: names.collect::<Vec<_>>().join(", "),
    }
}

/// Source: `CloudHsmClusterIdType` in the KMS API model.
fn is_cluster_id(text: &str) -> bool {
    let id = text.strip_prefix("cluster-").unwrap_or_default();
    (11..=16).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BTreeMap<String, TokenSettings>, String> {
        #[derive(Deserialize)]
        struct File {
            token: Vec<TokenTable>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        resolve(file.token).map_err(|error| error.to_string())
    }

    const TOKEN: &str = "[[token]]\ncluster_id = \"cluster-2a23b4cdefg\"\nmodule = \"/m.so\"\n";

    #[test]
    fn a_token_is_found_by_label_or_by_serial_number() {
        let tokens = read(&format!("{TOKEN}label = \"keys\"\n")).unwrap();
        let token = &tokens["cluster-2a23b4cdefg"];
        assert_eq!(token.name, TokenName::Label("keys".into()));
        assert!(!token.settings.risk_lockout && token.settings.vendor.is_none());
        let text = format!(
            "{TOKEN}serial = \"0042\"\nvendor = \"luna-fips\"\nsessions = 3\nrisk_lockout = true\n"
        );
        let token = &read(&text).unwrap()["cluster-2a23b4cdefg"];
        assert_eq!(token.name, TokenName::Serial("0042".into()));
        assert_eq!(token.settings.sessions, 3);
        assert!(token.settings.risk_lockout);
        assert_eq!(
            token.settings.vendor.map(|vendor| vendor.name),
            Some("luna-fips")
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let labelled = format!("{TOKEN}label = \"keys\"\n");
        let cases = [
            (TOKEN.to_owned(), "either label or serial"),
            (
                format!("{labelled}serial = \"1\"\n"),
                "either label or serial",
            ),
            (
                format!("{labelled}{labelled}"),
                "two tokens are cluster-2a23b4cdefg",
            ),
            (
                labelled.replace("cluster-2", "cluster-1"),
                "digits from 2 to 7",
            ),
            (format!("{labelled}vendor = \"x\"\n"), "known are softhsm"),
            (format!("{labelled}sessions = 0\n"), "nonzero"),
            (format!("{labelled}pin = \"1234\"\n"), "unknown field `pin`"),
            (
                format!("{labelled}trust_anchor = \"/there/is/no/such/file\"\n"),
                "can't read the trust anchor",
            ),
        ];
        for (text, expected) in cases {
            let error = read(&text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
