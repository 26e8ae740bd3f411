//! What must be known of a vendor's tokens beyond the standard: one row each, no code.

/// Where the IV of an AES-GCM encryption comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IvSource {
    /// The caller gives one of 12 random bytes, as the standard has it.
    Caller,
    /// The token fills the 12 zero bytes that `CK_GCM_PARAMS` points to.
    TokenFills,
    /// The token is given none, and appends the one that it made to ciphertext and tag: 12 or 16 bytes.
    TokenAppends,
}

/// What is known of a vendor's tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct Vendor {
    /// The row's name, for [`Vendor::named`].
    pub name: &'static str,
    /// The vendor is recognized if one of these, in lower case, is part of what the library or the token says of its
    /// manufacturer and model. A row without any is only found by its name.
    pub recognized_by: &'static [&'static str],
    /// Who makes IVs.
    pub iv: IvSource,
    /// The most sessions that make sense. The token's own limit goes before it.
    pub sessions: usize,
    /// Whether the library may find a token that came back only after `C_Finalize` and `C_Initialize`. That ends the
    /// sessions of all tokens of the library, which they get over like any other loss.
    pub restart_finds_tokens: bool,
}

/// What holds of a token that no row is known for: the standard.
static STANDARD: Vendor = Vendor {
    name: "standard",
    recognized_by: &[],
    iv: IvSource::Caller,
    sessions: 64,
    restart_finds_tokens: true,
};

/// All that is known. The first row that fits counts.
///
/// Where the rows come from: SoftHSM, from the tests; AWS CloudHSM, from its guide, "Supported mechanisms" (note on
/// AES-GCM) and "Known issues"; Thales Luna and ProtectServer, from the pages on `CKM_AES_GCM` of their guides. Only SoftHSM
/// was at hand to try.
pub static VENDORS: &[Vendor] = &[
    Vendor {
        name: "softhsm",
        recognized_by: &["softhsm"],
        iv: IvSource::Caller,
        sessions: 64,
        restart_finds_tokens: true,
    },
    Vendor {
        // An IV that is not zero is refused; the client connects again by itself.
        name: "aws-cloudhsm",
        recognized_by: &["cloudhsm", "cavium", "marvell"],
        iv: IvSource::TokenFills,
        sessions: 64,
        restart_finds_tokens: false,
    },
    Vendor {
        // With its policy 12, "allow non-FIPS algorithms", on.
        name: "luna",
        recognized_by: &["luna", "safenet", "gemalto", "thales"],
        iv: IvSource::Caller,
        sessions: 64,
        restart_finds_tokens: true,
    },
    Vendor {
        // With that policy off. A token does not say which holds, so this row is for the operator to name.
        name: "luna-fips",
        recognized_by: &[],
        iv: IvSource::TokenAppends,
        sessions: 64,
        restart_finds_tokens: true,
    },
];

impl Vendor {
    /// The row with this name, among them `standard`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VENDORS
            .iter()
            .chain([&STANDARD])
            .find(|vendor| vendor.name == name)
    }

    /// The row of the vendor that says these things of itself, else the standard's.
    pub(crate) fn recognize<'a>(words: impl IntoIterator<Item = &'a str>) -> &'static Self {
        let words: Vec<_> = words.into_iter().map(str::to_lowercase).collect();
        VENDORS
            .iter()
            .find(|vendor| {
                let said = |part: &&str| words.iter().any(|word| word.contains(part));
                vendor.recognized_by.iter().any(said)
            })
            .unwrap_or(&STANDARD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_recognized_by_what_they_say() {
        for (words, name) in [
            (&["SoftHSM", "Implementation of PKCS11"][..], "softhsm"),
            (&["Other", "SoftHSM project", "SoftHSM v2"], "softhsm"),
            (&["Cavium, Inc.", "NITROX"], "aws-cloudhsm"),
            (&["SafeNet", "Luna K7"], "luna"),
            (&["Somebody", "Else"], "standard"),
            (&[], "standard"),
        ] {
            assert_eq!(Vendor::recognize(words.iter().copied()).name, name);
        }
    }

    #[test]
    fn rows_are_found_by_name() {
        for vendor in VENDORS {
            assert_eq!(Vendor::named(vendor.name), Some(vendor));
        }
        assert_eq!(Vendor::named("standard"), Some(&STANDARD));
        assert_eq!(Vendor::named("none"), None);
        assert_eq!(
            Vendor::named("luna-fips").unwrap().iv,
            IvSource::TokenAppends
        );
    }

    #[test]
    fn what_a_row_is_recognized_by_is_in_lower_case() {
        for part in VENDORS.iter().flat_map(|vendor| vendor.recognized_by) {
            assert_eq!(*part, part.to_lowercase());
        }
    }
}
