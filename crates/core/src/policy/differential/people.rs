//! Who asks, and how policies and grants name them.

use serde_json::{Value, json};

use super::super::reference::Caller;
use super::super::{Principal, PrincipalIds};
use super::dice::Dice;

pub(super) const HOME: &str = "111122223333";
const AWAY: &str = "444455556666";
pub(super) const HOME_ROOT: &str = "arn:aws:iam::111122223333:root";
pub(super) const AWAY_ROOT: &str = "arn:aws:iam::444455556666:root";
pub(super) const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const ALICE_ID: &str = "AIDAALICEALICEALICEAL";
pub(super) const BOB: &str = "arn:aws:iam::444455556666:user/team/bob";
const ALICE_AGAIN_ID: &str = "AIDAALICEAGAINALICEAG";
const BOB_ID: &str = "AIDABOBBOBBOBBOBBOBBO";
const BOB_BEFORE_ID: &str = "AIDABOBBEFOREBOBBEFOR";
pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/ops/R";
const ROLE_ID: &str = "AROARRRRRRRRRRRRRRRRR";
const ROLE_AGAIN_ID: &str = "AROARRAGAINRRAGAINRRA";
pub(super) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
pub(super) const LINKED: &str = "arn:aws:iam::111122223333:role/aws-service-role/a.amazonaws.com/L";
const LINKED_ID: &str = "AROALLLLLLLLLLLLLLLLL";
const LINKED_BEFORE_ID: &str = "AROALLBEFORELLBEFOREL";
const LINKED_SESSION: &str = "arn:aws:sts::111122223333:assumed-role/L/s";
pub(super) const AWAY_ROLE: &str = "arn:aws:iam::444455556666:role/R";
const AWAY_ROLE_ID: &str = "AROAFFFFFFFFFFFFFFFFF";
const AWAY_ROLE_BEFORE_ID: &str = "AROAFFBEFOREFFBEFOREF";
pub(super) const AWAY_SESSION: &str = "arn:aws:sts::444455556666:assumed-role/R/s";
pub(super) const GUEST: &str = "arn:aws:sts::111122223333:federated-user/guest";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/id.example.com";
pub(super) const LOGS: &str = "logs.amazonaws.com";

const fn session(
    account: &'static str,
    arn: &'static str,
    role_arn: &'static str,
    role_id: &'static str,
) -> Principal<'static> {
    Principal::RoleSession {
        account,
        arn,
        role_arn,
        role_id,
        service_linked: false,
    }
}

/// Those who ask. Alice and a role are there twice: they were made again under the same name.
pub(super) const CALLERS: [Principal<'static>; 14] = [
    Principal::Root {
        account: HOME,
        arn: HOME_ROOT,
    },
    Principal::User {
        account: HOME,
        arn: ALICE,
        user_id: ALICE_ID,
    },
    Principal::User {
        account: HOME,
        arn: ALICE,
        user_id: ALICE_AGAIN_ID,
    },
    session(HOME, SESSION, ROLE, ROLE_ID),
    session(HOME, SESSION, ROLE, ROLE_AGAIN_ID),
    session(AWAY, AWAY_SESSION, AWAY_ROLE, AWAY_ROLE_ID),
    Principal::RoleSession {
        account: HOME,
        arn: LINKED_SESSION,
        role_arn: LINKED,
        role_id: LINKED_ID,
        service_linked: true,
    },
    Principal::FederatedUser {
        account: HOME,
        arn: GUEST,
        user_arn: ALICE,
        user_id: ALICE_ID,
    },
    Principal::FederatedUser {
        account: HOME,
        arn: GUEST,
        user_arn: ALICE,
        user_id: ALICE_AGAIN_ID,
    },
    Principal::FederatedUser {
        account: HOME,
        arn: GUEST,
        user_arn: HOME_ROOT,
        user_id: HOME,
    },
    Principal::Root {
        account: AWAY,
        arn: AWAY_ROOT,
    },
    Principal::User {
        account: AWAY,
        arn: BOB,
        user_id: BOB_ID,
    },
    Principal::Service { name: LOGS },
    Principal::WebIdentity { provider: PROVIDER },
];

/// The ARNs of users and roles, each with the unique ids of those who bore it one after the other.
pub(super) const BEARERS: [(&str, [&str; 2]); 5] = [
    (ALICE, [ALICE_ID, ALICE_AGAIN_ID]),
    (BOB, [BOB_BEFORE_ID, BOB_ID]),
    (ROLE, [ROLE_ID, ROLE_AGAIN_ID]),
    (LINKED, [LINKED_BEFORE_ID, LINKED_ID]),
    (AWAY_ROLE, [AWAY_ROLE_BEFORE_ID, AWAY_ROLE_ID]),
];

const AWS_NAMES: [&str; 24] = [
    "*",
    "*",
    HOME,
    HOME_ROOT,
    HOME,
    AWAY,
    AWAY_ROOT,
    ALICE,
    ALICE,
    ALICE,
    ALICE_ID,
    BOB,
    BOB_ID,
    ROLE,
    ROLE,
    ROLE,
    ROLE_ID,
    SESSION,
    LINKED,
    LINKED_SESSION,
    AWAY_ROLE,
    AWAY_SESSION,
    GUEST,
    "arn:aws:iam::111122223333:role/alice",
];

/// Who bore the names that the resource's policy was written with; not everybody is known.
pub(super) fn bearers(dice: &mut Dice) -> PrincipalIds {
    let known = BEARERS
        .iter()
        .filter(|_| !dice.once_in(4))
        .collect::<Vec<_>>();
    let bound = known.into_iter().map(|(arn, ids)| {
        let id = *dice.pick(ids);
        ((*arn).to_owned(), id.to_owned())
    });
    bound.collect()
}

/// The element `Principal`, or `NotPrincipal`.
pub(super) fn principals(dice: &mut Dice, not: bool) -> Value {
    let names = |dice: &mut Dice, end| match not {
        // To be exempt it takes several names.
        true => json!(
            (0..8)
                .map(|_| *dice.pick(&AWS_NAMES[2..]))
                .collect::<Vec<_>>()
        ),
        false => json!(
            (0..=dice.below(end))
                .map(|_| *dice.pick(&AWS_NAMES))
                .collect::<Vec<_>>()
        ),
    };
    match dice.below(8) {
        0 => json!({"Service": LOGS}),
        1 => json!({"AWS": names(dice, 2), "Service": [LOGS], "Federated": PROVIDER}),
        2 if !not => json!("*"),
        _ => json!({"AWS": names(dice, 4)}),
    }
}

/// A caller as the second evaluator wants it.
pub(super) fn as_texts<'a>(principal: &Principal<'a>) -> Caller<'a> {
    let nobody = Caller {
        own: [principal.arn(), "", ""],
        over: ["", ""],
        account: principal.account().unwrap_or_default(),
        root: false,
        service_linked: false,
        web_identity: false,
    };
    match *principal {
        Principal::Root { account, arn } => Caller {
            own: [arn, account, ""],
            root: true,
            ..nobody
        },
        Principal::User { arn, user_id, .. } => Caller {
            own: [arn, user_id, ""],
            ..nobody
        },
        Principal::RoleSession {
            role_arn,
            role_id,
            service_linked,
            ..
        } => Caller {
            over: [role_arn, role_id],
            service_linked,
            ..nobody
        },
        Principal::FederatedUser {
            user_arn: HOME_ROOT,
            ..
        } => Caller {
            root: true,
            ..nobody
        },
        Principal::FederatedUser {
            user_arn, user_id, ..
        } => Caller {
            over: [user_arn, user_id],
            ..nobody
        },
        Principal::Service { .. } => nobody,
        Principal::WebIdentity { .. } => Caller {
            web_identity: true,
            ..nobody
        },
    }
}
