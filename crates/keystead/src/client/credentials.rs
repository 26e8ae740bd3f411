//! Whose calls they are: an access key from where AWS's clients look for one, or the admin's.

use std::fs;
use std::path::{Path, PathBuf};

use keystead_crypto::SecretBytes;

use super::ClientError;
use crate::data_dir;

/// An access key, and the session token that goes with a temporary one.
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: SecretBytes,
    pub(crate) session_token: Option<String>,
}

impl Credentials {
    /// Looks in the environment, in the file that `AWS_SHARED_CREDENTIALS_FILE` names, and in the
    /// data directory.
    pub(super) fn find(
        environment: &dyn Fn(&str) -> Option<String>,
        data_dir: &Path,
    ) -> Result<Self, ClientError> {
        let id = environment("AWS_ACCESS_KEY_ID");
        if let Some((access_key_id, secret)) = id.zip(environment("AWS_SECRET_ACCESS_KEY")) {
            return Ok(Self {
                access_key_id,
                secret_access_key: SecretBytes::from(secret.into_bytes()),
                session_token: environment("AWS_SESSION_TOKEN"),
            });
        }
        let path = environment("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let path = path.unwrap_or_else(|| data_dir::admin_credentials(data_dir));
        let profile = environment("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
        match fs::read_to_string(&path) {
            Ok(text) => parse(&text, &profile).ok_or(ClientError::NoProfile { path, profile }),
            Err(source) => Err(ClientError::NoCredentials { path, source }),
        }
    }
}

/// The access key of a profile in a shared credentials file ("Configuration and credential file
/// settings" in the AWS CLI user guide).
fn parse(text: &str, profile: &str) -> Option<Credentials> {
    let lines = text.lines().map(str::trim);
    let section: Vec<_> = lines
        .skip_while(|line| section_name(line) != Some(profile))
        .skip(1)
        .take_while(|line| section_name(line).is_none())
        .filter_map(|line| line.split_once('='))
        .collect();
    let value = |wanted: &str| {
        let mut found = section.iter().filter(|(name, _)| name.trim() == wanted);
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    Some(Credentials {
        access_key_id: value("aws_access_key_id")?,
        secret_access_key: SecretBytes::from(value("aws_secret_access_key")?.into_bytes()),
        session_token: value("aws_session_token"),
    })
}

fn section_name(line: &str) -> Option<&str> {
    Some(line.strip_prefix('[')?.strip_suffix(']')?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\n[other]\naws_access_key_id = A\naws_secret_access_key = a\n\n\
                        [default]\naws_access_key_id=B\n  aws_secret_access_key = b=/+\n\
                        aws_session_token = t\n[half]\naws_access_key_id = C\n";

    #[test]
    fn profiles_of_a_file() {
        let found = |profile| parse(FILE, profile);
        let default = found("default").unwrap();
        assert_eq!(default.access_key_id, "B");
        assert_eq!(default.secret_access_key.expose(), b"b=/+");
        assert_eq!(default.session_token.as_deref(), Some("t"));
        let other = found("other").unwrap();
        assert_eq!(other.access_key_id, "A");
        assert!(other.session_token.is_none());
        assert!(found("half").is_none() && found("none").is_none());
    }

    #[test]
    fn the_environment_goes_before_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin.credentials");
        fs::write(&path, FILE).unwrap();
        let find = |pairs: &[(&str, &str)]| {
            let environment = |name: &str| {
                let mut pairs = pairs.iter().filter(|(found, _)| *found == name);
                pairs.next().map(|(_, value)| (*value).to_owned())
            };
            Credentials::find(&environment, folder.path()).map(|found| found.access_key_id)
        };
        let key = ("AWS_ACCESS_KEY_ID", "E");
        assert_eq!(find(&[key, ("AWS_SECRET_ACCESS_KEY", "e")]).unwrap(), "E");
        assert_eq!(find(&[key]).unwrap(), "B", "half a key is none");
        assert_eq!(find(&[("AWS_PROFILE", "other")]).unwrap(), "A");
        let shown = |pairs: &[(&str, &str)]| find(pairs).unwrap_err().to_string();
        assert!(shown(&[("AWS_PROFILE", "none")]).contains("[none]"));
        let missing = shown(&[("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/at-all")]);
        assert!(missing.contains("AWS_ACCESS_KEY_ID"), "{missing}");
    }
}
