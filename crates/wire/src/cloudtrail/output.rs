//! The outputs of operations, named as the operations are.

mod events;
mod trails;

pub use events::{Event, LookupEvents, Resource};
pub use trails::{
    DescribeTrails, GetTrail, GetTrailStatus, ListPublicKeys, ListTrails, PublicKey, Trail,
    TrailInfo,
};

use crate::model::{Recorded, RecordedValue};

/// Makes outputs [`Recorded`], with nothing to show: all operations here only read, and records show nothing of what
/// was read.
macro_rules! unrecorded {
    ($($name:ident),* $(,)?) => {
        $(impl Recorded for $name {
            fn recorded(&self) -> Vec<(&'static str, RecordedValue)> {
                Vec::new()
            }
        })*
    };
}

unrecorded!(
    DescribeTrails,
    GetTrail,
    GetTrailStatus,
    ListPublicKeys,
    ListTrails,
    LookupEvents,
);
