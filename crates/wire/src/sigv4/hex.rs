//! Lower-case hexadecimal of SHA-256 sized values.

/// Appends the 64 digits of a 32-byte value.
pub(super) fn push(value: &[u8; 32], out: &mut Vec<u8>) {
    for byte in value {
        out.extend([digit(byte >> 4), digit(byte & 0x0f)]);
    }
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}

/// Reads exactly 64 digits of either case.
pub(super) fn parse(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut value = [0; 32];
    for (byte, [high, low]) in value.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(value)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_refusals() {
        let value: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 7 + 1).unwrap());
        let mut text = Vec::new();
        push(&value, &mut text);
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("01080f") && text.len() == 64);
        assert_eq!(parse(&text), Some(value));
        assert_eq!(parse(&text.to_uppercase()), Some(value));
        for bad in [
            "",
            &text[1..],
            &format!("{text}00"),
            &text.replace("01", "0g"),
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
