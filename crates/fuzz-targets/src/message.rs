//! An HTTP request, written down: a line `METHOD target`, lines `name: value`, an empty line, and the body.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::parts::first_line;

/// Reads a request; `None` of what no HTTP library hands in.
pub(crate) fn read(bytes: &[u8]) -> Option<(Parts, &[u8])> {
    let (line, mut rest) = first_line(bytes);
    let space = line.iter().position(|byte| *byte == b' ')?;
    let (method, target) = line.split_at(space);
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(method).ok()?;
    *request.uri_mut() = Uri::try_from(target.get(1..)?).ok()?;
    loop {
        let (line, after) = first_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        let value = value.get(1..)?.trim_ascii();
        request.headers_mut().append(
            HeaderName::from_bytes(name).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        );
    }
    Some((request.into_parts().0, rest))
}
