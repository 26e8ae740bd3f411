//! Reading a file: TOML or YAML by its name's ending, with the texts that it takes from other files.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::document::{Document, Text};
use super::error::ApplyError;

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A file's content, and where the files stand that it names.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) document: Document,
    folder: PathBuf,
}

impl Source {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, ApplyError> {
        let text = read_text(path).map_err(|source| ApplyError::Read {
            path: path.to_owned(),
            source,
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let document = parse(path, &text)?;
        Ok(Self { document, folder })
    }

    /// A file that the file names, by its own folder.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The JSON value of a policy document or key set that `item` has.
    pub(super) fn json(&self, item: &str, text: &Text) -> Result<Value, ApplyError> {
        let not_json = |source| ApplyError::NotJson {
            item: item.to_owned(),
            source,
        };
        match text {
            Value::String(text) => serde_json::from_str(text).map_err(not_json),
            Value::Object(members) if is_file(members) => {
                let name = members.get("file").and_then(Value::as_str);
                let path = self.beside(name.unwrap_or_default());
                let text = read_text(&path).map_err(|source| ApplyError::ReadFor {
                    item: item.to_owned(),
                    path,
                    source,
                })?;
                serde_json::from_str(&text).map_err(not_json)
            }
            Value::Object(_) => without_dates(item, text),
            _ => Err(ApplyError::NotADocument {
                item: item.to_owned(),
            }),
        }
    }
}

fn is_file(members: &serde_json::Map<String, Value>) -> bool {
    members.len() == 1 && members.get("file").is_some_and(Value::is_string)
}

/// TOML has dates, and a policy's version is no date but a text that looks like one.
fn without_dates(item: &str, text: &Text) -> Result<Value, ApplyError> {
    match text.get("Version") {
        None | Some(Value::String(_)) => Ok(text.clone()),
        Some(_) => Err(ApplyError::VersionWithoutQuotes {
            item: item.to_owned(),
        }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Document, ApplyError> {
    let owned = || path.to_owned();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => toml::from_str(text).map_err(|source| ApplyError::Toml {
            path: owned(),
            source: Box::new(source),
        }),
        Some("yaml" | "yml") => serde_saphyr::from_str(text).map_err(|source| ApplyError::Yaml {
            path: owned(),
            source: Box::new(source),
        }),
        _ => Err(ApplyError::Kind { path: owned() }),
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(io::Error::other("it is longer than 4 MiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str, text: &str) -> Result<Document, String> {
        parse(Path::new(name), text).map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error} {}", source.unwrap_or_default())
        })
    }

    #[test]
    fn both_languages_say_the_same() {
        let toml = "[[users]]\nname = \"ada\"\naccess_key = \"ada.key\"\n[users.policies.all]\nVersion = \"2012-10-17\"\n[[keys]]\nalias = \"alias/a\"\nenabled = false\n";
        let yaml = "users:\n- name: ada\n  access_key: ada.key\n  policies:\n    all:\n      Version: 2012-10-17\nkeys:\n- alias: alias/a\n  enabled: false\n";
        let toml = format!("{:?}", parsed("a.toml", toml).unwrap());
        assert_eq!(toml, format!("{:?}", parsed("a.yaml", yaml).unwrap()));
        assert!(toml.contains("2012-10-17"));
    }

    #[test]
    fn what_is_refused_and_where() {
        for (name, text, expected) in [
            ("a.toml", "[[users]]\nname = \"a\"\nnmae = 1\n", "nmae"),
            ("a.toml", "[[users]]\nname = \"a\"\nnmae = 1\n", "line 3"),
            ("a.toml", "[[user]]\n", "unknown field `user`"),
            ("a.toml", "users = [", "line 1"),
            ("a.toml", "[[users]]\n", "missing field `name`"),
            ("a.yaml", "users:\n- name: a\n  nmae: 1\n", "nmae"),
            ("a.yaml", "users:\n- name: a\n  nmae: 1\n", "line 3"),
            ("a.yaml", "users: [\n", "line"),
            ("a.yaml", "users:\n- name: a\n  name: b\n", "duplicate"),
            (
                "a.toml",
                "[[control_policies]]\nname = \"a\"\nkind = \"tag\"\ndocument = \"{}\"\n",
                "unknown variant `tag`",
            ),
            ("a.json", "{}", "ends in neither .toml nor .yaml"),
            ("a", "", "ends in neither .toml nor .yaml"),
        ] {
            let error = parsed(name, text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn texts_from_all_places() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.json"), "{\"Statement\": []}").unwrap();
        fs::write(folder.path().join("bad.json"), "{").unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "").unwrap();
        let source = Source::read(&path).unwrap();
        let wanted = serde_json::json!({"Statement": []});
        for text in [
            serde_json::json!({"Statement": []}),
            serde_json::json!("{ \"Statement\": [] }"),
            serde_json::json!({"file": "p.json"}),
        ] {
            assert_eq!(source.json("a", &text).unwrap(), wanted);
        }
        for (text, expected) in [
            (serde_json::json!("{"), "is not JSON"),
            (serde_json::json!(7), "neither a table"),
            (serde_json::json!({"file": "none.json"}), "none.json"),
            (serde_json::json!({"file": "bad.json"}), "is not JSON"),
            (serde_json::json!({"file": "."}), "can't read"),
            (serde_json::json!({"Version": {}}), "in quotes"),
        ] {
            let error = source.json("user ada", &text).unwrap_err().to_string();
            assert!(
                error.contains(expected) && error.contains("user ada"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_folder_and_an_absent_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("none.toml")] {
            let error = Source::read(&path).unwrap_err().to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
    }
}
