//! What LookupEvents answers where other operations have a `ValidationException`: the API reference has an exception for
//! each of its parameters. Messages are those of the `ValidationException`.

use crate::error::ApiError;
use crate::model::Violations;

/// The answer to a lookup that breaks constraints, which is that of the first parameter that does.
pub(super) fn invalid_lookup(violations: Violations) -> ApiError {
    let code = match violations.first_member() {
        Some("LookupAttributes") => "InvalidLookupAttributesException",
        Some("MaxResults") => "InvalidMaxResultsException",
        Some("EventCategory") => "InvalidEventCategoryException",
        _ => return ApiError::validation(violations.into_message()),
    };
    ApiError::client(code, violations.into_message())
}

#[cfg(test)]
mod tests {
    use crate::cloudtrail::input::LookupEvents;
    use crate::json::Input as _;

    #[test]
    fn each_parameter_has_an_exception_of_its_own() {
        for (body, code) in [
            (r#"{"MaxResults":51}"#, "InvalidMaxResultsException"),
            (r#"{"MaxResults":0}"#, "InvalidMaxResultsException"),
            (
                r#"{"EventCategory":"data"}"#,
                "InvalidEventCategoryException",
            ),
            (
                r#"{"LookupAttributes":[{"AttributeKey":"Name","AttributeValue":"a"}]}"#,
                "InvalidLookupAttributesException",
            ),
            (
                r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":""}]}"#,
                "InvalidLookupAttributesException",
            ),
            (
                r#"{"LookupAttributes":[{"AttributeKey":"EventName"}],"MaxResults":51}"#,
                "InvalidLookupAttributesException",
            ),
            (r#"{"MaxResults":"1"}"#, "SerializationException"),
        ] {
            let error = LookupEvents::decode(body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code, "{body}");
        }
    }
}
