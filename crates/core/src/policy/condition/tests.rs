use proptest::prelude::*;

use super::super::context::Values;
use super::super::document::Document;
use super::super::kind::PolicyKind;
use super::*;

/// The keys of a request, by the names that AWS writes.
struct Request<'a>(&'a [(&'a str, Values<'a>)]);

impl Context for Request<'_> {
    fn values(&self, key: &ConditionKey) -> Values<'_> {
        let name = key.to_string();
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or(Values::Absent, |(_, values)| values.clone())
    }
}

fn parse(conditions: &str) -> Result<Vec<Condition>, PolicyError> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{conditions}}}}}"#
    );
    let mut document = Document::parse(&text, PolicyKind::Identity)?;
    Ok(document.statements.remove(0).conditions)
}

/// Whether conditions hold in an `Allow` and in a `Deny`.
fn in_both(conditions: &str, request: &[(&str, Values<'_>)]) -> (bool, bool) {
    let parsed = parse(conditions).unwrap_or_else(|error| panic!("{conditions}: {error}"));
    let holds = |effect| {
        let mut all = parsed.iter();
        all.all(|condition| condition.holds(&Request(request), effect))
    };
    (holds(Effect::Allow), holds(Effect::Deny))
}

/// Whether one condition on `aws:TagKeys` holds.
fn holds(operator: &str, wanted: &str, found: Values<'_>) -> bool {
    let conditions = format!(r#"{{"{operator}":{{"aws:TagKeys":{wanted}}}}}"#);
    let (allow, deny) = in_both(&conditions, &[("aws:TagKeys", found)]);
    assert_eq!(allow, deny, "{conditions}");
    allow
}

#[test]
fn without_a_value() {
    let cases = [
        ("StringEquals", "\"a\"", false),
        ("StringNotEquals", "\"a\"", true),
        ("StringEqualsIgnoreCase", "\"a\"", false),
        ("StringNotEqualsIgnoreCase", "\"a\"", true),
        ("StringLike", "\"*\"", false),
        ("StringNotLike", "\"*\"", true),
        ("NumericLessThan", "1", false),
        ("NumericNotEquals", "1", true),
        ("DateGreaterThan", "1", false),
        ("DateNotEquals", "1", true),
        ("Bool", "false", false),
        ("BinaryEquals", "\"\"", false),
        ("IpAddress", "\"::/0\"", false),
        ("NotIpAddress", "\"::/0\"", true),
        ("ArnLike", "\"*\"", false),
        ("ArnNotLike", "\"*\"", true),
        ("StringEqualsIfExists", "\"a\"", true),
        ("StringNotEqualsIfExists", "\"a\"", true),
        ("BoolIfExists", "true", true),
        ("ForAllValues:StringEquals", "\"a\"", true),
        ("ForAllValues:StringNotEquals", "\"a\"", true),
        ("ForAnyValue:StringEquals", "\"a\"", false),
        ("ForAnyValue:StringNotEquals", "\"a\"", false),
        ("ForAllValues:StringEqualsIfExists", "\"a\"", true),
        ("ForAnyValue:StringEqualsIfExists", "\"a\"", true),
        ("Null", "true", true),
        ("Null", "\"False\"", false),
        ("Null", "[true, false]", true),
        ("Null", "[]", false),
    ];
    for (operator, wanted, expected) in cases {
        assert_eq!(
            holds(operator, wanted, Values::Absent),
            expected,
            "{operator}"
        );
        let none = Values::Many(Vec::new());
        assert_eq!(holds(operator, wanted, none), expected, "{operator}");
    }
}

#[test]
fn an_empty_value_is_none_to_some() {
    let empty = || Values::one("");
    assert!(holds("Null", "true", empty()));
    assert!(!holds("Null", "false", empty()));
    assert!(holds("ForAllValues:StringEquals", "\"a\"", empty()));
    assert!(!holds("StringEquals", "\"a\"", empty()));
    assert!(holds("StringEquals", "\"\"", empty()));
    assert!(!holds("StringEqualsIfExists", "\"a\"", empty()));
    assert!(holds("Null", "false", Values::many(["", "a"])));
}

#[test]
fn several_values() {
    // Against the policy's values "a" and "b".
    let cases: [(&[&str], [bool; 4]); 5] = [
        // all, all negated, any, any negated
        (&["a"], [true, false, true, false]),
        (&["a", "b"], [true, false, true, false]),
        (&["a", "c"], [false, false, true, true]),
        (&["c"], [false, true, false, true]),
        (&["c", "d"], [false, true, false, true]),
    ];
    let operators = [
        "ForAllValues:StringEquals",
        "ForAllValues:StringNotEquals",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringNotEquals",
    ];
    for (found, expected) in cases {
        for (operator, expected) in operators.into_iter().zip(expected) {
            let values = Values::many(found.iter().copied());
            let holds = holds(operator, r#"["a","b"]"#, values);
            assert_eq!(holds, expected, "{operator} {found:?}");
        }
    }
    assert!(!holds("StringEquals", "[]", Values::one("a")));
    assert!(holds("StringNotEquals", "[]", Values::one("a")));
}

#[test]
fn several_values_fail_closed_without_a_quantifier() {
    // Against the policy's values "a" and "b", in an `Allow` and in a `Deny`.
    let cases: [(&[&str], _, _); 5] = [
        (&["a"], (true, true), (false, false)),
        (&["a", "b"], (true, true), (false, false)),
        (&["a", "c"], (false, true), (false, true)),
        (&["c"], (false, false), (true, true)),
        (&["c", "d"], (false, false), (true, true)),
    ];
    for (found, plain, negated) in cases {
        for (operator, expected) in [("StringEquals", plain), ("StringNotEquals", negated)] {
            for operator in [operator.to_owned(), format!("{operator}IfExists")] {
                let conditions = format!(r#"{{"{operator}":{{"aws:TagKeys":["a","b"]}}}}"#);
                let values = Values::many(found.iter().copied());
                let holds = in_both(&conditions, &[("aws:TagKeys", values)]);
                assert_eq!(holds, expected, "{operator} {found:?}");
            }
        }
    }
}

#[test]
fn each_type_compares_in_its_way() {
    let cases = [
        ("StringEquals", r#""a*""#, "ab", false),
        ("StringEquals", r#""a*""#, "a*", true),
        ("StringEquals", r#""A""#, "a", false),
        ("StringEqualsIgnoreCase", r#""Aé""#, "aÉ", true),
        ("StringEqualsIgnoreCase", r#""a*""#, "ab", false),
        ("StringLike", r#"["x","a*?"]"#, "abc", true),
        ("StringLike", r#""A*""#, "abc", false),
        ("StringLike", r#""a${*}""#, "a*", true),
        ("StringLike", r#""a${*}""#, "ab", false),
        ("StringEquals", "1.50", "1.50", true),
        ("StringEquals", "1.50", "1.5", false),
        ("StringEquals", "true", "true", true),
        ("NumericEquals", "1.50", "1.5", true),
        ("NumericLessThan", "10", "9", true),
        ("NumericLessThan", "[1, 10]", "9", true),
        ("NumericLessThanEquals", "\"9\"", "9.0", true),
        ("NumericGreaterThan", "9", "9", false),
        ("NumericGreaterThanEquals", "-1", "0", true),
        (
            "DateEquals",
            r#""2026-01-02T00:00:00Z""#,
            "2026-01-02T01:00:00+01:00",
            true,
        ),
        (
            "DateLessThan",
            r#""2026-01-02""#,
            "2026-01-01T23:59:59Z",
            true,
        ),
        (
            "DateLessThanEquals",
            "1767225600",
            "2026-01-01T00:00:00Z",
            true,
        ),
        ("DateGreaterThan", r#""2026-01-02""#, "1767225600", false),
        ("DateGreaterThanEquals", r#""2026-01""#, "1767225600", true),
        ("Bool", "true", "TRUE", true),
        ("Bool", "\"False\"", "true", false),
        ("BinaryEquals", r#""QUI=""#, "QUI=", true),
        ("BinaryEquals", r#""QUI=""#, "QUM=", false),
        (
            "IpAddress",
            r#"["::1","203.0.113.0/24"]"#,
            "203.0.113.9",
            true,
        ),
        (
            "NotIpAddress",
            r#"["::1","203.0.113.0/24"]"#,
            "203.0.113.9",
            false,
        ),
        (
            "ArnEquals",
            r#""arn:aws:iam::*:role/x?""#,
            "arn:aws:iam::1:role/xy",
            true,
        ),
        (
            "ArnLike",
            r#""arn:*:iam:*:role/x:y""#,
            "arn:aws:iam::1:role/x",
            false,
        ),
        (
            "ArnNotLike",
            r#""arn:aws:iam::*:role/*""#,
            "arn:aws:iam::1:user/x",
            true,
        ),
    ];
    for (operator, wanted, found, expected) in cases {
        let holds = holds(operator, wanted, Values::one(found));
        assert_eq!(holds, expected, "{operator} {wanted} {found}");
    }
}

#[test]
fn what_is_not_comparable_fails_closed() {
    let cases = [
        ("NumericLessThan", "1", "abc"),
        ("NumericNotEquals", "1", "abc"),
        ("DateEquals", "1", "today"),
        ("Bool", "true", "yes"),
        ("BinaryEquals", "\"QUI=\"", "?"),
        ("IpAddress", "\"::/0\"", "localhost"),
        ("NotIpAddress", "\"::/0\"", "10.0.0.0/8"),
        ("ArnLike", "\"*\"", "role"),
        ("ArnNotLike", "\"*\"", "role"),
        ("ArnNotLike", "\"*\"", "arn:aws:iam"),
        ("ArnNotLike", "\"*\"", "urn:aws:iam::1:role/x"),
        ("ForAnyValue:NumericEquals", "1", "abc"),
        ("ForAllValues:NumericEquals", "1", "abc"),
        ("NumericEqualsIfExists", "1", "abc"),
    ];
    for (operator, wanted, found) in cases {
        let conditions = format!(r#"{{"{operator}":{{"aws:TagKeys":{wanted}}}}}"#);
        let found = in_both(&conditions, &[("aws:TagKeys", Values::one(found))]);
        assert_eq!(found, (false, true), "{operator}");
    }
    // What is decided without the value stays so.
    let both = || Values::many(["1", "abc"]);
    assert!(holds("ForAnyValue:NumericEquals", "1", both()));
    assert!(!holds("ForAllValues:NumericEquals", "2", both()));
    let beside = r#"{"NumericEquals":{"aws:TagKeys":1},"Bool":{"aws:SecureTransport":"true"}}"#;
    let request = [
        ("aws:TagKeys", both()),
        ("aws:SecureTransport", Values::truth(false)),
    ];
    assert_eq!(in_both(beside, &request), (false, false));
}

#[test]
fn all_conditions_must_hold() {
    let conditions = r#"{"StringEquals":{"aws:username":"a","kms:KeySpec":"S"},
        "Bool":{"aws:SecureTransport":true}}"#;
    let request = |user, spec, secure| {
        let values = [
            ("aws:username", Values::one(user)),
            ("kms:KeySpec", Values::one(spec)),
            ("aws:SecureTransport", Values::truth(secure)),
        ];
        in_both(conditions, &values).0
    };
    assert!(request("a", "S", true));
    assert!(!request("b", "S", true));
    assert!(!request("a", "T", true));
    assert!(!request("a", "S", false));
    assert_eq!(in_both("{}", &[]), (true, true));
    assert_eq!(in_both(r#"{"Bool":{}}"#, &[]), (true, true));
}

#[test]
fn variables_in_values() {
    let request = [
        ("aws:username", Values::one("a*")),
        ("aws:PrincipalArn", Values::one("arn:aws:iam::1:user/a")),
        ("kms:RequestAlias", Values::one("alias/a*")),
        ("aws:SourceArn", Values::one("arn:aws:iam::1:user/a")),
    ];
    let cases = [
        (
            r#"{"StringEquals":{"kms:RequestAlias":"alias/${aws:username}"}}"#,
            true,
        ),
        (
            r#"{"StringLike":{"kms:RequestAlias":"*/${aws:username}"}}"#,
            true,
        ),
        (
            r#"{"StringLike":{"kms:RequestAlias":"*/${aws:userid}*"}}"#,
            false,
        ),
        (
            r#"{"StringNotLike":{"kms:RequestAlias":"*/${aws:userid}*"}}"#,
            true,
        ),
        (
            r#"{"StringLike":{"kms:RequestAlias":"*/${aws:userid, 'a'}?"}}"#,
            true,
        ),
        (
            r#"{"StringEqualsIgnoreCase":{"kms:RequestAlias":"ALIAS/${aws:username}"}}"#,
            true,
        ),
        (
            r#"{"ArnEquals":{"aws:SourceArn":"${aws:PrincipalArn}"}}"#,
            true,
        ),
        (
            r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:iam::1:user/${aws:username}"}}"#,
            false,
        ),
    ];
    for (conditions, expected) in cases {
        assert_eq!(
            in_both(conditions, &request),
            (expected, expected),
            "{conditions}"
        );
    }
    // A star in the value of a variable is no wildcard.
    let literal = [
        ("aws:username", Values::one("*")),
        ("kms:RequestAlias", Values::one("alias/a")),
    ];
    assert_eq!(in_both(cases[1].0, &literal), (false, false));
}

#[test]
fn names_are_matched_in_any_case() {
    let request = [("aws:username", Values::one("a"))];
    let text = r#"{"forallvalues:STRINGequalsifexists":{"AWS:UserName":"b"}}"#;
    assert_eq!(in_both(text, &request), (false, false));
}

/// Conditions, and what is said of them.
const REFUSED: [(&str, &str); 23] = [
    ("[]", "Condition: expected an object, found a list"),
    (
        r#"{"Bool":[]}"#,
        "Condition.Bool: expected an object, found a list",
    ),
    (
        r#"{"Bool":{"a":{}}}"#,
        "Condition.Bool.a: expected a string, number or boolean, found an object",
    ),
    (
        r#"{"Bool":{"a":["true",null]}}"#,
        "Condition.Bool.a[1]: expected a string, number or boolean, found null",
    ),
    (
        r#"{"Bool":{"a":[["true"]]}}"#,
        "Condition.Bool.a[0]: expected a string, number or boolean, found a list",
    ),
    (
        r#"{"StringEqual":{}}"#,
        "Condition.StringEqual is not a condition operator",
    ),
    (
        r#"{"NullIfExists":{}}"#,
        "Condition.NullIfExists is not a condition operator",
    ),
    (
        r#"{"ForAnyValue:Null":{}}"#,
        r#"Condition["ForAnyValue:Null"] is not a condition operator"#,
    ),
    (
        r#"{"Bool":{},"bool":{}}"#,
        "Condition.bool occurs more than once",
    ),
    (
        r#"{"Bool":{"a":1},"Bool":{"b":1}}"#,
        r#"Condition.Bool.a: "1" is not true or false"#,
    ),
    (
        r#"{"Bool":{"a":true,"A":true}}"#,
        "Condition.Bool.A occurs more than once",
    ),
    (
        r#"{"Bool":{"kms:EncryptionContext:a":true,"kms:encryptioncontext:A":true}}"#,
        r#"Condition.Bool["kms:encryptioncontext:A"] occurs more than once"#,
    ),
    (
        r#"{"Bool":{"a":"maybe"}}"#,
        r#"Condition.Bool.a: "maybe" is not true or false"#,
    ),
    (
        r#"{"Null":{"a":"${b}"}}"#,
        r#"Condition.Null.a: "${b}" is not true or false"#,
    ),
    (
        r#"{"NumericEquals":{"a":["1","abc"]}}"#,
        r#"Condition.NumericEquals.a[1]: "abc" is not a number"#,
    ),
    (
        r#"{"NumericEquals":{"a":1e3}}"#,
        r#"Condition.NumericEquals.a: "1e3" is not a number"#,
    ),
    (
        r#"{"NumericEquals":{"a":true}}"#,
        r#"Condition.NumericEquals.a: "true" is not a number"#,
    ),
    (
        r#"{"DateEquals":{"a":"soon"}}"#,
        r#"Condition.DateEquals.a: "soon" is not a date"#,
    ),
    (
        r#"{"BinaryEquals":{"a":"QUI"}}"#,
        r#"Condition.BinaryEquals.a: "QUI" is not Base64"#,
    ),
    (
        r#"{"IpAddress":{"a":"10.0.0.0/33"}}"#,
        r#"Condition.IpAddress.a: "10.0.0.0/33" is not an IP address or a range in CIDR notation"#,
    ),
    (
        r#"{"ArnLike":{"a":"role/x"}}"#,
        r#"Condition.ArnLike.a: "role/x" is not an ARN"#,
    ),
    (
        r#"{"StringLike":{"a":"${"}}"#,
        r#"Condition.StringLike.a: "${" holds a policy variable that is malformed or misplaced"#,
    ),
    (
        r#"{"ArnLike":{"a":"arn:aws:a:b:c:${}"}}"#,
        r#"Condition.ArnLike.a: "arn:aws:a:b:c:${}" holds a policy variable that is malformed or misplaced"#,
    ),
];

#[test]
fn what_conditions_refuse() {
    for (conditions, expected) in REFUSED {
        let error = parse(conditions).unwrap_err().to_string();
        assert_eq!(error, format!("Statement.{expected}"), "{conditions}");
    }
}

#[test]
fn a_thousand_values_and_keys() {
    let values: Vec<_> = (0..1_000).map(|n| format!("\"{n}*{n}\"")).collect();
    let list = format!("[{}]", values.join(","));
    assert!(holds("StringLike", &list, Values::one("999x999")));
    assert!(!holds("StringLike", &list, Values::one("1000x1000")));
    let keys: Vec<_> = (0..1_000).map(|n| format!("\"k{n}\":\"v\"")).collect();
    let conditions = format!(r#"{{"StringNotEquals":{{{}}}}}"#, keys.join(","));
    assert_eq!(in_both(&conditions, &[]), (true, true));
}

#[test]
fn keys_that_are_read() {
    let conditions =
        parse(r#"{"StringLike":{"aws:userid":["${aws:username}","x"]},"ArnLike":{"X":"${y:Z}"}}"#);
    let conditions = conditions.unwrap();
    let keys = conditions.iter().flat_map(Condition::keys);
    let names: Vec<_> = keys.map(ToString::to_string).collect();
    assert_eq!(names.join(" "), "aws:userid aws:username x y:z");
}

/// The operators again, each on its own, by their definitions in the IAM guide.
fn by_definition(operator: &str, wanted: &[String], found: &[String], denies: bool) -> bool {
    let (set, name) = operator.split_once(':').unwrap_or(("", operator));
    let base = name.trim_end_matches("IfExists");
    let number = |text: &String| text.parse::<i64>().unwrap();
    let is_match = |f: &String| {
        wanted.iter().any(|w| match base {
            "StringEquals" | "StringNotEquals" => f == w,
            "StringEqualsIgnoreCase" => f.to_lowercase() == w.to_lowercase(),
            "NumericEquals" | "NumericNotEquals" => number(f) == number(w),
            "NumericLessThan" => number(f) < number(w),
            "NumericLessThanEquals" => number(f) <= number(w),
            "NumericGreaterThan" => number(f) > number(w),
            "NumericGreaterThanEquals" => number(f) >= number(w),
            other => panic!("{other}"),
        })
    };
    let passes = |f: &String| is_match(f) != base.contains("Not");
    if found.is_empty() {
        return name.ends_with("IfExists")
            || set == "ForAllValues"
            || set.is_empty() && base.contains("Not");
    }
    match set {
        "ForAnyValue" => found.iter().any(passes),
        "" if denies => found.iter().any(passes),
        _ => found.iter().all(passes),
    }
}

fn operator_and_values() -> impl Strategy<Value = (String, Vec<String>, Vec<String>)> {
    let text = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase"];
    let number = [
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ];
    let of = |names: &'static [&'static str], values: &'static str| {
        let values = || proptest::collection::vec(values, 0..4);
        (proptest::sample::select(names), values(), values())
    };
    let texts = of(Box::leak(Box::new(text)), "[aAé*]{1,2}");
    let numbers = of(Box::leak(Box::new(number)), "-?[0-9]{1,2}");
    let sets = proptest::sample::select(&["", "ForAllValues:", "ForAnyValue:"][..]);
    let suffix = proptest::sample::select(&["", "IfExists"][..]);
    (sets, prop_oneof![texts, numbers], suffix).prop_map(|(set, (name, wanted, found), suffix)| {
        (format!("{set}{name}{suffix}"), wanted, found)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn operators_keep_to_their_definitions((operator, wanted, found) in operator_and_values()) {
        let values = Values::many(found.clone());
        let list = serde_json::to_string(&wanted).unwrap();
        let conditions = format!(r#"{{"{operator}":{{"aws:TagKeys":{list}}}}}"#);
        let defined = |denies| by_definition(&operator, &wanted, &found, denies);
        let holds = in_both(&conditions, &[("aws:TagKeys", values)]);
        prop_assert_eq!(holds, (defined(false), defined(true)));
    }

    #[test]
    fn any_value_is_answered(
        operator in proptest::sample::select(&[
            "StringLike", "NumericEquals", "DateEquals", "Bool", "BinaryEquals", "IpAddress",
            "ArnLike", "Null",
        ][..]),
        wanted in "[ -~]{0,20}|[0-9T:Z./-]{0,20}|\\$\\{[a-z:,' }]{0,10}",
        found in "\\PC{0,20}",
    ) {
        let list = serde_json::to_string(&wanted).unwrap();
        if let Ok(parsed) = parse(&format!(r#"{{"{operator}":{{"aws:TagKeys":{list}}}}}"#)) {
            let request = [("aws:TagKeys", Values::one(found))];
            for condition in parsed {
                let allow = condition.holds(&Request(&request), Effect::Allow);
                let deny = condition.holds(&Request(&request), Effect::Deny);
                prop_assert!(deny || !allow);
            }
        }
    }
}
