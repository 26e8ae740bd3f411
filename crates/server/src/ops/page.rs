//! Pages of lists: markers and limits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::fault::Fault;

/// How many entries a page of one list may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLimits {
    /// If the caller does not say.
    pub(super) default: usize,
    /// At most.
    pub(super) max: usize,
}

impl PageLimits {
    /// The size of this page.
    pub(super) fn size(self, asked: Option<i64>) -> usize {
        asked
            .and_then(|asked| usize::try_from(asked).ok())
            .unwrap_or(self.default)
            .clamp(1, self.max)
    }
}

/// The part of a list that fits a page, and the marker of the next one. `found` holds one entry
/// more than the page if there is more.
pub(super) fn cut<T>(
    list: &str,
    mut found: Vec<T>,
    size: usize,
    name: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    if found.len() <= size {
        return (found, None);
    }
    found.truncate(size);
    let marker = found.last().map(|last| marker(list, &name(last)));
    (found, marker)
}

/// The marker of a page that begins after this name.
pub(super) fn marker(list: &str, name: &impl std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{name}"))
}

/// The name after which a page begins. A marker of another list, or of nobody, is refused; one
/// whose entry has gone meanwhile still works.
pub(super) fn after<T: std::str::FromStr>(
    list: &str,
    marker: Option<&str>,
) -> Result<Option<T>, Fault> {
    let Some(marker) = marker else {
        return Ok(None);
    };
    let name = URL_SAFE_NO_PAD
        .decode(marker)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix(list)?.strip_prefix(':')?.parse().ok());
    name.map(Some).ok_or(Fault::InvalidMarker)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: PageLimits = PageLimits {
        default: 50,
        max: 100,
    };

    #[test]
    fn sizes() {
        let sizes = [None, Some(1), Some(100), Some(1000), Some(0), Some(-1)]
            .map(|asked| LIMITS.size(asked));
        assert_eq!(sizes, [50, 1, 100, 100, 1, 50]);
    }

    #[test]
    fn a_marker_leads_to_the_rest_of_its_own_list() {
        let (page, marker) = cut("L", vec!["a", "b", "c"], 2, |n| (*n).to_owned());
        assert_eq!(page, ["a", "b"]);
        let marker = marker.unwrap();
        assert_eq!(
            after::<String>("L", Some(&marker)).unwrap(),
            Some("b".to_owned())
        );
        assert!(matches!(
            after::<String>("M", Some(&marker)),
            Err(Fault::InvalidMarker)
        ));
        assert!(matches!(
            after::<u32>("L", Some(&marker)),
            Err(Fault::InvalidMarker)
        ));
        assert!(matches!(
            after::<String>("L", Some("nonsense!")),
            Err(Fault::InvalidMarker)
        ));
        assert_eq!(after::<String>("L", None).unwrap(), None);
    }

    #[test]
    fn a_full_last_page_has_no_marker() {
        assert_eq!(
            cut("L", vec![1, 2], 2, ToString::to_string),
            (vec![1, 2], None)
        );
        assert_eq!(
            cut("L", Vec::<u8>::new(), 2, ToString::to_string),
            (vec![], None)
        );
    }
}
