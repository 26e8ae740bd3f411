//! Lists that come in pages.

use serde_json::{Value, json};

/// More pages than there can be: a server that goes on for ever is not followed.
const MAX_PAGES: usize = 100_000;

/// The members that say where the next page begins: of the answer, and of the next call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marker {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

impl Marker {
    /// As of KMS, and of `WhoCan`.
    pub(crate) const KMS: Self = Self {
        from: "NextMarker",
        to: "Marker",
    };
}

/// Asks for page after page, and hands each over. Ends at the last, or where `call` has none.
///
/// # Errors
/// Those of `call`.
pub(crate) fn follow<E>(
    mut input: Value,
    marker: Marker,
    mut call: impl FnMut(&Value) -> Result<Option<Value>, E>,
    mut take: impl FnMut(Value),
) -> Result<(), E> {
    for _ in 0..MAX_PAGES {
        let Some(page) = call(&input)? else {
            break;
        };
        let next = page.get(marker.from).and_then(Value::as_str);
        let next = next.unwrap_or_default().to_owned();
        take(page);
        if next.is_empty() {
            break;
        }
        if let Some(members) = input.as_object_mut() {
            members.insert(marker.to.to_owned(), json!(next));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_followed_to_the_last() {
        let mut asked = Vec::new();
        let mut taken = Vec::new();
        let pages = |input: &Value| {
            asked.push(input["Marker"].clone());
            Ok::<_, ()>(Some(match input["Marker"].as_str() {
                None => json!({"Of": ["a"], "NextMarker": "m1"}),
                Some("m1") => json!({"Of": [], "NextMarker": "m2"}),
                _ => json!({"Of": ["b"]}),
            }))
        };
        follow(json!({"Limit": 1}), Marker::KMS, pages, |page| {
            taken.push(page["Of"].clone());
        })
        .unwrap();
        assert_eq!(asked, [Value::Null, json!("m1"), json!("m2")]);
        assert_eq!(taken, [json!(["a"]), json!([]), json!(["b"])]);
    }

    #[test]
    fn an_error_ends_them_and_so_does_nothing() {
        let marker = Marker::KMS;
        assert_eq!(follow(json!({}), marker, |_| Err(7), |_| ()), Err(7));
        let nothing = |_: &Value| Ok::<_, ()>(None);
        assert_eq!(
            follow(json!({}), marker, nothing, |_| panic!("a page")),
            Ok(())
        );
    }
}
