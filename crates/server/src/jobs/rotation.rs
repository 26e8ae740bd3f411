//! Rotates the keys whose date has come. Of the dates that passed while no node was up, or while the
//! key was not enabled, one is made up for; the next counts from then.

use keystead_core::key::Rotation;

use super::chore::{self, Chore, Work};
use crate::audit::KeyEvent;
use crate::directory::Deadline;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;
use crate::ops::new_material;

pub(super) const ROTATION: Chore = Chore {
    deadline: Deadline::Rotation,
    work: rotate,
    done: "rotated a key whose date had come",
};

fn rotate(entry: &KeyEntry, tools: &Tools<'_>) -> Result<Work, Fault> {
    let mut record = entry.record.clone();
    let material = new_material::make(&record, tools)?;
    record.rotate(material, tools.now, Rotation::Automatic);
    Ok(Work {
        event: KeyEvent::rotated(entry.resource(), &record),
        changes: vec![chore::put(entry, record)],
    })
}
