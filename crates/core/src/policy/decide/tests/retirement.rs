//! Who may retire a grant, and by what right.

use super::grants::{grant, grantee};
use super::*;
use crate::grant::{GrantConstraints, GrantOperation, GrantRecord};

fn retire(principal: Principal<'_>) -> Question<'_> {
    Question {
        action: "kms:RetireGrant",
        ..encrypt(principal)
    }
}

/// A grant to Alice on her account's key, which somebody may retire.
fn retirable(retiring: Option<&str>, operations: &[GrantOperation]) -> GrantRecord {
    GrantRecord {
        retiring: retiring.map(grantee),
        operations: operations.iter().copied().collect(),
        ..grant(grantee(ALICE.arn()), GrantConstraints::default())
    }
}

/// What comes of it without and with an identity policy that allows.
fn outcome(caller: Principal<'_>, grant: &GrantRecord) -> [String; 2] {
    let allowing = [attached("Allow", "kms:RetireGrant", "*")];
    [&[][..], &allowing].map(|identity| {
        why(
            &retire(caller),
            &facts(ResourcePolicy::Retirement(grant), identity),
        )
    })
}

#[test]
fn the_grant_says_who_may_and_by_what_right() {
    use GrantOperation::{Encrypt, RetireGrant};
    let own = "yes: +KeyAccount +identity[0]";
    let cases = [
        // The account of the key, which passes it on, and nobody else.
        (
            ROOT,
            None,
            Encrypt,
            ["yes: +KeyAccount", "yes: +KeyAccount"],
        ),
        (ALICE, None, Encrypt, ["no: -identity", own]),
        (
            BOB,
            None,
            Encrypt,
            ["no: -retirement -identity", "no: -retirement"],
        ),
        (LOGS, None, Encrypt, ["no: -retirement"; 2]),
        // The grantee, if the grant says so.
        (ALICE, None, RetireGrant, ["yes: +Grantee", own]),
        (
            BOB,
            None,
            RetireGrant,
            ["no: -retirement -identity", "no: -retirement"],
        ),
        // The retiring principal, of whatever account.
        (
            BOB,
            Some(BOB.arn()),
            Encrypt,
            ["yes: +RetiringPrincipal"; 2],
        ),
        (
            LOGS,
            Some("logs.amazonaws.com"),
            Encrypt,
            ["yes: +RetiringPrincipal"; 2],
        ),
        (
            BOB,
            Some(FOREIGN_ROOT.arn()),
            Encrypt,
            ["no: -identity", "yes: +RetiringPrincipal +identity[0]"],
        ),
    ];
    for (caller, retiring, operation, expected) in cases {
        let grant = retirable(retiring, &[operation]);
        assert_eq!(
            outcome(caller, &grant),
            expected,
            "{caller:?} {retiring:?} {operation:?}"
        );
    }
}

#[test]
fn the_account_that_made_the_grant_may_retire_it() {
    let grant = GrantRecord {
        issuing_account: "444455556666".parse().unwrap(),
        ..retirable(None, &[GrantOperation::Encrypt])
    };
    let passed_on = ["no: -identity", "yes: +IssuingAccount +identity[0]"];
    assert_eq!(outcome(BOB, &grant), passed_on);
    let root = ["yes: +IssuingAccount +root"; 2];
    assert_eq!(outcome(FOREIGN_ROOT, &grant), root);
}

#[test]
fn a_denial_counts_whoever_the_caller_is() {
    let grant = retirable(Some(BOB.arn()), &[GrantOperation::Encrypt]);
    let denying = [attached("Deny", "kms:RetireGrant", "*")];
    let facts = facts(ResourcePolicy::Retirement(&grant), &denying);
    assert_eq!(why(&retire(BOB), &facts), "no: !identity[0]");
}

#[test]
fn an_explanation_knows_whether_the_grant_gives_a_right() {
    use crate::policy::Side;
    let grant = retirable(None, &[GrantOperation::Encrypt]);
    let facts = facts(ResourcePolicy::Retirement(&grant), &[]);
    for (caller, side, missing) in [
        (ALICE, Side::Allows, "-identity"),
        (LOGS, Side::Silent, "-retirement -identity"),
    ] {
        let explained = explain(&retire(caller), &facts);
        assert_eq!(explained.sides.resource_policy, side);
        let found: Vec<_> = explained.missing.iter().map(short).collect();
        assert_eq!(found.join(" "), missing);
    }
}

#[test]
fn reasons_name_the_grant_and_the_right() {
    let grant = retirable(Some(BOB.arn()), &[GrantOperation::Encrypt]);
    let said = |caller| {
        let facts = facts(ResourcePolicy::Retirement(&grant), &[]);
        let decision = decide(&retire(caller), &facts);
        let clause = decision.denial_clause("kms:RetireGrant");
        (decision.reasons()[0].to_string(), clause)
    };
    assert_eq!(
        said(BOB),
        ("its retiring principal may retire grant g".to_owned(), None)
    );
    let (reason, clause) = said(LOGS);
    assert!(reason.starts_with("the caller is neither the retiring principal of grant g"));
    let expected = "because no resource-based policy allows the kms:RetireGrant action";
    assert_eq!(clause.as_deref(), Some(expected));
}
