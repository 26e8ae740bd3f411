//! What is signed verifies; what is changed does not; nothing panics.

use http::{HeaderMap, HeaderValue, Method, Uri};
use keystead_wire::sigv4::SignedRequest;
use proptest::prelude::*;

use super::{Request, SECRET, SIGNER};

fn requests() -> impl Strategy<Value = Request> {
    let path = "(/[a-zA-Z0-9._~%:@!-]{0,8}){1,4}";
    let query = proptest::option::of("[a-zA-Z0-9=&%+_.~-]{0,40}");
    let headers = prop::collection::vec(("x-[a-w][a-z0-9-]{0,8}", "[ -~]{0,20}"), 0..5);
    let body = prop::collection::vec(any::<u8>(), 0..200);
    (path, query, headers, body).prop_map(|(path, query, headers, body)| {
        let mut request = Request::unsigned();
        let url = match query {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        request.uri = url.parse().unwrap();
        for (name, value) in headers {
            request.add(&name, &value);
        }
        request.body = body;
        request
    })
}

/// Changes one character of a signed part to another that is there to stay: not to white space, which collapses.
fn flip(text: &str, position: prop::sample::Index) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let index = position.index(bytes.len());
    bytes[index] = if bytes[index] == b'q' { b'z' } else { b'q' };
    String::from_utf8(bytes).unwrap()
}

/// Whether a server that knows one access key in one region would serve the request.
fn is_accepted(request: &Request) -> bool {
    request.parse().is_ok_and(|signed| {
        signed.access_key_id() == SIGNER.access_key_id
            && signed.check_scope(SIGNER.service, &[SIGNER.region]).is_ok()
            && request.verify(SECRET).is_ok()
    })
}

proptest! {
    #[test]
    fn signed_requests_verify(request in requests()) {
        prop_assert!(is_accepted(&request.sign(&SIGNER)));
    }

    #[test]
    fn presigned_requests_verify(mut request in requests()) {
        request.uri = SIGNER
            .presign(&request.method, &request.uri, &request.headers, 60, &request.body)
            .unwrap();
        prop_assert!(is_accepted(&request));
    }

    #[test]
    fn a_changed_body_fails(request in requests(), position: prop::sample::Index, bit in 0..8_u32) {
        let mut request = request.sign(&SIGNER);
        prop_assume!(!request.body.is_empty());
        let index = position.index(request.body.len());
        request.body[index] ^= 1 << bit;
        prop_assert!(!is_accepted(&request));
    }

    #[test]
    fn a_changed_header_fails(request in requests(), which: prop::sample::Index, position: prop::sample::Index) {
        let mut request = request.sign(&SIGNER);
        let names: Vec<_> = request.headers.keys().cloned().collect();
        let value = request.headers.get_mut(&names[which.index(names.len())]).unwrap();
        prop_assume!(!value.is_empty());
        *value = HeaderValue::from_str(&flip(value.to_str().unwrap(), position)).unwrap();
        prop_assert!(!is_accepted(&request));
    }

    #[test]
    fn a_changed_path_fails(request in requests(), extra in "[a-z]{1,5}") {
        let mut request = request.sign(&SIGNER);
        let url = request.uri.to_string();
        request.uri = match url.split_once('?') {
            Some((path, query)) => format!("{path}{extra}?{query}"),
            None => format!("{url}{extra}"),
        }
        .parse()
        .unwrap();
        prop_assert!(!is_accepted(&request));
    }

    #[test]
    fn a_changed_presigned_url_fails(position: prop::sample::Index) {
        let mut request = Request::presigned();
        let query = request.uri.query().unwrap().to_owned();
        request.uri = format!("/?{}", flip(&query, position)).parse().unwrap();
        prop_assert!(!is_accepted(&request));
    }

    #[test]
    fn nothing_panics(authorization in ".{0,200}", date in ".{0,20}", query in "[!-~]{0,100}") {
        let mut headers = HeaderMap::new();
        for (name, value) in [("authorization", &authorization), ("x-amz-date", &date)] {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        if let Ok(uri) = format!("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&{query}").parse::<Uri>() {
            let _ = SignedRequest::parse(&Method::GET, &uri, &HeaderMap::new());
        }
        let uri = Uri::from_static("/");
        let _ = SignedRequest::parse(&Method::POST, &uri, &headers);
        if let Ok(value) = HeaderValue::from_str(&format!("AWS4-HMAC-SHA256 {authorization}")) {
            headers.insert("authorization", value);
            let _ = SignedRequest::parse(&Method::POST, &uri, &headers);
        }
    }
}
