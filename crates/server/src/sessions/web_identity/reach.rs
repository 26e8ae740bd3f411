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
            [169, 254, ..] => Self::Link,
            [100, second, ..] if second & 0xc0 == 64 => Self::Private,
            _ if address.is_private() => Self::Private,
            _ => Self::Anywhere,
        }
    }

    const fn of_v6(address: Ipv6Addr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            Self::Machine
        } else if address.is_unicast_link_local() {
            Self::Link
        } else if address.is_unique_local() {
            Self::Private
        } else {
            Self::Anywhere
        }
    }
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
