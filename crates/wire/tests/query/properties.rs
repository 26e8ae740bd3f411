//! No parameters panic, and what is not refused keeps the limits and the values.

use keystead_wire::iam::input::{CreateUser, ListUsers, SimulateCustomPolicy, UntagUser};
use keystead_wire::query::{Input, QueryRequest};
use proptest::prelude::*;

use super::decode;

/// Parameters that look like an input often enough.
fn near_parameters() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "Action",
        "UserName",
        "Tags",
        "TagKeys",
        "ContextEntries",
        "member",
        "1",
        "2",
        "0",
        "Key",
        "Value",
        ".",
        ".",
        ".",
        "=",
        "=",
        "&",
        "&",
        "a",
        "%",
        "+",
        "é",
    ]);
    prop::collection::vec(parts, 0..60).prop_map(|parts| parts.concat())
}

fn form(pairs: &[(String, &str)]) -> String {
    let mut form = String::new();
    for (name, value) in pairs {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        form += &format!("&{name}={value}");
    }
    form
}

proptest! {
    #[test]
    fn nothing_panics(body in near_parameters(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for body in [body.as_bytes(), &bytes] {
            if let Ok(request) = QueryRequest::parse(&[b"Action=A&", body].concat()) {
                let _ = CreateUser::decode(&request);
                let _ = UntagUser::decode(&request);
                let _ = SimulateCustomPolicy::decode(&request);
            }
        }
    }

    #[test]
    fn accepted_numbers_are_in_range(number in any::<i64>(), near in -2_i64..1003) {
        for number in [number, near] {
            if let Ok(input) = decode::<ListUsers>(&format!("MaxItems={number}")) {
                prop_assert_eq!(input.max_items, Some(number));
                prop_assert!((1..=1000).contains(&number));
            } else {
                prop_assert!(!(1..=1000).contains(&number));
            }
        }
    }

    #[test]
    fn lists_survive(keys in prop::collection::vec("[a-zé ]{1,20}", 1..51)) {
        let numbered: Vec<(String, &str)> = keys
            .iter()
            .enumerate()
            .map(|(index, key)| (format!("TagKeys.member.{}", index + 1), key.as_str()))
            .collect();
        let input: UntagUser = decode(&format!("UserName=u{}", form(&numbered))).unwrap();
        prop_assert_eq!(input.tag_keys, keys);
    }
}
