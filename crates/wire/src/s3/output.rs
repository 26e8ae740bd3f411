//! What the operations answer.

use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderName, HeaderValue, LAST_MODIFIED,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::NAMESPACE;
use super::input::{ListObjects, ListVersion};
use super::range::Part;
use crate::xml::XmlWriter;

const XML: &str = "application/xml";

/// What a name is encoded with where a listing is to be: all but unreserved characters, and the slash.
const IN_NAMES: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// An answer as HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The type of the body.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An object, as its headers tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The type of its content.
    pub content_type: &'static str,
    /// How many bytes it has.
    pub size: u64,
    /// The tag of its content, without quotation marks.
    pub etag: String,
    /// When it was written, in the form of HTTP's headers.
    pub last_modified: String,
    /// The names of its metadata, without `x-amz-meta-`, and their values.
    pub metadata: Vec<(&'static str, String)>,
}

impl Object {
    /// The answer with the object's content, or with a part of it.
    #[must_use]
    pub fn with_body(&self, part: Option<Part>, body: Vec<u8>) -> Response {
        let mut response = self.head();
        if let Some(Part { offset, length }) = part {
            let last = offset.saturating_add(length).saturating_sub(1);
            let range = format!("bytes {offset}-{last}/{}", self.size);
            response.status = 206;
            response.headers.retain(|(name, _)| *name != CONTENT_LENGTH);
            push(&mut response.headers, CONTENT_RANGE, &range);
        }
        response.body = body;
        response
    }

    /// The answer that only tells of the object.
    #[must_use]
    pub fn head(&self) -> Response {
        let mut headers = Vec::new();
        push(&mut headers, CONTENT_LENGTH, &self.size.to_string());
        push(&mut headers, ETAG, &format!("\"{}\"", self.etag));
        push(&mut headers, LAST_MODIFIED, &self.last_modified);
        push(&mut headers, ACCEPT_RANGES, "bytes");
        for (name, value) in &self.metadata {
            if let Ok(name) = HeaderName::try_from(format!("x-amz-meta-{name}")) {
                push(&mut headers, name, value);
            }
        }
        Response {
            status: 200,
            content_type: self.content_type,
            headers,
            body: Vec::new(),
        }
    }
}

/// An object, as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub key: String,
    /// How many bytes it has.
    pub size: u64,
    /// The tag of its content, without quotation marks.
    pub etag: String,
    /// When it was written, in ISO 8601.
    pub last_modified: String,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The objects.
    pub objects: Vec<Summary>,
    /// What names with the delimiter behind the prefix begin with.
    pub common_prefixes: Vec<String>,
    /// The last name or prefix of this page, if there are further pages.
    pub next: Option<String>,
}

/// The answer to [`GetBucketLocation`](super::GetBucketLocation): a Region, of which `us-east-1` is told by saying
/// nothing.
#[must_use]
pub fn location(region: &str) -> Response {
    let region = if region == "us-east-1" { "" } else { region };
    let mut xml = XmlWriter::document();
    xml.namespaced_element("LocationConstraint", NAMESPACE, |xml| {
        xml.characters(region);
    });
    document(xml)
}

/// The answer to [`HeadBucket`](super::HeadBucket).
#[must_use]
pub fn bucket(region: &str) -> Response {
    let mut response = empty();
    let name = HeaderName::from_static("x-amz-bucket-region");
    push(&mut response.headers, name, region);
    response
}

/// An answer without content.
#[must_use]
pub const fn empty() -> Response {
    Response {
        status: 200,
        content_type: XML,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// The answer to [`ListObjects`].
#[must_use]
pub fn listing(asked: &ListObjects, page: &Listing) -> Response {
    let shown = |text: &str| match asked.url_encoded {
        true => utf8_percent_encode(text, IN_NAMES).to_string(),
        false => text.to_owned(),
    };
    let mut xml = XmlWriter::document();
    xml.namespaced_element("ListBucketResult", NAMESPACE, |xml| {
        xml.text("Name", &asked.bucket);
        xml.text("Prefix", &shown(&asked.prefix));
        let next = page.next.as_deref();
        match asked.version {
            ListVersion::V1 => {
                xml.text("Marker", &shown(asked.after.as_deref().unwrap_or_default()));
                text_if(xml, "NextMarker", next.map(shown));
            }
            ListVersion::V2 => {
                text_if(xml, "StartAfter", asked.after.as_deref().map(shown));
                let token = asked.continuation.as_ref().map(|(token, _)| token.clone());
                text_if(xml, "ContinuationToken", token);
                text_if(xml, "NextContinuationToken", next.map(ListObjects::token));
                let count = page.objects.len() + page.common_prefixes.len();
                xml.text("KeyCount", &count.to_string());
            }
        }
        xml.text("MaxKeys", &asked.max_keys.to_string());
        text_if(xml, "Delimiter", asked.delimiter.as_deref().map(shown));
        if asked.url_encoded {
            xml.text("EncodingType", "url");
        }
        xml.text("IsTruncated", if next.is_some() { "true" } else { "false" });
        for object in &page.objects {
            xml.element("Contents", |xml| {
                xml.text("Key", &shown(&object.key));
                xml.text("LastModified", &object.last_modified);
                xml.text("ETag", &format!("\"{}\"", object.etag));
                xml.text("Size", &object.size.to_string());
                xml.text("StorageClass", "STANDARD");
            });
        }
        for prefix in &page.common_prefixes {
            xml.element("CommonPrefixes", |xml| xml.text("Prefix", &shown(prefix)));
        }
    });
    document(xml)
}

fn document(xml: XmlWriter) -> Response {
    Response {
        body: xml.into_bytes(),
        ..empty()
    }
}

fn text_if(xml: &mut XmlWriter, name: &str, text: Option<String>) {
    if let Some(text) = text {
        xml.text(name, &text);
    }
}

/// Adds a header. No value of ours has characters that a header can't have.
fn push(headers: &mut Vec<(HeaderName, HeaderValue)>, name: HeaderName, value: &str) {
    headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::super::Input as _;
    use super::*;

    fn asked(uri: &str) -> ListObjects {
        let head = Request::get(uri).body(()).unwrap().into_parts().0;
        ListObjects::decode(&head).unwrap()
    }

    fn text(response: Response) -> String {
        String::from_utf8(response.body).unwrap()
    }

    fn page() -> Listing {
        Listing {
            objects: vec![Summary {
                key: "a/b c".to_owned(),
                size: 7,
                etag: "0f-1".to_owned(),
                last_modified: "2026-01-02T03:04:05.000Z".to_owned(),
            }],
            common_prefixes: vec!["d/".to_owned()],
            next: Some("d/".to_owned()),
        }
    }

    const CONTENTS: &str = "<LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;0f-1&quot;</ETag>\
        <Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>\
        <CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes></ListBucketResult>";
    const START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
        <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>";

    #[test]
    fn listings_of_both_forms() {
        let first = asked("/b?prefix=a%20&delimiter=%2F&encoding-type=url&max-keys=2");
        let expected = "<Prefix>a%20</Prefix><Marker></Marker><NextMarker>d/</NextMarker><MaxKeys>2</MaxKeys>\
            <Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
            <Contents><Key>a/b%20c</Key>";
        assert_eq!(
            text(listing(&first, &page())),
            format!("{START}{expected}{CONTENTS}")
        );
        let second = asked("/b?list-type=2&start-after=0");
        let expected = "<Prefix></Prefix><StartAfter>0</StartAfter><NextContinuationToken>ZC8\
            </NextContinuationToken><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>\
            <Contents><Key>a/b c</Key>";
        assert_eq!(
            text(listing(&second, &page())),
            format!("{START}{expected}{CONTENTS}")
        );
        let empty = text(listing(&asked("/b"), &Listing::default()));
        assert!(
            empty.ends_with("<IsTruncated>false</IsTruncated></ListBucketResult>"),
            "{empty}"
        );
    }

    #[test]
    fn locations() {
        for (region, shown) in [("us-east-1", ""), ("eu-west-1", "eu-west-1")] {
            let body = text(location(region));
            let shown = format!(">{shown}</LocationConstraint>");
            assert!(body.ends_with(&shown), "{body}");
        }
    }

    #[test]
    fn objects_and_parts_of_them() {
        let object = Object {
            content_type: "application/gzip",
            size: 10,
            etag: "0f-1".to_owned(),
            last_modified: "Fri, 02 Jan 2026 03:04:05 GMT".to_owned(),
            metadata: vec![("signature", "ab".to_owned())],
        };
        let header = |response: &Response, wanted: &str| {
            let mut named = response.headers.iter().filter(|(name, _)| name == wanted);
            let value = named.next().map(|(_, value)| value.to_str().unwrap());
            value.map(str::to_owned)
        };
        let whole = object.with_body(None, b"0123456789".to_vec());
        assert_eq!(whole.status, 200);
        assert_eq!(header(&whole, "content-length").as_deref(), Some("10"));
        assert_eq!(header(&whole, "etag").as_deref(), Some("\"0f-1\""));
        assert_eq!(
            header(&whole, "x-amz-meta-signature").as_deref(),
            Some("ab")
        );
        let part = Part {
            offset: 3,
            length: 2,
        };
        let part = object.with_body(Some(part), b"34".to_vec());
        assert_eq!(part.status, 206);
        assert_eq!(header(&part, "content-length"), None);
        assert_eq!(
            header(&part, "content-range").as_deref(),
            Some("bytes 3-4/10")
        );
        assert_eq!(header(&object.head(), "content-length").unwrap(), "10");
    }
}
