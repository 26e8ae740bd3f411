//! Pages of lists, which are in the order of codes.

use super::refusal::Refusal;
use crate::fault::Fault;
use crate::ops::page::{self, PageLimits};

/// Source: `MaxResults` of the Service Quotas API model.
const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 100,
};

/// A page of a list, and the token of the next one.
pub(super) fn page<T>(
    list: &str,
    token: Option<&str>,
    max_results: Option<i64>,
    mut entries: Vec<T>,
    code: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Fault> {
    let after: Option<String> = page::after(list, token).map_err(|_| Refusal::InvalidToken)?;
    let size = LIMITS.size(max_results);
    entries.retain(|entry| after.as_ref().is_none_or(|after| code(entry) > *after));
    entries.sort_by_key(&code);
    entries.truncate(size + 1);
    Ok(page::cut(list, entries, size, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_from_one_to_the_next() {
        let page = |token| {
            page("L", token, Some(2), vec!["b", "c", "a"], |code| {
                (*code).into()
            })
        };
        let (first, token) = page(None).unwrap();
        assert_eq!(first, ["a", "b"]);
        assert_eq!(page(token.as_deref()).unwrap(), (vec!["c"], None));
        assert!(matches!(
            page(Some("nonsense")),
            Err(Fault::Named {
                code: "InvalidPaginationTokenException",
                ..
            })
        ));
    }

    /// The model's pattern of tokens knows neither `-` nor `_`.
    #[test]
    fn tokens_are_of_the_letters_that_the_api_has() {
        for quota in keystead_core::quota::TABLE {
            for list in ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"] {
                let token = page::marker(list, &quota.code);
                assert!(
                    token.bytes().all(|letter| letter.is_ascii_alphanumeric()),
                    "{token}"
                );
            }
        }
    }
}
