//! The place a sealed value belongs to.

use keystead_core::key::KeySpec;

use crate::canonical::{prefixed_len, put_prefixed};

/// Where and for what a sealed value may be used.
///
/// It is authenticated, not stored, with the value: opening asks for the same binding again. A
/// value copied to another row of the store, another account or another use does not open there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The AWS region name, or `""` for what is global.
    pub region: &'a str,
    /// The twelve-digit account id.
    pub account: &'a str,
    /// The id of the key, or of whatever else holds the secret (an access key id).
    pub key_id: &'a str,
    /// Which of the holder's materials this is, or `""` when it has but one.
    pub material_id: &'a str,
    /// What the value is.
    pub purpose: Purpose,
}

/// What a sealed value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Material of a KMS key. Its specification is bound too, so that equal-sized material of one
    /// kind of key is never taken for another's.
    KeyMaterial(KeySpec),
    /// The secret half of an IAM access key or session.
    AccessKeySecret,
    /// The private key that key material is wrapped to on its way here, an RSA or SM2 key.
    WrappingKey(KeySpec),
    /// What Keystead proves itself with to what is behind a custom key store: a token's PIN, or the secret that
    /// requests to a proxy are signed with.
    CustomKeyStoreSecret,
}

impl Purpose {
    /// The code of this purpose in the encoding. Codes are never reused.
    const fn code(self) -> [u8; 2] {
        match self {
            Self::KeyMaterial(spec) => [1, spec_code(spec)],
            Self::AccessKeySecret => [2, 0],
            Self::WrappingKey(spec) => [3, spec_code(spec)],
            Self::CustomKeyStoreSecret => [4, 0],
        }
    }
}

/// The code of a key's kind. Codes are never reused.
const fn spec_code(spec: KeySpec) -> u8 {
    match spec {
        KeySpec::SymmetricDefault => 1,
        KeySpec::Rsa2048 => 2,
        KeySpec::Rsa3072 => 3,
        KeySpec::Rsa4096 => 4,
        KeySpec::EccNistP256 => 5,
        KeySpec::EccNistP384 => 6,
        KeySpec::EccNistP521 => 7,
        KeySpec::EccSecgP256k1 => 8,
        KeySpec::EccNistEdwards25519 => 9,
        KeySpec::Hmac224 => 10,
        KeySpec::Hmac256 => 11,
        KeySpec::Hmac384 => 12,
        KeySpec::Hmac512 => 13,
        KeySpec::MlDsa44 => 14,
        KeySpec::MlDsa65 => 15,
        KeySpec::MlDsa87 => 16,
        KeySpec::Sm2 => 17,
    }
}

impl Binding<'_> {
    /// The canonical bytes: two of purpose, then each field behind its length, in the order of
    /// their declaration.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let fields = [self.region, self.account, self.key_id, self.material_id];
        let code = self.purpose.code();
        let length = code.len()
            + fields
                .map(|field| prefixed_len(field.as_bytes()))
                .iter()
                .sum::<usize>();
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(&code);
        for field in fields {
            put_prefixed(&mut out, field.as_bytes());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_encoding_is_fixed() {
        let binding = Binding {
            region: "eu",
            account: "1",
            key_id: "",
            material_id: "m",
            purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
        };
        let expected =
            b"\x01\x01\0\0\0\0\0\0\0\x02eu\0\0\0\0\0\0\0\x011\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01m";
        assert_eq!(binding.encode(), expected);
    }

    /// Few letters and a NUL, so that chance does find neighbours that a careless encoding would
    /// merge.
    fn fields() -> impl Strategy<Value = ([String; 4], bool)> {
        (
            std::array::from_fn::<_, 4, _>(|_| "[ab\u{0}\u{1}]{0,3}"),
            any::<bool>(),
        )
    }

    fn encoded((fields, secret): &([String; 4], bool)) -> Vec<u8> {
        let [region, account, key_id, material_id] = fields;
        let purpose = if *secret {
            Purpose::AccessKeySecret
        } else {
            Purpose::KeyMaterial(KeySpec::SymmetricDefault)
        };
        Binding {
            region,
            account,
            key_id,
            material_id,
            purpose,
        }
        .encode()
    }

    proptest! {
        #[test]
        fn equal_bytes_mean_equal_bindings(one in fields(), other in fields()) {
            prop_assert_eq!(one == other, encoded(&one) == encoded(&other));
        }

        #[test]
        fn text_moved_between_fields_shows(
            text in "[ab]{1,6}",
            cut in 0usize..7,
            other_cut in 0usize..7,
        ) {
            let (cut, other_cut) = (cut.min(text.len()), other_cut.min(text.len()));
            let split = |at: usize| ([&text[..at], &text[at..], "", ""].map(str::to_owned), true);
            prop_assert_eq!(cut == other_cut, encoded(&split(cut)) == encoded(&split(other_cut)));
        }
    }
}
