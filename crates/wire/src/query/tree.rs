//! Parameters as the tree that their dotted names describe.

use std::collections::BTreeMap;

use serde::de::value::{
    BorrowedStrDeserializer, Error as Refusal, MapDeserializer, SeqDeserializer,
};
use serde::de::{Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The most parts that a name may have. No input of the models served has a deeper one than
/// `PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName`; deeper names are those of unknown parameters.
const MAX_DEPTH: usize = 8;

/// The part of a name that stands between a list's and its elements' number.
const LIST: &str = "member";

/// What stands under a name: a value, members, or a list's numbered elements.
#[derive(Default)]
pub(super) struct Node<'r> {
    value: Option<&'r str>,
    members: BTreeMap<&'r str, Node<'r>>,
}

impl<'r> Node<'r> {
    /// Puts every parameter where its name says.
    pub(super) fn grow(parameters: impl Iterator<Item = (&'r str, &'r str)>) -> Self {
        let mut root = Self::default();
        for (name, value) in parameters {
            if name.split('.').nth(MAX_DEPTH).is_some() {
                continue;
            }
            let mut node = &mut root;
            for part in name.split('.') {
                node = node.members.entry(part).or_default();
            }
            node.value = Some(value);
        }
        root
    }

    /// The members, to be read by name.
    pub(super) fn members<'t>(&'t self) -> impl MapAccess<'t, Error = Refusal> {
        MapDeserializer::new(
            self.members
                .iter()
                .map(|(name, node)| (BorrowedStrDeserializer::new(name), node)),
        )
    }

    /// The elements of a list in order, if this is one.
    fn elements(&self) -> Option<Result<Vec<&Self>, Refusal>> {
        let list = self.members.get(LIST)?;
        if self.members.len() > 1 || list.value.is_some() {
            return None;
        }
        let numbered: Result<BTreeMap<u32, &Self>, Refusal> = list
            .members
            .iter()
            .map(|(number, node)| Ok((element_number(number)?, node)))
            .collect();
        Some(numbered.map(|elements| elements.into_values().collect()))
    }
}

/// The number of an element, counted from one, in the only way to write it.
fn element_number(text: &str) -> Result<u32, Refusal> {
    match text.parse() {
        Ok(number) if number > 0 && !text.starts_with(['0', '+']) => Ok(number),
        _ => Err(Refusal::custom(format_args!(
            "{text} is not a valid index of a list"
        ))),
    }
}

impl<'t> IntoDeserializer<'t, Refusal> for &'t Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.value {
            Some(value) if self.members.is_empty() => visitor.visit_bytes(value.as_bytes()),
            Some(_) => Err(Refusal::custom("Unexpected complex element termination")),
            None => match self.elements() {
                Some(elements) => visitor.visit_seq(SeqDeserializer::new(elements?.into_iter())),
                None => visitor.visit_map(self.members()),
            },
        }
    }

    /// Skips what no member has.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}
