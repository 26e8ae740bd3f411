//! What audit records may show of inputs and outputs.

use zeroize::Zeroizing;

use super::sensitive::Sensitive;

/// An input or output that audit records show member by member.
///
/// Records hold what the caller sent or got: lower-camel names as CloudTrail writes them, nothing for what is absent
/// or empty, and nothing of [`Sensitive`] values, such as secret access keys, session tokens and one-time codes.
pub trait Recorded {
    /// The members that are there, in the model's order.
    fn recorded(&self) -> Vec<(&'static str, RecordedValue)>;
}

/// A value of an audit record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// An instant: milliseconds since the unix epoch.
    Instant(i64),
    /// A list.
    List(Vec<RecordedValue>),
    /// A structure: lower-camel names and what stands under them.
    Structure(Vec<(&'static str, RecordedValue)>),
}

/// A type of value that may stand in a record.
pub(crate) trait Record {
    /// The value for the record; nothing if it is absent or empty, or may not be recorded.
    fn record(&self) -> Option<RecordedValue>;
}

impl Record for String {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Text(self.clone()))
    }
}

impl Record for i64 {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Integer(*self))
    }
}

impl Record for bool {
    fn record(&self) -> Option<RecordedValue> {
        Some(RecordedValue::Boolean(*self))
    }
}

impl Record for Sensitive {
    fn record(&self) -> Option<RecordedValue> {
        None
    }
}

/// Secret bytes.
impl Record for Zeroizing<Vec<u8>> {
    fn record(&self) -> Option<RecordedValue> {
        None
    }
}

impl<V: Record> Record for Option<V> {
    fn record(&self) -> Option<RecordedValue> {
        self.as_ref()?.record()
    }
}

impl<V: Record> Record for Vec<V> {
    fn record(&self) -> Option<RecordedValue> {
        let elements: Vec<RecordedValue> = self.iter().filter_map(Record::record).collect();
        (!elements.is_empty()).then_some(RecordedValue::List(elements))
    }
}

/// The members that have a value.
pub(crate) fn present(
    members: Vec<(&'static str, Option<RecordedValue>)>,
) -> Vec<(&'static str, RecordedValue)> {
    members
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
}

/// Makes structures [`Recorded`], member by member.
macro_rules! record {
    ($name:ident { $($member:literal $field:ident;)* }) => {
        impl $crate::model::Recorded for $name {
            fn recorded(&self) -> Vec<(&'static str, $crate::model::RecordedValue)> {
                $crate::model::present(vec![$({
                    const NAME: &[u8] = &$crate::model::lower_camel::<{ $member.len() }>($member);
                    ($crate::model::as_text(NAME), $crate::model::Record::record(&self.$field))
                },)*])
            }
        }

        impl $crate::model::Record for $name {
            fn record(&self) -> Option<$crate::model::RecordedValue> {
                let members = $crate::model::Recorded::recorded(self);
                (!members.is_empty()).then_some($crate::model::RecordedValue::Structure(members))
            }
        }
    };
}
pub(crate) use record;
