//! `WhoCan`: who may do something to a key, and why.
//!
//! The question is put to the policies for everybody whom they can mean ([`candidates`]), and
//! nobody's request is at hand. So it is put twice, under the best and under the worst assumption
//! about what a request would say ([`judgement`]): who is allowed under the worst may; who is
//! allowed only under the best may if the conditions hold, which are named.
//!
//! Sessions are taken to have no policies of their own, which could only narrow what they may.

mod candidates;
mod foreseen;
mod judgement;
mod position;
mod stranger;
mod visible;

use keystead_core::audit::Elements;
use keystead_core::policy::{KMS_ACTIONS, KMS_ACTIONS_WITHOUT_KEY};
use keystead_wire::keystead::{input, output};

use self::candidates::Candidates;
use self::judgement::Judge;
use self::position::Position;
use self::visible::Visible;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::management::elements;
use crate::ops::page::{self, PageLimits};
use crate::protocol::{Json, Service};
use crate::target::OwnKey;

const LIMITS: PageLimits = PageLimits {
    default: 50,
    max: 100,
};

/// How many candidates are looked at for one page, most of whom may not.
const LOOKED_AT: usize = 500;

/// On the retirement of a grant, the grant decides.
const BY_GRANT: &str = "kms:RetireGrant";

/// Lists who may do something to a key of the caller's account: the account's principals, those of
/// others that the key policy names, services, and grantees. To the organization's management
/// account, the principals of all its accounts are listed.
#[derive(Debug)]
pub enum WhoCan {}

impl Operation for WhoCan {
    const SERVICE: Service = Service::Keystead;
    const NAME: &'static str = "WhoCan";
    const ACTION: &'static str = "keystead:WhoCan";
    const READ_ONLY: bool = true;
    type Input = input::WhoCan;
    type Output = output::WhoCan;
    type Protocol = Json;
    type Target = OwnKey;

    fn target(input: &Self::Input) -> &str {
        &input.key_id
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        elements(input)
    }

    fn check(input: &Self::Input) -> Result<(), Fault> {
        action(&input.action).map(drop)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let action = action(&input.action)?;
        let entry = &call.target().entry;
        let size = LIMITS.size(input.limit);
        let after: Option<Position> = page::after(Self::NAME, input.marker.as_deref())?;
        let caller = call.caller().member().identity().account();
        let visible = Visible::to(caller, tools.identities);
        let candidates = Candidates {
            action,
            entry,
            tools,
            visible,
        };
        let mut found = candidates.after(after.as_ref(), LOOKED_AT + 1);
        let mut more = found.len() > LOOKED_AT;
        found.truncate(LOOKED_AT);

        let judge = Judge {
            action,
            entry,
            tools,
            visible,
        };
        let (mut accesses, mut last) = (Vec::new(), None);
        let mut found = found.into_iter();
        while accesses.len() < size {
            let Some((position, candidate)) = found.next() else {
                break;
            };
            accesses.extend(judge.access(&candidate));
            last = Some(position);
        }
        more |= found.next().is_some();
        let next_marker = last.filter(|_| more);
        let output = output::WhoCan {
            action: action.to_owned(),
            key_arn: entry.arn.to_string(),
            accesses,
            truncated: next_marker.is_some(),
            next_marker: next_marker.map(|position| page::marker(Self::NAME, &position)),
        };
        Ok(Performed::new(call, output))
    }
}

/// The action of a name, with or without `kms:`, in any case.
fn action(given: &str) -> Result<&'static str, Fault> {
    let name = match given.split_once(':') {
        Some((service, name)) if service.eq_ignore_ascii_case("kms") => name,
        Some(_) => return Err(refuse(format!("{given} is not an action of AWS KMS."))),
        None => given,
    };
    let is_it = |action: &&&str| {
        let known = action.strip_prefix("kms:");
        known.is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    match KMS_ACTIONS.iter().find(is_it) {
        Some(action) if KMS_ACTIONS_WITHOUT_KEY.contains(action) => Err(refuse(format!(
            "{action} is not decided for a key: policies of identities alone decide on it."
        ))),
        Some(action) if *action == BY_GRANT => Err(refuse(format!(
            "{action} is not decided for a key: the grant says who may retire it."
        ))),
        Some(action) => Ok(action),
        None if name.eq_ignore_ascii_case("ReEncrypt") => Err(refuse(
            "ReEncrypt takes two permissions: kms:ReEncryptFrom and kms:ReEncryptTo.".to_owned(),
        )),
        None => Err(refuse(format!("{given} is not an action of AWS KMS."))),
    }
}

const fn refuse(message: String) -> Fault {
    Fault::Validation { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_by_name() {
        for given in ["kms:Decrypt", "Decrypt", "KMS:decrypt", "decrypt"] {
            assert_eq!(action(given).unwrap(), "kms:Decrypt", "{given}");
        }
        for given in [
            "",
            "kms:",
            "Decrpt",
            "s3:GetObject",
            "ReEncrypt",
            "CreateKey",
            "RetireGrant",
            "kms:*",
        ] {
            assert!(
                matches!(action(given), Err(Fault::Validation { .. })),
                "{given}"
            );
        }
    }
}
