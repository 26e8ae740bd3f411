//! Parameters of the Query protocol, in forms and in URLs, as the input of every operation that takes them.

use http::{Method, Uri};
use keystead_wire::query::{MAX_BYTES, MAX_PARAMETERS, QueryRequest};

use crate::operations::{self, QUERY};

/// The bytes are a form.
pub(crate) fn check(bytes: &[u8]) {
    let parsed = QueryRequest::parse(bytes);
    in_a_url(bytes, &parsed);
    let request = match parsed {
        Ok(request) => request,
        Err(error) => {
            assert!((400..500).contains(&error.status()), "{error:?}");
            return;
        }
    };
    written_again(&request);
    let action = request.action();
    let operation = operations::pick(QUERY, action.as_bytes(), |one| one.name == action);
    let decoded = (operation.decode)(&request);
    assert_eq!((operation.decode)(&request), decoded);
    if let Err(error) = decoded {
        assert_eq!(error.status(), 400, "{error:?}");
        assert!(["MalformedInput", "ValidationError"].contains(&error.code()));
        let body = error.query_body("https://iam.amazonaws.com/doc/2010-05-08/", "id");
        assert!(body.len() < 512 * 1024, "{} bytes", body.len());
    }
}

/// A form and the same in a URL are one request.
fn in_a_url(bytes: &[u8], parsed: &Result<QueryRequest, keystead_wire::ApiError>) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else {
        return;
    };
    if uri.query() == Some(text) {
        let get = QueryRequest::from_request(&Method::GET, &uri, b"");
        assert_eq!(&get, parsed);
        let post = QueryRequest::from_request(&Method::POST, &uri, b"");
        assert_eq!(&post, parsed);
    }
}

fn written_again(request: &QueryRequest) {
    assert!(request.parameters().count() <= MAX_PARAMETERS);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", request.action());
    if let Some(version) = request.version() {
        form.append_pair("Version", version);
    }
    for (name, value) in request.parameters() {
        assert_eq!(request.parameter(name), Some(value));
        form.append_pair(name, value);
    }
    let form = form.finish();
    // What was not encoded before may be longer now.
    if form.len() <= MAX_BYTES {
        let again = QueryRequest::parse(form.as_bytes());
        // Action and Version were counted too, and with both there is one parameter more than the most.
        if request.parameters().count() + 2 <= MAX_PARAMETERS {
            assert_eq!(again.as_ref(), Ok(request));
        }
    }
}
