//! A record of the audit log in plain English.

use std::fmt::Write as _;

use serde_json::Value;

use crate::words::clean;

/// How wide the names of what is shown are.
const NAME_WIDTH: usize = 12;

/// What a record says, for people. Texts of a record come from callers: control characters in them
/// are escaped.
pub(super) fn report(record: &Value) -> String {
    let mut text = format!("{}\n\n", headline(record));
    for (name, value) in rows(record) {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:NAME_WIDTH$}{value}");
        }
    }
    text.push('\n');
    text.push_str(&decisions(record));
    text
}

fn headline(record: &Value) -> String {
    let name = shown(&record["eventName"]);
    let source = record["eventSource"].as_str().unwrap_or_default();
    let service = clean(source.split('.').next().unwrap_or_default());
    let call = format!("{service}:{name}");
    match record["errorCode"].as_str() {
        None if record["eventType"] == "AwsServiceEvent" => format!("{call}: Keystead's own work"),
        None => format!("{call} succeeded"),
        Some(code) if code.starts_with("AccessDenied") => format!("{call} was denied"),
        Some(code) => format!("{call} failed with {}", clean(code)),
    }
}

fn rows(record: &Value) -> [(&'static str, String); 12] {
    [
        ("Request", shown(&record["requestID"])),
        ("Event", shown(&record["eventID"])),
        ("When", shown(&record["eventTime"])),
        ("Who", who(&record["userIdentity"])),
        ("From", from(record)),
        ("For", source(&record["additionalEventData"])),
        ("Region", shown(&record["awsRegion"])),
        ("On", resources(&record["resources"])),
        ("Context", context(&record["requestParameters"])),
        ("Asked", parameters(&record["requestParameters"])),
        ("Answer", shown(&record["errorMessage"])),
        ("Because", unknown_principal(&record["additionalEventData"])),
    ]
}

/// The caller by its ARN or, of a service, by its name.
fn who(identity: &Value) -> String {
    let arn = ["arn", "invokedBy", "principalId", "accountId"]
        .iter()
        .map(|name| shown(&identity[name]))
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let kind = shown(&identity["type"]);
    let key = match shown(&identity["accessKeyId"]).as_str() {
        "" => String::new(),
        key => format!(", access key {key}"),
    };
    let mut text = format!("{arn} ({kind}{key})");
    let via = shown(&identity["invokedBy"]);
    if !via.is_empty() && via != arn {
        let _ = write!(text, ", through {via}");
    }
    text
}

fn from(record: &Value) -> String {
    let address = shown(&record["sourceIPAddress"]);
    let agent = shown(&record["userAgent"]);
    let tls = record
        .pointer("/tlsDetails/tlsVersion")
        .map_or_else(String::new, shown);
    let endpoint = shown(&record["vpcEndpointId"]);
    let mut text = address.clone();
    for (before, part) in [
        (", over ", tls),
        (", through VPC endpoint ", endpoint),
        (", with ", agent),
    ] {
        if !part.is_empty() && part != address {
            text.push_str(before);
            text.push_str(&part);
        }
    }
    text
}

/// Whom a refused policy names in vain, which the answer does not tell.
fn unknown_principal(data: &Value) -> String {
    match shown(&data["unknownPrincipal"]).as_str() {
        "" => String::new(),
        name => format!("the policy names {name}, who does not exist"),
    }
}

/// The resource for which a service calls, as far as it says.
fn source(data: &Value) -> String {
    let (arn, account) = (shown(&data["sourceArn"]), shown(&data["sourceAccount"]));
    match (arn.as_str(), account.as_str()) {
        (_, "") => arn,
        ("", account) => format!("account {account}"),
        (arn, account) => format!("{arn}, account {account}"),
    }
}

fn resources(resources: &Value) -> String {
    let arns = resources.as_array().into_iter().flatten();
    let arns: Vec<_> = arns.map(|resource| shown(&resource["ARN"])).collect();
    arns.join("\n              ")
}

fn context(parameters: &Value) -> String {
    let Some(context) = parameters["encryptionContext"].as_object() else {
        return String::new();
    };
    let pair = |(name, value): (&String, &Value)| format!("{} = {}", clean(name), shown(value));
    let pairs: Vec<_> = context.iter().map(pair).collect();
    pairs.join(", ")
}

fn parameters(parameters: &Value) -> String {
    let Some(members) = parameters.as_object() else {
        return String::new();
    };
    let is_other = |(name, _): &(&String, &Value)| name.as_str() != "encryptionContext";
    let member = |(name, value): (&String, &Value)| format!("{} {}", clean(name), shown(value));
    let members: Vec<_> = members.iter().filter(is_other).map(member).collect();
    members.join(", ")
}

fn decisions(record: &Value) -> String {
    let decisions = record.pointer("/additionalEventData/authorization");
    let decisions = decisions.and_then(Value::as_array);
    let Some(decisions) = decisions.filter(|decisions| !decisions.is_empty()) else {
        return "No policy was asked.\n".to_owned();
    };
    let mut text = String::new();
    for decision in decisions {
        let _ = writeln!(
            text,
            "{} on {}: {}",
            shown(&decision["action"]),
            shown(&decision["resource"]),
            shown(&decision["decision"])
        );
        let reasons = decision["because"].as_array().into_iter().flatten();
        for reason in reasons {
            let _ = writeln!(text, "  - {}", shown(reason));
        }
        let near = decision["nearMisses"].as_array().into_iter().flatten();
        for near in near.map(near_miss) {
            let _ = writeln!(text, "  - {near}");
        }
    }
    text
}

/// A condition for want of which a statement did not allow, or what a grant lacked.
fn near_miss(near: &Value) -> String {
    if near["grant"].is_string() {
        return near_grant(near);
    }
    let (statement, operator) = (shown(&near["statement"]), shown(&near["operator"]));
    let (key, wanted) = (shown(&near["key"]), values(&near["wanted"]));
    let found = found(&near["found"], &key);
    format!("nearly allowed by {statement}: {operator} wants {key} {wanted}, and {found}")
}

/// What a grant to the caller lacked: an operation, or a constraint that holds.
fn near_grant(near: &Value) -> String {
    let name = match shown(&near["grantName"]).as_str() {
        "" => String::new(),
        name => format!(" ({name})"),
    };
    let grant = format!("nearly allowed by grant {}{name}", shown(&near["grant"]));
    let wanted = values(&near["wanted"]);
    let context = "encryption context";
    match near["part"].as_str().unwrap_or_default() {
        "Operations" => {
            let permitted = list(&near["wanted"]);
            format!(
                "{grant}: it permits {permitted}, and not {}",
                list(&near["found"])
            )
        }
        "EncryptionContextEquals" => {
            let found = found(&near["found"], context);
            format!("{grant}: it wants no other {context} than {wanted}, and {found}")
        }
        "EncryptionContextSubset" => {
            let found = found(&near["found"], context);
            format!("{grant}: it wants an {context} with {wanted}, and {found}")
        }
        part => {
            let found = found(&near["found"], "source ARN");
            format!("{grant}: {part} wants {wanted}, and {found}")
        }
    }
}

/// What the request has in place of what is wanted.
fn found(found: &Value, what: &str) -> String {
    match values(found).as_str() {
        "" => format!("the request has no {what}"),
        found => format!("the request has {found}"),
    }
}

/// Names, as they are.
fn list(names: &Value) -> String {
    let names = names.as_array().into_iter().flatten();
    names.map(shown).collect::<Vec<_>>().join(", ")
}

/// Values in quotation marks, so that an empty one shows.
fn values(values: &Value) -> String {
    let values = values.as_array().into_iter().flatten();
    let values: Vec<_> = values.map(|value| clean(&value.to_string())).collect();
    values.join(", ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => clean(text),
        other => clean(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_denial_is_told_with_its_reasons() {
        let record = json!({
            "eventName": "Decrypt", "eventSource": "kms.amazonaws.com",
            "eventTime": "2026-01-02T03:04:05Z", "eventType": "AwsApiCall",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada",
                "accessKeyId": "AKIAEXAMPLE"},
            "sourceIPAddress": "192.0.2.7", "userAgent": "aws-cli/2 \u{1b}[31m",
            "tlsDetails": {"tlsVersion": "TLSv1.3"}, "awsRegion": "us-east-1",
            "errorCode": "AccessDenied", "errorMessage": "User: … is not authorized",
            "requestParameters": {"encryptionContext": {"a": "1", "b": "2"}, "keyId": "alias/k"},
            "requestID": "r-1", "eventID": "e-1",
            "resources": [{"ARN": "arn:aws:kms:us-east-1:111122223333:key/1"}],
            "additionalEventData": {"authorization": [{"action": "kms:Decrypt",
                "resource": "arn:aws:kms:us-east-1:111122223333:key/1", "decision": "denied",
                "because": ["no identity policy allows it"],
                "nearMisses": [
                    {"statement": "statement \"use\" of identity policy p", "operator": "StringEquals",
                        "key": "kms:EncryptionContext:a", "wanted": ["2", "3"], "found": ["1"]},
                    {"statement": "statement 3 of identity policy p", "operator": "StringLike",
                        "key": "kms:ViaService", "wanted": ["s3.*\u{7}"], "found": []},
                    {"grant": "07", "grantName": "use", "part": "Operations",
                        "wanted": ["Encrypt", "Sign"], "found": ["Decrypt"]},
                    {"grant": "08", "part": "EncryptionContextEquals", "wanted": ["a=1", "b=3"],
                        "found": ["a=1", "b=2"]},
                    {"grant": "09", "part": "EncryptionContextSubset", "wanted": ["c=1"],
                        "found": []},
                    {"grant": "10", "part": "SourceArn", "wanted": ["arn:s"], "found": []},
                ]}]},
        });
        let expected = "kms:Decrypt was denied

  Request     r-1
  Event       e-1
  When        2026-01-02T03:04:05Z
  Who         arn:aws:iam::111122223333:user/ada (IAMUser, access key AKIAEXAMPLE)
  From        192.0.2.7, over TLSv1.3, with aws-cli/2 \\u{1b}[31m
  Region      us-east-1
  On          arn:aws:kms:us-east-1:111122223333:key/1
  Context     a = 1, b = 2
  Asked       keyId alias/k
  Answer      User: … is not authorized

kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/1: denied
  - no identity policy allows it
  - nearly allowed by statement \"use\" of identity policy p: StringEquals wants \
kms:EncryptionContext:a \"2\", \"3\", and the request has \"1\"
  - nearly allowed by statement 3 of identity policy p: StringLike wants kms:ViaService \
\"s3.*\\u0007\", and the request has no kms:ViaService
  - nearly allowed by grant 07 (use): it permits Encrypt, Sign, and not Decrypt
  - nearly allowed by grant 08: it wants no other encryption context than \"a=1\", \"b=3\", and \
the request has \"a=1\", \"b=2\"
  - nearly allowed by grant 09: it wants an encryption context with \"c=1\", and the request has \
no encryption context
  - nearly allowed by grant 10: SourceArn wants \"arn:s\", and the request has no source ARN
";
        assert_eq!(report(&record), expected);
    }

    #[test]
    fn it_is_told_through_what_and_for_what_a_call_came() {
        let forwarded = json!({"eventName": "Decrypt", "eventSource": "kms.amazonaws.com",
            "userIdentity": {"type": "IAMUser", "arn": "arn:ada", "invokedBy": "s3.amazonaws.com"},
            "sourceIPAddress": "192.0.2.7", "vpcEndpointId": "vpce-1"});
        let text = report(&forwarded);
        assert!(text.contains("Who         arn:ada (IAMUser), through s3.amazonaws.com\n"));
        assert!(text.contains("From        192.0.2.7, through VPC endpoint vpce-1\n"));

        let for_what = |data: Value| {
            let record = json!({"eventName": "Decrypt", "additionalEventData": data});
            let text = report(&record);
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("  For         "));
            line.map(str::to_owned)
        };
        for (data, expected) in [
            (json!({}), None),
            (json!({"sourceArn": "arn:b"}), Some("arn:b")),
            (json!({"sourceAccount": "1"}), Some("account 1")),
            (
                json!({"sourceArn": "arn:b", "sourceAccount": "1"}),
                Some("arn:b, account 1"),
            ),
        ] {
            assert_eq!(for_what(data).as_deref(), expected);
        }
    }

    #[test]
    fn it_is_told_whom_a_refused_policy_names_in_vain() {
        let record = json!({"eventName": "PutKeyPolicy", "errorMessage": "Policy contains …",
            "additionalEventData": {"unknownPrincipal": "arn:ghost"}});
        let text = report(&record);
        let because = "  Answer      Policy contains …\n  Because     the policy names arn:ghost, who does not exist\n";
        assert!(text.contains(because), "{text}");
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let record = json!({"eventName": "GetCallerIdentity", "eventSource": "sts.amazonaws.com",
            "userIdentity": {"type": "Root", "accountId": "111122223333"}});
        let expected = "sts:GetCallerIdentity succeeded\n
  Who         111122223333 (Root)

No policy was asked.
";
        assert_eq!(report(&record), expected);
        assert!(report(&json!(7)).contains("No policy was asked."));
    }
}
