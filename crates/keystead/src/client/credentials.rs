//! Whose calls they are: an access key from where AWS's clients look for one, or the admin's.

use std::fs;
use std::path::{Path, PathBuf};

use keystead_crypto::SecretBytes;
use zeroize::Zeroizing;

use super::ClientError;
use crate::data_dir;

/// The section that is read unless another is named.
const DEFAULT_PROFILE: &str = "default";

/// An access key, and the session token that goes with a temporary one.
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: SecretBytes,
    pub(crate) session_token: Option<String>,
}

impl Credentials {
    /// Looks in the environment, in the data directory if one is given, in the file that
    /// `AWS_SHARED_CREDENTIALS_FILE` names, and in the default data directory. What is given for
    /// this call goes before what the shell has for all of them.
    ///
    /// `AWS_PROFILE` names the file's section. It does not count in a data directory that is given,
    /// whose file has the admin's only; in the default one it does, so that whoever chose a profile
    /// is not the admin unawares.
    ///
    /// # Errors
    /// [`ClientError::NoCredentials`], [`ClientError::NoProfile`] and [`ClientError::RoleProfile`].
    pub(super) fn find(
        environment: &dyn Fn(&str) -> Option<String>,
        data_dir: Option<&Path>,
    ) -> Result<Self, ClientError> {
        let id = environment("AWS_ACCESS_KEY_ID");
        if let Some((access_key_id, secret)) = id.zip(environment("AWS_SECRET_ACCESS_KEY")) {
            return Ok(Self {
                access_key_id,
                secret_access_key: SecretBytes::from(secret.into_bytes()),
                session_token: environment("AWS_SESSION_TOKEN"),
            });
        }
        if let Some(data_dir) = data_dir {
            return read(
                data_dir::admin_credentials(data_dir),
                DEFAULT_PROFILE.to_owned(),
            );
        }
        let path = environment("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let path =
            path.unwrap_or_else(|| data_dir::admin_credentials(Path::new(data_dir::DEFAULT)));
        let profile = environment("AWS_PROFILE").unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        read(path, profile)
    }
}

fn read(path: PathBuf, profile: String) -> Result<Credentials, ClientError> {
    let text = match fs::read_to_string(&path) {
        Ok(text) => Zeroizing::new(text),
        Err(source) => return Err(ClientError::NoCredentials { path, source }),
    };
    match parse(&text, &profile) {
        Profile::AccessKey(credentials) => Ok(credentials),
        Profile::Role => Err(ClientError::RoleProfile { path, profile }),
        Profile::Nothing => Err(ClientError::NoProfile { path, profile }),
    }
}

/// What a section of a shared credentials file has.
enum Profile {
    AccessKey(Credentials),
    /// A role that is to be assumed, whatever else: AWS's clients take it before an access key.
    Role,
    Nothing,
}

/// Reads a profile of a shared credentials file ("Configuration and credential file settings" in
/// the AWS CLI user guide).
fn parse(text: &str, profile: &str) -> Profile {
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
    if value("role_arn").is_some() {
        return Profile::Role;
    }
    match value("aws_access_key_id").zip(value("aws_secret_access_key")) {
        Some((access_key_id, secret)) => Profile::AccessKey(Credentials {
            access_key_id,
            secret_access_key: SecretBytes::from(secret.into_bytes()),
            session_token: value("aws_session_token"),
        }),
        None => Profile::Nothing,
    }
}

fn section_name(line: &str) -> Option<&str> {
    Some(line.strip_prefix('[')?.strip_suffix(']')?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\n[other]\naws_access_key_id = A\naws_secret_access_key = a\n\n\
                        [default]\naws_access_key_id=B\n  aws_secret_access_key = b=/+\n\
                        aws_session_token = t\n[half]\naws_access_key_id = C\n\
                        [role]\nrole_arn = r\naws_access_key_id = D\naws_secret_access_key = d\n";

    #[test]
    fn profiles_of_a_file() {
        let found = |profile| match parse(FILE, profile) {
            Profile::AccessKey(found) => Some(found),
            _ => None,
        };
        let default = found("default").unwrap();
        assert_eq!(default.access_key_id, "B");
        assert_eq!(default.secret_access_key.expose(), b"b=/+");
        assert_eq!(default.session_token.as_deref(), Some("t"));
        let other = found("other").unwrap();
        assert_eq!(other.access_key_id, "A");
        assert!(other.session_token.is_none());
        for nothing in ["half", "none"] {
            assert!(matches!(parse(FILE, nothing), Profile::Nothing));
        }
        assert!(matches!(parse(FILE, "role"), Profile::Role));
    }

    #[test]
    fn where_an_access_key_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path();
        let admin = "[default]\naws_access_key_id = ADMIN\naws_secret_access_key = a\n";
        fs::write(data_dir.join("admin.credentials"), admin).unwrap();
        let shared = data_dir.join("shared");
        fs::write(&shared, FILE).unwrap();
        let file = ("AWS_SHARED_CREDENTIALS_FILE", shared.to_str().unwrap());
        let find = |pairs: &[(&str, &str)], data_dir: Option<&Path>| {
            let environment = |name: &str| {
                let mut pairs = pairs.iter().filter(|(found, _)| *found == name);
                pairs.next().map(|(_, value)| (*value).to_owned())
            };
            Credentials::find(&environment, data_dir).map(|found| found.access_key_id)
        };
        let key = ("AWS_ACCESS_KEY_ID", "E");
        let secret = ("AWS_SECRET_ACCESS_KEY", "e");
        let profile = |name| ("AWS_PROFILE", name);
        for (pairs, given, expected) in [
            (&[key, secret, file][..], Some(data_dir), "E"),
            (&[key], Some(data_dir), "ADMIN"),
            (&[file, profile("other")], Some(data_dir), "ADMIN"),
            (&[file], None, "B"),
            (&[file, profile("other")], None, "A"),
        ] {
            assert_eq!(find(pairs, given).unwrap(), expected, "{pairs:?}");
        }
        let nowhere = ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/at-all");
        for (pairs, expected) in [
            (&[file, profile("none")][..], "[none]"),
            (&[file, profile("role")], "aws sts assume-role"),
            (&[nowhere], "AWS_ACCESS_KEY_ID"),
        ] {
            let shown = find(pairs, None).unwrap_err().to_string();
            assert!(shown.contains(expected), "{shown}");
        }
    }
}
