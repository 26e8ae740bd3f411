//! Random calls of every operation of KMS: right, nearly right, and garbage, on keys of all kinds and states.
//!
//! Whatever comes, it is never the server's failure; what is refused is refused as the operation can refuse, and
//! changes nothing; what is answered has the model's shape; and each call of a known caller has one record, without
//! its secrets.
//!
//! Ordinary runs make some thousands of calls, always the same; `KEYSTEAD_RANDOM_CALLS` asks for more.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "random_calls/answers.rs"]
mod answers;
#[path = "random_calls/dice.rs"]
mod dice;
#[path = "random_calls/inputs.rs"]
mod inputs;
#[path = "random_calls/model.rs"]
mod model;
#[path = "random_calls/records.rs"]
mod records;
#[path = "random_calls/requests.rs"]
mod requests;
#[path = "random_calls/scene.rs"]
mod scene;
#[path = "support/wrapping.rs"]
mod wrapping;

use std::collections::BTreeMap;

use keystead_server::router;

use crate::dice::Dice;
use crate::inputs::Inputs;
use crate::model::Model;
use crate::records::Told;
use crate::requests::{Call, Kind};
use crate::scene::Scene;

/// Calls of an ordinary run.
const CALLS: usize = 2500;
/// What is stored is looked at before and after one in so many calls.
const LOOKS: usize = 4;
/// After how many calls the keys are brought back to where they can be used.
const REPAIR: usize = 60;

/// What changes something when it succeeds.
const CHANGING: &[&str] = &[
    "CancelKeyDeletion",
    "ConnectCustomKeyStore",
    "CreateAlias",
    "CreateCustomKeyStore",
    "CreateGrant",
    "CreateKey",
    "DeleteAlias",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "DisconnectCustomKeyStore",
    "EnableKey",
    "EnableKeyRotation",
    "GetParametersForImport",
    "ImportKeyMaterial",
    "PutKeyPolicy",
    "RetireGrant",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateCustomKeyStore",
    "UpdateKeyDescription",
];

#[tokio::test]
async fn no_call_breaks_a_promise() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to look for trouble is the runner's choice"
    )]
    let calls = std::env::var("KEYSTEAD_RANDOM_CALLS").ok();
    let calls = calls.map_or(CALLS, |calls| calls.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let model = Model::read();
    let mut dice = Dice::default();
    let scene = Scene::new(folder.path()).await;
    let mut told = Told::default();
    let mut good: BTreeMap<&str, usize> = router::KMS.iter().map(|route| (route.name, 0)).collect();
    for number in 0..calls {
        if number % REPAIR == 0 {
            scene.repair().await;
        }
        let inputs = Inputs {
            model: &model,
            scene: &scene,
        };
        let call = Call::random(&inputs, &mut dice);
        let before = match dice.one_in(LOOKS) {
            true => Some(scene.stored().await),
            false => None,
        };
        let answer = scene.send(&call).await;
        let context = || format!("call {number}: {call}\n{} {}", answer.status, answer.text());
        answers::check(&model, &call, &answer, &context);
        let is_done = answer.status == 200;
        let may_change = is_done && CHANGING.contains(&call.operation);
        if let Some(before) = before.filter(|_| !may_change) {
            let after = scene.stored().await;
            assert!(after == before, "it changed something: {}", context());
        }
        if is_done && call.kind != Kind::Garbage {
            *good.entry(call.operation).or_default() += 1;
        }
        told.note(&model, &scene, &call, &answer);
    }
    let never: Vec<_> = good
        .iter()
        .filter(|(_, times)| **times == 0)
        .map(|(name, _)| *name)
        .collect();
    assert!(
        never.is_empty(),
        "never succeeded, so that little was tried of {never:?}"
    );
    scene.stop().await;
    told.check(folder.path());
}
