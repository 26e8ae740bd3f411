//! Grants as a table.

use serde_json::Value;

use crate::client::answer::{list, text};
use crate::table::Table;

/// A row for each grant. The id is last: it is long, and for other commands.
pub(super) fn words(grants: &[Value]) -> String {
    if grants.is_empty() {
        return "No grants.\n".to_owned();
    }
    let mut table = Table::headed(["GRANTEE", "OPERATIONS", "ONLY WITH", "NAME", "ID"]);
    for grant in grants {
        let operations = list(grant, "Operations").iter().filter_map(Value::as_str);
        table.push([
            grantee(grant).to_owned(),
            operations.collect::<Vec<_>>().join(","),
            constraints(&grant["Constraints"]),
            or_dash(text(grant, "Name")),
            text(grant, "GrantId").to_owned(),
        ]);
    }
    table.to_string()
}

fn grantee(grant: &Value) -> &str {
    match text(grant, "GranteePrincipal") {
        "" => text(grant, "GranteeServicePrincipal"),
        principal => principal,
    }
}

fn constraints(constraints: &Value) -> String {
    let context = |member: &str, before: &str| {
        let pairs = constraints.get(member)?.as_object()?;
        let pair = |(name, value): (&String, &Value)| {
            format!("{name}={}", value.as_str().unwrap_or_default())
        };
        let pairs: Vec<_> = pairs.iter().map(pair).collect();
        Some(format!("{before}{}", pairs.join(",")))
    };
    let source = constraints.get("SourceArn").and_then(Value::as_str);
    let all = [
        context("EncryptionContextSubset", ""),
        context("EncryptionContextEquals", "just "),
        source.map(str::to_owned),
    ];
    or_dash(&all.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn or_dash(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_for_each_grant() {
        let grants = [
            json!({"GrantId": "01", "Name": "n", "GranteePrincipal": "arn:ada",
                "Operations": ["Encrypt", "Decrypt"],
                "Constraints": {"EncryptionContextEquals": {"a": "1", "b": "2"}, "SourceArn": "arn:s"}}),
            json!({"GrantId": "02", "Name": "", "GranteeServicePrincipal": "s.example.com",
                "Operations": ["Sign"]}),
        ];
        let expected = "\
GRANTEE        OPERATIONS       ONLY WITH           NAME  ID
arn:ada        Encrypt,Decrypt  just a=1,b=2 arn:s  n     01
s.example.com  Sign             -                   -     02
";
        assert_eq!(words(&grants), expected);
        assert_eq!(words(&[]), "No grants.\n");
    }
}
