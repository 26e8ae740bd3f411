//! From where an address can be reached: what a provider may send the server to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// From where an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// From the machine itself alone.
    Machine,
    /// From the machine's own link alone (RFC 3927; RFC 4291, section 2.5.6). Clouds answer there
    /// for their machines' credentials.
    Link,
    /// Within a private network (RFC 1918, RFC 4193) or behind a carrier's translation (RFC 6598).
    Private,
    /// From anywhere.
    Anywhere,
}

impl Reach {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    /// Whether a document that comes from here may send the server there: to the world, or to where
    /// the document itself comes from.
    pub(super) fn may_lead_to(self, there: Self) -> bool {
        there == Self::Anywhere || there == self
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            // "This host on this network": systems connect to themselves.
            [0 | 127, ..] => Self::Machine,
            // Among the latter, one whole network that a cloud keeps for its machines.
            [169, 254, ..] | [192, 0, 0, _] => Self::Link,
            _ if address.is_multicast() || address.is_broadcast() => Self::Link,
            [100, second, ..] if second & 0xc0 == 64 => Self::Private,
            _ if address.is_private() => Self::Private,
            _ => Self::Anywhere,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if let Some(inner) = translated(address) {
            return Self::of_v4(inner);
        }
        if is_translated_here(address) {
            return Self::Link;
        }
        if address.is_loopback() || address.is_unspecified() {
            Self::Machine
        } else if address.is_unicast_link_local() || address.is_multicast() {
            Self::Link
        } else if address.is_unique_local() || is_site_local(address) {
            Self::Private
        } else {
            Self::Anywhere
        }
    }
}

/// The address of version 4 that a gateway makes of one of version 6: NAT64 (RFC 6052) and 6to4
/// (RFC 3056).
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d] = match address.octets() {
        [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, rest @ ..] => rest,
        [0x20, 0x02, a, b, c, d, ..] => [a, b, c, d],
        _ => return None,
    };
    Some(Ipv4Addr::new(a, b, c, d))
}

/// Whether a gateway of the network's own makes an address of version 4 of it: NAT64 for local use
/// (RFC 8215). Which one, only the network knows: it may well be of its link.
const fn is_translated_here(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [0x64, 0xff9b, 1, ..])
}

/// What private networks were given before RFC 4193 (RFC 3879).
const fn is_site_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xffc0 == 0xfec0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_addresses_are() {
        for (address, expected) in [
            ("127.0.0.1", Reach::Machine),
            ("127.9.9.9", Reach::Machine),
            ("0.0.0.0", Reach::Machine),
            ("::1", Reach::Machine),
            ("::", Reach::Machine),
            ("::ffff:127.0.0.1", Reach::Machine),
            ("169.254.169.254", Reach::Link),
            ("fe80::1", Reach::Link),
            ("::ffff:169.254.169.254", Reach::Link),
            ("64:ff9b::a9fe:a9fe", Reach::Link),
            ("64:ff9b::808:808", Reach::Anywhere),
            ("64:ff9b:1::a9fe:a9fe", Reach::Link),
            ("64:ff9b:1:ffff::808:808", Reach::Link),
            ("64:ff9b:2::808:808", Reach::Anywhere),
            ("2002:7f00:1::1", Reach::Machine),
            ("192.0.0.192", Reach::Link),
            ("224.0.0.1", Reach::Link),
            ("ff02::1", Reach::Link),
            ("fec0::1", Reach::Private),
            ("10.0.0.1", Reach::Private),
            ("172.31.0.1", Reach::Private),
            ("192.168.1.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.127.255.255", Reach::Private),
            ("fd00:ec2::254", Reach::Private),
            ("100.128.0.1", Reach::Anywhere),
            ("172.32.0.1", Reach::Anywhere),
            ("192.0.2.1", Reach::Anywhere),
            ("2001:db8::1", Reach::Anywhere),
        ] {
            assert_eq!(Reach::of(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn nobody_is_sent_further_in() {
        let all = [Reach::Machine, Reach::Link, Reach::Private, Reach::Anywhere];
        for from in all {
            for to in all {
                let expected = to == Reach::Anywhere || from == to;
                assert_eq!(from.may_lead_to(to), expected, "{from:?} {to:?}");
            }
        }
        assert!(!Reach::Anywhere.may_lead_to(Reach::Private));
    }
}
