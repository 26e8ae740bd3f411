//! Ranges of IP addresses.

use std::net::{IpAddr, Ipv6Addr};

/// A range in CIDR notation (RFC 4632, RFC 4291), of either version.
///
/// An IPv4 address that is written as IPv6 (`::ffff:203.0.113.1`, RFC 4291 section 2.5.5.2) is the
/// IPv4 address: how a socket was opened changes nobody's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    /// The address, masked, as the number of its bits.
    bits: u128,
    mask: u128,
    is_v4: bool,
}

impl Network {
    /// Parses an address or a range. Bits beyond the prefix are passed over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let length = match prefix {
            Some(prefix) => parse_length(prefix).filter(|length| *length <= width)?,
            None => width,
        };
        // Written as IPv6, an IPv4 range has 96 bits before it.
        let is_v4 = address.to_canonical().is_ipv4() && (address.is_ipv4() || length >= 96);
        let ones = length + (128 - width);
        let mask = u128::MAX.checked_shl(128 - ones).unwrap_or(0);
        Some(Self {
            bits: widened(address) & mask,
            mask,
            is_v4,
        })
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        address.to_canonical().is_ipv4() == self.is_v4 && widened(address) & self.mask == self.bits
    }
}

/// The address as IPv6.
fn widened(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => Ipv6Addr::to_bits(v6),
    }
}

fn parse_length(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.77/24", "203.0.113.1", true),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "203.0.113.7", false),
            ("2001:db8::/32", "2001:db8:ffff::", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("2001:DB8::1", "2001:db8:0:0::1", true),
            ("203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("::ffff:203.0.113.0/120", "203.0.113.9", true),
            ("::ffff:203.0.113.0/120", "203.0.114.9", false),
            ("255.255.255.255/32", "255.255.255.255", true),
        ];
        for (network, address, expected) in cases {
            let found = Network::parse(network).unwrap();
            assert_eq!(
                found.contains(address.parse().unwrap()),
                expected,
                "{network} {address}"
            );
        }
    }

    #[test]
    fn what_is_no_range() {
        for text in [
            "",
            "/",
            "*",
            "203.0.113",
            "203.0.113.0/",
            "203.0.113.0/33",
            "203.0.113.0/-1",
            "203.0.113.0/+8",
            "203.0.113.0/24/24",
            "203.0.113.256",
            "203.0.113.0/255.255.255.0",
            "203.0.113.*",
            "::/129",
            ":::",
            "localhost",
            " ::1",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_range_holds_what_shares_its_first_bits(a: u32, b: u32, length in 0_u32..=32) {
            let [a, b] = [a, b].map(std::net::Ipv4Addr::from_bits);
            let network = Network::parse(&format!("{a}/{length}")).unwrap();
            let bits = |address: std::net::Ipv4Addr| format!("{:032b}", address.to_bits());
            let length = length as usize;
            prop_assert_eq!(network.contains(b.into()), bits(a)[..length] == bits(b)[..length]);
            prop_assert!(network.contains(a.into()));
        }
    }
}
