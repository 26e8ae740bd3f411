//! The materials of a key in words: which is current and since when, what came before, what waits.

use serde_json::Value;

use super::error::KeyError;
use super::metadata::instant;
use super::session::{Reading, Session};
use crate::client::answer::text;

/// Reads all materials of a key, in the order in which they were or are to be current.
///
/// # Errors
/// [`KeyError::Call`], but for refusals.
pub(super) fn read(session: &Session, key: &str) -> Result<Reading, KeyError> {
    let all = serde_json::json!({"KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL"});
    session.read_list("ListKeyRotations", all, "Rotations")
}

/// A line for each.
pub(super) fn words(materials: &[Value]) -> Vec<String> {
    let numbered = materials.iter().enumerate();
    let line = |(index, material): (usize, &Value)| {
        let id = text(material, "KeyMaterialId");
        let later = materials.get(index + 1..).unwrap_or_default();
        format!("{id}: {}", stage(material, later))
    };
    numbered.map(line).collect()
}

/// The current one and since when; nothing if there is none.
pub(super) fn current(materials: &[Value]) -> Option<String> {
    let mut current = materials.iter().filter(|material| is(material, "CURRENT"));
    let material = current.next()?;
    Some(format!(
        "{}, {}",
        text(material, "KeyMaterialId"),
        stage(material, &[])
    ))
}

fn is(material: &Value, state: &str) -> bool {
    text(material, "KeyMaterialState") == state
}

/// What a material is to its key, given those that came later.
fn stage(material: &Value, later: &[Value]) -> String {
    let since = instant(material, "RotationDate");
    let until = later.iter().find_map(|next| instant(next, "RotationDate"));
    let mut words = match text(material, "KeyMaterialState") {
        "CURRENT" => match since {
            Some(since) => format!("current since {since}"),
            // The first one, which was never rotated to.
            None => "current from the start".to_owned(),
        },
        "NON_CURRENT" => match (since, until) {
            (Some(since), Some(until)) => format!("former, current from {since} to {until}"),
            (None, Some(until)) => format!("former, current from the start to {until}"),
            (_, None) => "former".to_owned(),
        },
        "PENDING_ROTATION" => "next, once the key is rotated".to_owned(),
        other => other.to_lowercase().replace('_', " "),
    };
    if text(material, "ImportState") == "PENDING_IMPORT" {
        words.push_str(", not imported");
    }
    if let Some(end) = instant(material, "ValidTo") {
        words.push_str(&format!(", expires at {end}"));
    }
    match text(material, "KeyMaterialDescription") {
        "" => {}
        description => words.push_str(&format!(" ({description})")),
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_is_current_and_others_were_or_will_be() {
        let materials = [
            json!({"KeyMaterialId": "m1", "KeyMaterialState": "NON_CURRENT",
                "ImportState": "PENDING_IMPORT"}),
            json!({"KeyMaterialId": "m2", "KeyMaterialState": "NON_CURRENT", "RotationDate": 0}),
            json!({"KeyMaterialId": "m3", "KeyMaterialState": "CURRENT", "RotationDate": 60,
                "ImportState": "IMPORTED", "ValidTo": 120, "KeyMaterialDescription": "new"}),
            json!({"KeyMaterialId": "m4", "KeyMaterialState": "PENDING_ROTATION"}),
            json!({"KeyMaterialId": "m5", "KeyMaterialState": "OF_TOMORROW"}),
        ];
        assert_eq!(
            words(&materials),
            [
                "m1: former, current from the start to 1970-01-01T00:00:00Z, not imported",
                "m2: former, current from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z",
                "m3: current since 1970-01-01T00:01:00Z, expires at 1970-01-01T00:02:00Z (new)",
                "m4: next, once the key is rotated",
                "m5: of tomorrow",
            ]
        );
        let first = [json!({"KeyMaterialId": "m1", "KeyMaterialState": "CURRENT"})];
        assert_eq!(
            current(&first).as_deref(),
            Some("m1, current from the start")
        );
        assert_eq!(current(&[]), None);
    }
}
