//! Questions to a world.

use std::collections::BTreeMap;

use super::super::Principal;
use super::super::reference::{Request, Values};
use super::conditions::values;
use super::dice::Dice;
use super::grants::{SOURCES, pairs};
use super::people::{CALLERS, HOME, ROLE, as_texts};
use super::world::{KEY_1, KEY_2, World};

const ASKED: [&str; 5] = [
    "kms:Encrypt",
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:CreateGrant",
    "kms:RetireGrant",
];

/// A question to a world.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) caller: Principal<'static>,
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) context: Values,
    pub(super) encryption_context: Option<BTreeMap<String, String>>,
    pub(super) source_arn: Option<&'static str>,
}

impl Asked {
    pub(super) fn roll(dice: &mut Dice, world: &World) -> Self {
        let (action, resource) = match &world.policies.resource {
            _ if world.is_about_role => ("sts:AssumeRole", ROLE),
            None => ("kms:CreateKey", "*"),
            Some(_) => (*dice.pick(&ASKED), *dice.pick(&[KEY_1, KEY_2])),
        };
        Self {
            caller: *dice.pick(&CALLERS),
            action,
            resource,
            context: values(dice),
            encryption_context: (!dice.once_in(6)).then(|| pairs(dice)),
            source_arn: dice.once_in(2).then(|| *dice.pick(&SOURCES)),
        }
    }

    /// The question as the second evaluator wants it.
    pub(super) fn by_text(&self) -> Request<'_> {
        Request {
            caller: as_texts(&self.caller),
            action: self.action,
            resource: self.resource,
            resource_account: HOME,
            context: &self.context,
            encryption_context: self.encryption_context.as_ref(),
            source_arn: self.source_arn,
        }
    }
}
