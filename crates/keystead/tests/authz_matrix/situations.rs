//! The columns: who calls, by what right, and what stands in the way.

use serde_json::{Value, json};

use crate::invariants::{self, Never};
use crate::scene::{Plan, Scene, allow};
use crate::world::{Account, Principal, World, denial, everything, silence};
use keystead_testkit::Client;

/// A table of the matrix.
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    /// The calls that must not succeed here.
    pub(crate) never: Never,
    pub(crate) situations: &'static [Situation],
}

/// A column of it.
pub(crate) struct Situation {
    /// Its heading, unique in the matrix.
    pub(crate) name: &'static str,
    /// What the heading stands for.
    pub(crate) says: &'static str,
    pub(crate) build: fn(&World, &str) -> Stage,
}

/// A situation that is set up.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) caller: Client,
}

pub(crate) const PANELS: &[Panel] = &[
    Panel {
        title: "In the key's account, by policies",
        never: invariants::by_policies,
        situations: &[
            Situation {
                name: "root",
                says: "the account's root user; the key policy names the account",
                build: |world, name| by_policy(&world.home, name, &world.root(), true),
            },
            Situation {
                name: "administrator",
                says: "a user with AdministratorAccess; the key policy names the account",
                build: |world, name| {
                    by_policy(&world.home, name, &world.home.administrator(name), true)
                },
            },
            Situation {
                name: "IAM",
                says: "a user whose identity policy allows kms:* on all keys and aliases; the key policy names the account",
                build: |world, name| {
                    by_policy(
                        &world.home,
                        name,
                        &world.home.user(name, Some(&on_keys())),
                        true,
                    )
                },
            },
            Situation {
                name: "key policy",
                says: "a user without policies whom the key policy allows kms:*; it does not name the account",
                build: |world, name| {
                    let caller = world.home.user(name, None);
                    named(&world.home, name, &caller, &caller.arn)
                },
            },
            Situation {
                name: "undelegated",
                says: "a user with AdministratorAccess; the key policy names neither the user nor the account",
                build: |world, name| {
                    by_policy(&world.home, name, &world.home.administrator(name), false)
                },
            },
            Situation {
                name: "nobody",
                says: "a user without policies; the key policy names the account",
                build: |world, name| {
                    by_policy(&world.home, name, &world.home.user(name, None), true)
                },
            },
        ],
    },
    Panel {
        title: "By a grant on the key, for all operations that a grant can permit; nothing else allows",
        never: invariants::by_grants,
        situations: &[
            Situation {
                name: "grant",
                says: "without constraints",
                build: |world, name| {
                    let caller = world.home.user(name, None);
                    by_grant(&world.home, name, &caller, Asked::Nothing)
                },
            },
            Situation {
                name: "its context",
                says: "for one encryption context, which the caller sends",
                build: |world, name| {
                    let caller = world.home.user(name, None);
                    by_grant(&world.home, name, &caller, Asked::Sent)
                },
            },
            Situation {
                name: "other context",
                says: "for another encryption context than the caller sends",
                build: |world, name| {
                    let caller = world.home.user(name, None);
                    by_grant(&world.home, name, &caller, Asked::Other)
                },
            },
        ],
    },
    Panel {
        title: "From another account",
        never: invariants::from_away,
        situations: &[
            Situation {
                name: "only key policy",
                says: "the key policy names the user, who has no policies",
                build: |world, name| {
                    let caller = world.away.user(name, None);
                    from_away(
                        world,
                        name,
                        &caller,
                        vec![allow(&json!({"AWS": caller.arn}))],
                    )
                },
            },
            Situation {
                name: "only IAM",
                says: "the user has AdministratorAccess; the key policy names its own account only",
                build: |world, name| {
                    let caller = world.away.administrator(name);
                    from_away(world, name, &caller, vec![to_account(&world.home)])
                },
            },
            Situation {
                name: "both",
                says: "the user has AdministratorAccess, and the key policy names the user's account",
                build: |world, name| {
                    let caller = world.away.administrator(name);
                    from_away(world, name, &caller, vec![to_account(&world.away)])
                },
            },
            Situation {
                name: "foreign grant",
                says: "a grant names the user, who has no policies",
                build: |world, name| {
                    let caller = world.away.user(name, None);
                    by_foreign_grant(world, name, &caller)
                },
            },
            Situation {
                name: "and IAM",
                says: "a grant names the user, who has AdministratorAccess",
                build: |world, name| {
                    let caller = world.away.administrator(name);
                    by_foreign_grant(world, name, &caller)
                },
            },
        ],
    },
    Panel {
        title: "An administrator as above, and one policy that denies kms:*",
        never: invariants::despite_denials,
        situations: &[
            Situation {
                name: "key policy denies",
                says: "the key policy",
                build: |world, name| {
                    let caller = world.home.administrator(name);
                    let deny = json!({
                        "Effect": "Deny", "Principal": {"AWS": caller.arn}, "Action": "kms:*",
                        "Resource": "*",
                    });
                    let statements = vec![to_account(&world.home), deny];
                    stage(Plan::new(name, &world.home, statements), &caller)
                },
            },
            Situation {
                name: "identity policy",
                says: "an inline policy of the user",
                build: |world, name| {
                    let caller = world.home.user(name, Some(&everything_but_kms()));
                    by_policy(&world.home, name, &caller, true)
                },
            },
            Situation {
                name: "boundary",
                says: "the user's permissions boundary",
                build: |world, name| bounded_user(world, name, &everything_but_kms()),
            },
            Situation {
                name: "session policy",
                says: "the policy of a role's session",
                build: |world, name| limited_session(world, name, &everything_but_kms()),
            },
            Situation {
                name: "SCP",
                says: "a service control policy on the account",
                build: |world, name| {
                    controlled(world, name, |account| {
                        world
                            .home
                            .control(account, "SERVICE_CONTROL_POLICY", &denial());
                    })
                },
            },
            Situation {
                name: "RCP",
                says: "a resource control policy on the account",
                build: |world, name| {
                    controlled(world, name, |account| {
                        let mut deny = denial();
                        deny["Principal"] = "*".into();
                        world
                            .home
                            .control(account, "RESOURCE_CONTROL_POLICY", &deny);
                    })
                },
            },
            Situation {
                name: "endpoint",
                says: "the policy of the VPC endpoint that the call comes by",
                build: |world, name| by_endpoint(world, name, "vpce-denying"),
            },
        ],
    },
    Panel {
        title: "An administrator as above, and one policy that does not allow kms:*",
        never: invariants::despite_silence,
        situations: &[
            Situation {
                name: "silent boundary",
                says: "the user's permissions boundary",
                build: |world, name| bounded_user(world, name, &silence()),
            },
            Situation {
                name: "silent session",
                says: "the policy of a role's session",
                build: |world, name| limited_session(world, name, &silence()),
            },
            Situation {
                name: "silent SCP",
                says: "the service control policies on the account",
                build: |world, name| {
                    controlled(world, name, |account| {
                        world
                            .home
                            .control(account, "SERVICE_CONTROL_POLICY", &silence());
                        world.home.without_full_access(account);
                    })
                },
            },
            Situation {
                name: "silent endpoint",
                says: "the policy of the VPC endpoint that the call comes by",
                build: |world, name| by_endpoint(world, name, "vpce-silent"),
            },
        ],
    },
    Panel {
        title: "Named by the key policy, which does not name the account; a boundary or a session policy does not allow kms:*",
        never: invariants::by_key_policies,
        situations: &[
            Situation {
                name: "user, boundary",
                says: "the key policy names the user, who has a boundary",
                build: |world, name| {
                    let caller = world.home.user(name, None);
                    world.home.bound("User", name, &silence());
                    named(&world.home, name, &caller, &caller.arn)
                },
            },
            Situation {
                name: "role, boundary",
                says: "the key policy names the role, which has a boundary",
                build: |world, name| {
                    let role = world.home.role(name);
                    world.home.bound("Role", name, &silence());
                    named(&world.home, name, &world.home.assumed(&role, None), &role)
                },
            },
            Situation {
                name: "role, session",
                says: "the key policy names the role, whose session has a policy",
                build: |world, name| {
                    let role = world.home.role(name);
                    let caller = world.home.assumed(&role, Some(&silence()));
                    named(&world.home, name, &caller, &role)
                },
            },
            Situation {
                name: "session, boundary",
                says: "the key policy names the session of a role that has a boundary",
                build: |world, name| {
                    let role = world.home.role(name);
                    world.home.bound("Role", name, &silence());
                    let caller = world.home.assumed(&role, None);
                    named(&world.home, name, &caller, &caller.arn)
                },
            },
            Situation {
                name: "session, session",
                says: "the key policy names the session, which has a policy",
                build: |world, name| {
                    let role = world.home.role(name);
                    let caller = world.home.assumed(&role, Some(&silence()));
                    named(&world.home, name, &caller, &caller.arn)
                },
            },
        ],
    },
    Panel {
        title: "An administrator as above, and the state of the keys",
        never: invariants::with_keys_at_rest,
        situations: &[
            Situation {
                name: "disabled",
                says: "all keys of the calls are disabled but the one that is pending import",
                build: |world, name| {
                    in_state(world, name, |scene, keeper| {
                        let keys = &scene.keys;
                        let _ = keeper.ok("CancelKeyDeletion", &json!({"KeyId": keys.doomed}));
                        for key in keys.living() {
                            let _ = keeper.ok("DisableKey", &json!({"KeyId": key}));
                        }
                    })
                },
            },
            Situation {
                name: "pending deletion",
                says: "all keys of the calls are pending deletion",
                build: |world, name| {
                    in_state(world, name, |scene, keeper| {
                        let keys = &scene.keys;
                        for key in keys.living().into_iter().chain([&keys.empty]) {
                            let _ = keeper.ok("ScheduleKeyDeletion", &json!({"KeyId": key}));
                        }
                    })
                },
            },
        ],
    },
];

/// Which encryption context a grant asks for.
#[derive(Clone, Copy)]
enum Asked {
    Nothing,
    Sent,
    Other,
}

fn stage(plan: Plan<'_>, caller: &Principal) -> Stage {
    Stage {
        scene: plan.set(),
        caller: caller.client.clone(),
    }
}

/// The statement of the default key policy.
fn to_account(account: &Account) -> Value {
    allow(&json!({"AWS": format!("arn:aws:iam::{}:root", account.id)}))
}

fn on_keys() -> Value {
    let resources = ["arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*"];
    json!({"Effect": "Allow", "Action": "kms:*", "Resource": resources})
}

fn everything_but_kms() -> Value {
    json!([everything(), denial()])
}

fn by_policy(account: &Account, name: &str, caller: &Principal, delegated: bool) -> Stage {
    let statements = delegated.then(|| to_account(account));
    stage(
        Plan::new(name, account, statements.into_iter().collect()),
        caller,
    )
}

fn named(account: &Account, name: &str, caller: &Principal, principal: &str) -> Stage {
    let statements = vec![allow(&json!({"AWS": principal}))];
    stage(Plan::new(name, account, statements), caller)
}

fn by_grant(account: &Account, name: &str, caller: &Principal, asked: Asked) -> Stage {
    let (blue, red) = (json!({"tenant": "blue"}), json!({"tenant": "red"}));
    let (asked, context) = match asked {
        Asked::Nothing => (None, blue),
        Asked::Sent => (Some(blue.clone()), blue),
        Asked::Other => (Some(blue), red),
    };
    let plan = Plan {
        grantee: Some(caller),
        asked,
        context,
        ..Plan::new(name, account, Vec::new())
    };
    stage(plan, caller)
}

fn from_away(world: &World, name: &str, caller: &Principal, statements: Vec<Value>) -> Stage {
    let plan = Plan {
        callers_account: &world.away.id,
        ..Plan::new(name, &world.home, statements)
    };
    stage(plan, caller)
}

fn by_foreign_grant(world: &World, name: &str, caller: &Principal) -> Stage {
    let plan = Plan {
        grantee: Some(caller),
        callers_account: &world.away.id,
        ..Plan::new(name, &world.home, Vec::new())
    };
    stage(plan, caller)
}

fn bounded_user(world: &World, name: &str, boundary: &Value) -> Stage {
    let caller = world.home.administrator(name);
    world.home.bound("User", name, boundary);
    by_policy(&world.home, name, &caller, true)
}

fn limited_session(world: &World, name: &str, session_policy: &Value) -> Stage {
    let role = world.home.role(name);
    let caller = world.home.assumed(&role, Some(session_policy));
    by_policy(&world.home, name, &caller, true)
}

fn by_endpoint(world: &World, name: &str, endpoint: &str) -> Stage {
    let mut caller = world.home.administrator(name);
    caller.client = world.by_endpoint(endpoint, &caller.client);
    by_policy(&world.home, name, &caller, true)
}

/// An administrator of a new member account, on which controls are put last.
fn controlled(world: &World, name: &str, control: impl FnOnce(&Account)) -> Stage {
    let account = world.home.member(name);
    let caller = account.administrator(name);
    let staged = by_policy(&account, name, &caller, true);
    control(&account);
    staged
}

fn in_state(world: &World, name: &str, change: impl FnOnce(&Scene, &Client)) -> Stage {
    let caller = world.home.administrator(name);
    let staged = by_policy(&world.home, name, &caller, true);
    change(&staged.scene, &world.home.keeper.client);
    staged
}
