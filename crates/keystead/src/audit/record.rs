//! A record, as it is shown.

use std::borrow::Cow;

use serde_json::Value;

/// A line of the log, read.
pub(super) struct Record {
    json: Value,
}

impl Record {
    /// Whatever a search found is a record.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        let json = serde_json::from_slice(line).ok()?;
        Some(Self { json })
    }

    /// A text in it, by its place; empty if there is none.
    pub(super) fn text(&self, pointer: &str) -> &str {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default()
    }

    /// A value in it as JSON; empty if there is none.
    pub(super) fn json(&self, pointer: &str) -> String {
        match self.json.pointer(pointer) {
            None | Some(Value::Null) => String::new(),
            Some(value) => value.to_string(),
        }
    }

    /// Who called, in a word: a user's name, `role/session`, `root`, the name of a service.
    pub(super) fn caller(&self) -> &str {
        let arn = self.text("/userIdentity/arn");
        match self.text("/userIdentity/type") {
            "Root" => "root",
            "AssumedRole" => arn.split_once('/').map_or(arn, |(_, session)| session),
            "FederatedUser" => arn.rsplit('/').next().unwrap_or(arn),
            "AWSService" | "" => self.text("/userIdentity/invokedBy"),
            _ => self.text("/userIdentity/userName"),
        }
    }

    /// Who called, in full.
    pub(super) fn principal(&self) -> &str {
        let names = ["arn", "invokedBy", "principalId"];
        let texts = names.map(|name| self.text(&format!("/userIdentity/{name}")));
        texts
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// The service and the operation, such as `kms:Decrypt`.
    pub(super) fn action(&self) -> String {
        let source = self.text("/eventSource");
        let service = source.split('.').next().unwrap_or(source);
        format!("{service}:{}", self.text("/eventName"))
    }

    /// How it ended: `ok`, `denied`, or the name of the error.
    pub(super) fn outcome(&self) -> &str {
        match self.text("/errorCode") {
            "" => "ok",
            code if code.starts_with("AccessDenied") => "denied",
            code => code,
        }
    }

    /// The ARNs of what it is about.
    pub(super) fn resources(&self) -> Vec<&str> {
        let resources = self.json.get("resources").and_then(Value::as_array);
        let resources = resources.into_iter().flatten();
        resources
            .filter_map(|resource| resource["ARN"].as_str())
            .collect()
    }

    /// What it is about, in a word: the alias that the caller gave, a key's id, or a name of what IAM keeps.
    pub(super) fn subject(&self) -> Cow<'_, str> {
        const NAMES: [&str; 9] = [
            "keyId",
            "destinationKeyId",
            "aliasName",
            "userName",
            "roleName",
            "roleArn",
            "groupName",
            "policyName",
            "policyArn",
        ];
        let given = NAMES
            .map(|name| self.text(&format!("/requestParameters/{name}")))
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        let given = bare(given);
        if given.starts_with("alias/") {
            return given.into();
        }
        match *self.resources().as_slice() {
            [] => given.into(),
            [only] => bare(only).into(),
            [first, ref more @ ..] => format!("{} +{}", bare(first), more.len()).into(),
        }
    }

    /// The encryption contexts, as JSON.
    pub(super) fn contexts(&self) -> String {
        const NAMES: [&str; 3] = [
            "encryptionContext",
            "sourceEncryptionContext",
            "destinationEncryptionContext",
        ];
        let contexts = NAMES.map(|name| self.json(&format!("/requestParameters/{name}")));
        let contexts: Vec<_> = contexts
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        contexts.join(" ")
    }
}

/// What of an ARN tells things of an account and Region apart.
fn bare(name: &str) -> &str {
    match name.starts_with("arn:") {
        true => {
            let resource = name.splitn(6, ':').nth(5).unwrap_or(name);
            resource.strip_prefix("key/").unwrap_or(resource)
        }
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(json: &Value) -> Record {
        Record::of(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn callers_have_short_names() {
        let role = "arn:aws:sts::1:assumed-role/deployer/ci-42";
        for (identity, expected) in [
            (
                json!({"type": "Root", "arn": "arn:aws:iam::1:root"}),
                "root",
            ),
            (json!({"type": "IAMUser", "userName": "ada"}), "ada"),
            (
                json!({"type": "AssumedRole", "arn": role}),
                "deployer/ci-42",
            ),
            (
                json!({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/bob"}),
                "bob",
            ),
            (
                json!({"type": "AWSService", "invokedBy": "s3.amazonaws.com"}),
                "s3.amazonaws.com",
            ),
            (json!({"invokedBy": "AWS Internal"}), "AWS Internal"),
            (
                json!({"type": "WebIdentityUser", "userName": "repo:a"}),
                "repo:a",
            ),
            (json!(7), ""),
        ] {
            let record = record(&json!({"userIdentity": identity}));
            assert_eq!(record.caller(), expected, "{identity}");
        }
    }

    #[test]
    fn subjects_are_what_people_call_things() {
        let key = "arn:aws:kms:us-east-1:1:key/6c1f";
        for (parameters, arns, expected) in [
            (json!({"keyId": "alias/app"}), vec![key], "alias/app"),
            (json!({"keyId": "6c1f"}), vec![key], "6c1f"),
            (json!({"keyId": key}), vec![], "6c1f"),
            (
                json!(null),
                vec![key, "arn:aws:kms:us-east-1:1:key/77"],
                "6c1f +1",
            ),
            (json!({"userName": "ada"}), vec![], "ada"),
            (
                json!({"roleArn": "arn:aws:iam::1:role/r"}),
                vec![],
                "role/r",
            ),
            (json!(null), vec![], ""),
        ] {
            let resources: Vec<_> = arns.iter().map(|arn| json!({"ARN": arn})).collect();
            let record = record(&json!({"requestParameters": parameters, "resources": resources}));
            assert_eq!(record.subject(), expected, "{parameters}");
        }
    }
}
