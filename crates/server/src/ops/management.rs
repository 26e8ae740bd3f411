//! What the operations on identities share: each is a row of a table and a function.
//!
//! IAM, STS, Organizations and Keystead's own service have many small operations that differ in
//! their names, their shapes, what they are about and what they do. [`operations!`] makes an
//! [`Operation`](crate::operation::Operation) of each row:
//!
//! ```text
//! operations! { Iam "iam" Query;
//!     /// Makes a user.
//!     CreateUser: write, on new_user => create => output::CreateUser;
//!     /// Destroys a user.
//!     DeleteUser: write, on |input| user(&input.user_name) => delete;
//! }
//! ```
//!
//! The first word says what its audit record is to be: `read` is read-only and shows no answer,
//! `write` shows it, and so does `issue`, which changes nothing and yet gives out credentials. `search` is as `read`, on
//! a thread of its own since it reads the disk.
//! What follows `on` says what the call is about: a function or closure from the input to a
//! [`Named`](crate::target::Named). The function after it does the work. The module has the API's shapes as `input` and `output` in scope.

use keystead_core::arn::AccountId;
use keystead_core::audit::{Elements, Value};
use keystead_core::change::Change;
use keystead_core::policy::{ConditionKey, KeyFamily, KnownKey, Values};
use keystead_core::time::Timestamp;
use keystead_wire::model::{Recorded, RecordedValue};

use crate::authn::Caller;
use crate::operation::Tools;
use crate::target::Named;

/// A call of such an operation, once it is allowed.
pub(super) struct Call<'a, I> {
    /// What the caller sent.
    pub(super) input: &'a I,
    /// Who calls.
    pub(super) caller: &'a Caller,
    /// The caller's account.
    pub(super) account: AccountId,
    /// What to work with.
    pub(super) tools: &'a Tools<'a>,
}

/// What such an operation answers, and what is to change for it.
pub(super) struct Answer<T> {
    pub(super) output: T,
    pub(super) changes: Vec<Change>,
}

impl<T> From<T> for Answer<T> {
    fn from(output: T) -> Self {
        Self {
            output,
            changes: Vec::new(),
        }
    }
}

impl<T> Answer<T> {
    /// Adds a change.
    pub(super) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Adds changes.
    pub(super) fn changes(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.changes.extend(changes);
        self
    }
}

/// Makes operations out of rows; see the module.
macro_rules! operations {
    ($service:ident $prefix:literal $protocol:ident; $(
        $(#[$doc:meta])*
        $name:ident: $kind:ident, on $target:expr => $perform:path $(=> $output:ty)?;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl $crate::operation::Operation for $name {
            const SERVICE: $crate::protocol::Service = $crate::protocol::Service::$service;
            const NAME: &'static str = stringify!($name);
            const ACTION: &'static str = concat!($prefix, ":", stringify!($name));
            const READ_ONLY: bool = $crate::ops::management::operations!(@reads $kind);
            type Input = input::$name;
            type Output = $crate::ops::management::operations!(@output $($output)?);
            type Protocol = $crate::protocol::$protocol;
            type Target = $crate::target::OneIdentity;

            fn target(input: &Self::Input) -> $crate::target::Named<'_> {
                $crate::ops::management::name(input, $target)
            }

            fn parameters(
                input: &Self::Input,
            ) -> Option<keystead_core::audit::Elements<'_>> {
                $crate::ops::management::elements(input)
            }

            fn conditions<'a>(
                input: &'a Self::Input,
                _action: &str,
                key: &keystead_core::policy::ConditionKey,
            ) -> keystead_core::policy::Values<'a> {
                $crate::ops::management::conditions(input, key)
            }

            fn blocks(_input: &Self::Input) -> bool {
                $crate::ops::management::operations!(@blocks $kind)
            }

            fn perform(
                call: $crate::authz::Authorized<'_, Self>,
                tools: &$crate::operation::Tools<'_>,
            ) -> Result<$crate::operation::Performed<Self>, $crate::fault::Fault> {
                let answer: $crate::ops::management::Answer<Self::Output> =
                    $perform(&$crate::ops::management::Call {
                        input: call.input(),
                        caller: call.caller(),
                        account: call.caller().member().identity().account(),
                        tools,
                    })?;
                let response = $crate::ops::management::elements(&answer.output);
                Ok($crate::operation::Performed::new(call, answer.output)
                    .changes(answer.changes)
                    .respond_if(response.filter(|_| $crate::ops::management::operations!(@shown $kind))))
            }
        }
    )*};
    (@reads read) => { true };
    (@reads search) => { true };
    (@reads issue) => { true };
    (@reads write) => { false };
    (@blocks search) => { true };
    (@blocks $kind:ident) => { false };
    (@shown read) => { false };
    (@shown search) => { false };
    (@shown issue) => { true };
    (@shown write) => { true };
    (@output) => { keystead_wire::query::NoOutput };
    (@output $output:ty) => { $output };
}
pub(super) use operations;

/// What a call is about, by a row's word for it. It is here so that closures need no types.
pub(super) fn name<'a, I>(input: &'a I, by: impl FnOnce(&'a I) -> Named<'a>) -> Named<'a> {
    by(input)
}

/// What an audit record shows of an input or output; nothing if there is nothing in it.
pub(super) fn elements(of: &impl Recorded) -> Option<Elements<'static>> {
    let members = of.recorded();
    (!members.is_empty()).then(|| object(members))
}

fn object(members: Vec<(&'static str, RecordedValue)>) -> Elements<'static> {
    members
        .into_iter()
        .fold(Elements::new(), |object, (name, recorded)| {
            object.value(name, value(recorded))
        })
}

fn value(recorded: RecordedValue) -> Value<'static> {
    match recorded {
        RecordedValue::Text(text) => Value::Text(text.into()),
        RecordedValue::Integer(number) => Value::Integer(number),
        RecordedValue::Boolean(truth) => Value::Boolean(truth),
        RecordedValue::Instant(millis) => {
            Value::Text(Timestamp::from_millis(millis).to_english().into())
        }
        RecordedValue::List(values) => Value::Values(values.into_iter().map(value).collect()),
        RecordedValue::Structure(members) => Value::Object(object(members)),
    }
}

/// Which member of an input gives a condition key its value.
///
/// Sources: "Actions, resources, and condition keys" for IAM, STS and Organizations in the Service
/// Authorization Reference.
const MEMBERS: [(KnownKey, &[&str]); 10] = [
    (KnownKey::TagKeys, &["tagKeys"]),
    (KnownKey::IamPolicyArn, &["policyArn"]),
    (KnownKey::IamPermissionsBoundary, &["permissionsBoundary"]),
    (KnownKey::IamAwsServiceName, &["aWSServiceName"]),
    (KnownKey::StsExternalId, &["externalId"]),
    (KnownKey::StsRoleSessionName, &["roleSessionName"]),
    (KnownKey::StsSourceIdentity, &["sourceIdentity"]),
    (KnownKey::StsTransitiveTagKeys, &["transitiveTagKeys"]),
    (KnownKey::StsDurationSeconds, &["durationSeconds"]),
    (
        KnownKey::OrganizationsPolicyType,
        &["type", "filter", "policyType"],
    ),
];

/// The values that an input gives a condition key.
pub(super) fn conditions(input: &impl Recorded, key: &ConditionKey) -> Values<'static> {
    match key {
        ConditionKey::Known(known) => of_members(&input.recorded(), *known),
        ConditionKey::Named(KeyFamily::RequestTag, name) => {
            let tags = tags(input.recorded());
            let named = tags
                .into_iter()
                .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .collect::<Vec<_>>();
            match <[String; 1]>::try_from(named) {
                Ok([value]) => Values::one(value),
                Err(named) if named.is_empty() => Values::Absent,
                Err(named) => Values::many(named),
            }
        }
        _ => Values::Absent,
    }
}

fn of_members(members: &[(&'static str, RecordedValue)], key: KnownKey) -> Values<'static> {
    let Some((_, names)) = MEMBERS.iter().find(|(known, _)| *known == key) else {
        return Values::Absent;
    };
    if let Some((_, found)) = members.iter().find(|(name, _)| names.contains(name)) {
        return texts(found);
    }
    let tags = tags(members.to_vec());
    if key == KnownKey::TagKeys && !tags.is_empty() {
        return Values::many(tags.into_iter().map(|(name, _)| name));
    }
    Values::Absent
}

fn texts(recorded: &RecordedValue) -> Values<'static> {
    match recorded {
        RecordedValue::Text(text) => Values::one(text.clone()),
        RecordedValue::Integer(number) => Values::one(number.to_string()),
        RecordedValue::Boolean(truth) => Values::truth(*truth),
        RecordedValue::List(values) => {
            Values::many(values.iter().filter_map(|value| match value {
                RecordedValue::Text(text) => Some(text.clone()),
                _ => None,
            }))
        }
        RecordedValue::Instant(_) | RecordedValue::Structure(_) => Values::Absent,
    }
}

/// The tags that an input puts on: `Tags`, with `Key` and `Value`.
fn tags(members: Vec<(&'static str, RecordedValue)>) -> Vec<(String, String)> {
    let list = members
        .into_iter()
        .find_map(|(name, value)| match (name, value) {
            ("tags", RecordedValue::List(tags)) => Some(tags),
            _ => None,
        });
    let tag = |value| match value {
        RecordedValue::Structure(members) => {
            let mut pair = (String::new(), String::new());
            for (name, value) in members {
                match (name, value) {
                    ("key", RecordedValue::Text(text)) => pair.0 = text,
                    ("value", RecordedValue::Text(text)) => pair.1 = text,
                    _ => {}
                }
            }
            Some(pair)
        }
        _ => None,
    };
    list.into_iter().flatten().filter_map(tag).collect()
}
