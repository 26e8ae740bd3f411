//! What no table may say, whoever wrote it down: the calls that must not succeed in a situation.

use keystead_server::router;

use crate::calls::{CALLS, Call};
use crate::page;
use crate::scene::GRANTABLE;
use crate::situations::{PANELS, Situation};

/// Whether a call must not succeed in a situation.
pub(crate) type Never = fn(&Situation, &Call) -> bool;

/// Operations that are asked about the caller's account and not about a key, so that no policy of
/// a key bears on them.
const OF_THE_ACCOUNT: [&str; 11] = [
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateKey",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GenerateRandom",
    "ListAliases",
    "ListKeys",
    "ListRetirableGrants",
    "UpdateCustomKeyStore",
];

const CRYPTOGRAPHIC: [&str; 12] = [
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// Without any permission nothing succeeds, and a key whose policy names neither the caller nor its
/// account is out of reach of the caller's own policies. RetireGrant does not read key policies.
pub(crate) fn by_policies(situation: &Situation, call: &Call) -> bool {
    match situation.name {
        "nobody" => true,
        "undelegated" => !is_of_the_account(call) && call.operation != "RetireGrant",
        _ => false,
    }
}

/// A grant gives nothing beyond the operations that it can permit.
pub(crate) fn by_grants(_: &Situation, call: &Call) -> bool {
    let mut grantable = GRANTABLE.into_iter().flatten();
    !grantable.any(|granted| {
        let operation = granted.strip_suffix("From").unwrap_or(granted);
        operation == call.operation
    })
}

/// An operation that works in its caller's account alone does not reach another's key.
pub(crate) fn from_away(_: &Situation, call: &Call) -> bool {
    let mut routes = router::KMS.iter();
    let route = routes.find(|route| route.name == call.operation).unwrap();
    let names_a_key = !is_of_the_account(call) || call.variant == "of the key";
    names_a_key && !route.cross_account
}

/// An explicit deny goes before everything. One that is put on keys does not bear on the account's
/// own calls, nor on RetireGrant, which is no matter of key policies and RCPs.
pub(crate) fn despite_denials(situation: &Situation, call: &Call) -> bool {
    let is_on_keys = ["key policy denies", "RCP"].contains(&situation.name);
    !is_on_keys || !is_of_the_account(call) && call.operation != "RetireGrant"
}

/// Where one of the policies that must all allow is silent, nothing succeeds.
pub(crate) fn despite_silence(_: &Situation, _: &Call) -> bool {
    true
}

/// A key policy gives nothing beyond the key.
pub(crate) fn by_key_policies(_: &Situation, call: &Call) -> bool {
    is_of_the_account(call)
}

/// A key that is not enabled does not work.
pub(crate) fn with_keys_at_rest(_: &Situation, call: &Call) -> bool {
    CRYPTOGRAPHIC.contains(&call.operation)
}

/// The cells that break the rules of their tables.
pub(crate) fn broken(columns: &[Vec<String>]) -> Vec<String> {
    let panels = PANELS.iter().map(|panel| (panel, panel.never));
    let situations = panels.flat_map(|(panel, never)| {
        let situations = panel.situations.iter();
        situations.map(move |situation| (situation, never))
    });
    let columns = situations.zip(columns);
    let of_column = |((situation, never), cells): ((&Situation, Never), &Vec<String>)| {
        let calls = CALLS.iter().zip(cells);
        let broken = calls.filter(|(call, cell)| *cell == "ok" && never(situation, call));
        let says =
            |(call, _): (&Call, _)| format!("{}: {} is ok", situation.name, page::title(call));
        broken.map(says).collect::<Vec<_>>()
    };
    columns.flat_map(of_column).collect()
}

fn is_of_the_account(call: &Call) -> bool {
    OF_THE_ACCOUNT.contains(&call.operation)
}

/// Each table has a rule that a server which allows everything breaks.
#[test]
fn every_table_has_a_rule() {
    for panel in PANELS {
        let mut cells = panel
            .situations
            .iter()
            .flat_map(|situation| CALLS.iter().map(move |call| (situation, call)));
        assert!(cells.any(|(situation, call)| (panel.never)(situation, call)));
    }
    let everything = PANELS.iter().flat_map(|panel| panel.situations);
    let everything: Vec<_> = everything
        .map(|_| vec!["ok".to_owned(); CALLS.len()])
        .collect();
    let broken = broken(&everything);
    for cell in [
        "nobody: ListKeys is ok",
        "key policy denies: Decrypt without KeyId is ok",
        "both: ListAliases of the key is ok",
        "other context: ListGrants is ok",
        "disabled: Encrypt by alias is ok",
    ] {
        assert!(broken.iter().any(|broken| broken == cell), "{cell}");
    }
    for cell in ["both: Encrypt is ok", "RCP: RetireGrant is ok"] {
        assert!(broken.iter().all(|broken| broken != cell), "{cell}");
    }
}
