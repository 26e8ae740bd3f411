//! The caller's trace: the header `traceparent`.
//!
//! Source: W3C Trace Context, section 3.2. `tracestate` is left alone: it is for those who pass a trace on.

use http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

const HEADER: &str = "traceparent";
/// Lengths in hexadecimal digits.
const TRACE_ID: usize = 32;
const SPAN_ID: usize = 16;
/// `00-` trace id `-` span id `-` flags.
const LENGTH: usize = 3 + TRACE_ID + 1 + SPAN_ID + 1 + 2;

/// The span that the caller says this is a part of; `None` if it says nothing, or nothing that can be read.
pub(super) fn of(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    read(value.to_str().ok()?)
}

fn read(text: &str) -> Option<SpanContext> {
    let mut fields = text.splitn(5, '-');
    let version = fields.next().filter(|version| is_hex(version, 2))?;
    let trace = fields.next().filter(|id| is_hex(id, TRACE_ID))?;
    let span = fields.next().filter(|id| is_hex(id, SPAN_ID))?;
    let flags = fields.next().filter(|flags| is_hex(flags, 2))?;
    // Later versions may have more, behind a dash.
    if version == "ff" || (version == "00" && text.len() != LENGTH) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        flags,
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn headers() {
        for (header, expected) in [
            (format!("00-{TRACE}-{SPAN}-01"), Some(true)),
            (format!("00-{TRACE}-{SPAN}-00"), Some(false)),
            (format!("00-{TRACE}-{SPAN}-03"), Some(true)),
            (format!("cc-{TRACE}-{SPAN}-01-what-comes"), Some(true)),
            (format!("cc-{TRACE}-{SPAN}-01"), Some(true)),
            (format!("cc-{TRACE}-{SPAN}-01x"), None),
            (format!("00-{TRACE}-{SPAN}-01-"), None),
            (format!("00-{TRACE}-{SPAN}-01-more"), None),
            (format!("ff-{TRACE}-{SPAN}-01"), None),
            (format!("00-{}-{SPAN}-01", TRACE.to_uppercase()), None),
            (format!("00-{}-{SPAN}-01", "0".repeat(32)), None),
            (format!("00-{TRACE}-{}-01", "0".repeat(16)), None),
            (format!("00-{TRACE}-{SPAN}"), None),
            (format!("0-{TRACE}-{SPAN}-01"), None),
            (format!("00-{TRACE}-{SPAN}-1"), None),
            (String::new(), None),
        ] {
            let found = read(&header);
            let sampled = found.as_ref().map(SpanContext::is_sampled);
            assert_eq!(sampled, expected, "{header}");
            if let Some(found) = found {
                assert_eq!(found.trace_id().to_string(), TRACE);
                assert_eq!(found.span_id().to_string(), SPAN);
                assert!(found.is_remote());
            }
        }
    }

    #[test]
    fn two_parents_are_none() {
        let mut headers = HeaderMap::new();
        assert!(of(&headers).is_none());
        let value = format!("00-{TRACE}-{SPAN}-01").parse().unwrap();
        headers.append(HEADER, value);
        assert!(of(&headers).is_some());
        let other = format!("00-{TRACE}-{SPAN}-00").parse().unwrap();
        headers.append(HEADER, other);
        assert!(of(&headers).is_none());
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_not(text in ".{0,80}") {
            let _ = read(&text);
        }

        #[test]
        fn ids_are_kept(trace in 1..u128::MAX, span in 1..u64::MAX, flags in any::<u8>()) {
            let found = read(&format!("00-{trace:032x}-{span:016x}-{flags:02x}")).unwrap();
            assert_eq!(found.trace_id(), TraceId::from(trace));
            assert_eq!(found.span_id(), SpanId::from(span));
            assert_eq!(found.is_sampled(), flags & 1 == 1);
        }
    }
}
