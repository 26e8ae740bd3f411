//! The quotas of AWS KMS.
//!
//! Codes: those of the cryptographic operations with RSA keys and with symmetric keys stand in the
//! KMS developer guide; the other `L-…` are those by which published tools ask Service Quotas.

use super::{Covers, Measure, Quota, RegionalRate, Resource};
use crate::grant::MAX_GRANTS_PER_KEY;
use crate::key::{KeySpec, MAX_ON_DEMAND_ROTATIONS};
use crate::policy::PolicyKind;
use crate::tag::MAX_TAGS;

const CHINA: &[&str] = &["cn-north-1", "cn-northwest-1"];
const LARGE: &[&str] = &["us-east-1", "us-west-2", "eu-west-1"];
const MIDDLING: &[&str] = &[
    "us-east-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "eu-central-1",
    "eu-west-2",
];

const SYMMETRIC: Covers = Covers::Keys(
    &[
        KeySpec::SymmetricDefault,
        KeySpec::Hmac224,
        KeySpec::Hmac256,
        KeySpec::Hmac384,
        KeySpec::Hmac512,
    ],
    &[
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GenerateRandom",
        "ReEncrypt",
        "VerifyMac",
    ],
);
const RSA: Covers = Covers::Keys(
    &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096],
    &["Decrypt", "Encrypt", "ReEncrypt", "Sign", "Verify"],
);
const ML_DSA: Covers = Covers::Keys(
    &[KeySpec::MlDsa44, KeySpec::MlDsa65, KeySpec::MlDsa87],
    &["Sign", "Verify"],
);
const CURVES: Covers = Covers::Keys(
    &[
        KeySpec::EccNistP256,
        KeySpec::EccNistP384,
        KeySpec::EccNistP521,
        KeySpec::EccSecgP256k1,
        KeySpec::EccNistEdwards25519,
        KeySpec::Sm2,
    ],
    &[
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "ReEncrypt",
        "Sign",
        "Verify",
    ],
);

const fn rate(per_second: f64) -> RegionalRate {
    varying(per_second, &[])
}

const fn varying(
    elsewhere: f64,
    regions: &'static [(&'static [&'static str], f64)],
) -> RegionalRate {
    RegionalRate { elsewhere, regions }
}

const fn count(
    resource: Resource,
    most: usize,
    code: &'static str,
    setting: &'static str,
    name: &'static str,
) -> Quota {
    Quota {
        setting,
        name,
        code,
        adjustable: true,
        measure: Measure::Count(resource, most),
    }
}

/// A count that is the same for every account.
const fn fixed(quota: Quota) -> Quota {
    Quota {
        adjustable: false,
        ..quota
    }
}

const fn calls(
    covers: Covers,
    rate: RegionalRate,
    code: &'static str,
    setting: &'static str,
    name: &'static str,
) -> Quota {
    Quota {
        setting,
        name,
        code,
        adjustable: true,
        measure: Measure::PerSecond(covers, rate),
    }
}

/// The calls of one operation: how many, its code if it is known, its setting and its name.
macro_rules! operation {
    ($most:literal, $setting:literal, $name:literal) => {
        operation!($most, concat!("KS-", $name), $setting, $name)
    };
    ($most:literal, $code:expr, $setting:literal, $name:literal) => {
        calls(
            Covers::Operation($name),
            rate($most),
            $code,
            concat!($setting, "_rate"),
            concat!($name, " request rate"),
        )
    };
}

/// The making of data key pairs: how many, its code, its setting and its spec.
macro_rules! pairs {
    ($most:expr, $code:literal, $setting:literal, $name:literal = $spec:ident) => {
        calls(
            Covers::Pairs(KeySpec::$spec),
            $most,
            $code,
            concat!("generate_data_key_pair_", $setting, "_rate"),
            concat!("GenerateDataKeyPair (", $name, ") request rate"),
        )
    };
}

/// The table. First what there can be only so much of, in the order of [`Resource`].
#[rustfmt::skip]
pub const TABLE: &[Quota] = &[
    count(Resource::Keys, 100_000, "L-C2F1777E", "keys", "Customer Master Keys (CMKs)"),
    count(Resource::AliasesPerKey, 50, "L-340F62FB", "aliases_per_key", "Aliases per CMK"),
    count(Resource::GrantsPerKey, MAX_GRANTS_PER_KEY, "L-D594A657", "grants_per_key", "Grants per CMK"),
    count(Resource::CustomKeyStores, 10, "L-F33DCFEB", "custom_key_stores", "Custom Key Stores"),
    fixed(count(Resource::OnDemandRotationsPerKey, MAX_ON_DEMAND_ROTATIONS, "L-0E66C9C0", "on_demand_rotations_per_key", "On-demand rotations per CMK")),
    fixed(count(Resource::TagsPerKey, MAX_TAGS, "KS-TagsPerKey", "tags_per_key", "Tags per KMS key")),
    fixed(count(Resource::KeyPolicyBytes, PolicyKind::Key.max_length(), "KS-KeyPolicySize", "key_policy_bytes", "Key policy document size")),

    calls(SYMMETRIC, varying(10_000.0, &[(LARGE, 100_000.0), (MIDDLING, 20_000.0)]), "L-6E3AF000", "symmetric_rate", "Cryptographic operations (symmetric) request rate"),
    calls(RSA, rate(1000.0), "L-2AC98190", "rsa_rate", "Cryptographic operations (RSA) request rate"),
    calls(ML_DSA, rate(1000.0), "KS-MlDsa", "ml_dsa_rate", "Cryptographic operations (ML-DSA) request rate"),
    calls(CURVES, rate(1000.0), "L-DC14942D", "ecc_rate", "Cryptographic operations (ECC and SM2) request rate"),

    pairs!(rate(100.0), "L-D2EEB5E0", "ecc_nist_p256", "ECC_NIST_P256" = EccNistP256),
    pairs!(rate(100.0), "L-16B46EF0", "ecc_nist_p384", "ECC_NIST_P384" = EccNistP384),
    pairs!(rate(100.0), "L-1D966DA0", "ecc_nist_p521", "ECC_NIST_P521" = EccNistP521),
    pairs!(rate(100.0), "KS-Pair-ECC-SECG-P256K1", "ecc_secg_p256k1", "ECC_SECG_P256K1" = EccSecgP256k1),
    pairs!(rate(100.0), "KS-Pair-ECC-NIST-EDWARDS25519", "ecc_nist_edwards25519", "ECC_NIST_EDWARDS25519" = EccNistEdwards25519),
    pairs!(varying(20.0, &[(CHINA, 1.0)]), "KS-Pair-RSA-2048", "rsa_2048", "RSA_2048" = Rsa2048),
    pairs!(varying(4.0, &[(CHINA, 0.5)]), "KS-Pair-RSA-3072", "rsa_3072", "RSA_3072" = Rsa3072),
    pairs!(varying(1.0, &[(CHINA, 0.1)]), "KS-Pair-RSA-4096", "rsa_4096", "RSA_4096" = Rsa4096),
    pairs!(rate(25.0), "KS-Pair-SM2", "sm2", "SM2" = Sm2),

    operation!(5.0, "L-635264CC", "cancel_key_deletion", "CancelKeyDeletion"),
    operation!(5.0, "L-705B9E79", "connect_custom_key_store", "ConnectCustomKeyStore"),
    operation!(5.0, "L-F7504F73", "create_alias", "CreateAlias"),
    operation!(5.0, "L-08932E37", "create_custom_key_store", "CreateCustomKeyStore"),
    operation!(50.0, "L-0428A42E", "create_grant", "CreateGrant"),
    operation!(5.0, "L-32B67F4A", "create_key", "CreateKey"),
    operation!(15.0, "L-1F75ADD1", "delete_alias", "DeleteAlias"),
    operation!(5.0, "L-E99520CB", "delete_custom_key_store", "DeleteCustomKeyStore"),
    operation!(15.0, "L-1233BF9B", "delete_imported_key_material", "DeleteImportedKeyMaterial"),
    operation!(5.0, "L-E20AA94C", "describe_custom_key_stores", "DescribeCustomKeyStores"),
    operation!(2000.0, "L-FAE8F084", "describe_key", "DescribeKey"),
    operation!(5.0, "L-6B8C93BD", "disable_key", "DisableKey"),
    operation!(5.0, "L-CE1DB614", "disable_key_rotation", "DisableKeyRotation"),
    operation!(5.0, "L-9F1FCF6D", "disconnect_custom_key_store", "DisconnectCustomKeyStore"),
    operation!(5.0, "L-BD96F100", "enable_key", "EnableKey"),
    operation!(15.0, "L-BE799B67", "enable_key_rotation", "EnableKeyRotation"),
    operation!(5.0, "get_key_last_usage", "GetKeyLastUsage"),
    operation!(1000.0, "get_key_policy", "GetKeyPolicy"),
    operation!(1000.0, "get_key_rotation_status", "GetKeyRotationStatus"),
    operation!(1.0, "get_parameters_for_import", "GetParametersForImport"),
    operation!(2000.0, "get_public_key", "GetPublicKey"),
    operation!(15.0, "import_key_material", "ImportKeyMaterial"),
    operation!(500.0, "list_aliases", "ListAliases"),
    operation!(100.0, "list_grants", "ListGrants"),
    operation!(100.0, "list_key_policies", "ListKeyPolicies"),
    operation!(100.0, "list_key_rotations", "ListKeyRotations"),
    operation!(500.0, "list_keys", "ListKeys"),
    operation!(2000.0, "list_resource_tags", "ListResourceTags"),
    operation!(100.0, "list_retirable_grants", "ListRetirableGrants"),
    operation!(15.0, "put_key_policy", "PutKeyPolicy"),
    operation!(5.0, "replicate_key", "ReplicateKey"),
    operation!(50.0, "retire_grant", "RetireGrant"),
    operation!(50.0, "revoke_grant", "RevokeGrant"),
    operation!(5.0, "rotate_key_on_demand", "RotateKeyOnDemand"),
    operation!(15.0, "schedule_key_deletion", "ScheduleKeyDeletion"),
    operation!(10.0, "tag_resource", "TagResource"),
    operation!(5.0, "untag_resource", "UntagResource"),
    operation!(5.0, "update_alias", "UpdateAlias"),
    operation!(5.0, "update_custom_key_store", "UpdateCustomKeyStore"),
    operation!(5.0, "update_key_description", "UpdateKeyDescription"),
    operation!(5.0, "update_primary_region", "UpdatePrimaryRegion"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_codes_and_settings_are_unique_and_well_formed() {
        let texts: [fn(&Quota) -> &'static str; 3] = [
            |quota| quota.name,
            |quota| quota.code,
            |quota| quota.setting,
        ];
        for text in texts {
            let all: BTreeSet<_> = TABLE.iter().map(text).collect();
            assert_eq!(all.len(), TABLE.len());
        }
        for quota in TABLE {
            let (code, setting) = (quota.code, quota.setting);
            let is_aws = code.strip_prefix("L-").is_some_and(|digits| {
                digits.len() == 8
                    && digits
                        .bytes()
                        .all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'))
            });
            assert!(is_aws || code.starts_with("KS-"), "{code}");
            assert!(
                code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                "{code}"
            );
            assert!(
                setting
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            let is_rate = matches!(quota.measure, Measure::PerSecond(..));
            assert_eq!(setting.ends_with("_rate"), is_rate, "{setting}");
            assert_eq!(quota.name.ends_with(" request rate"), is_rate, "{setting}");
        }
    }

    #[test]
    fn settings_are_named_after_operations() {
        for quota in TABLE {
            let Measure::PerSecond(Covers::Operation(operation), _) = quota.measure else {
                continue;
            };
            let mut setting = String::new();
            for letter in operation.chars() {
                if letter.is_ascii_uppercase() && !setting.is_empty() {
                    setting.push('_');
                }
                setting.push(letter.to_ascii_lowercase());
            }
            assert_eq!(quota.setting, format!("{setting}_rate"));
        }
    }

    #[test]
    fn resources_come_first_and_in_order() {
        let resources = TABLE.iter().map_while(|quota| match quota.measure {
            Measure::Count(resource, _) => Some(resource),
            Measure::PerSecond(..) => None,
        });
        let resources: Vec<_> = resources.collect();
        let places: Vec<_> = resources
            .iter()
            .map(|resource| *resource as usize)
            .collect();
        assert_eq!(places, [0, 1, 2, 3, 4, 5, 6]);
        let is_count = |quota: &&Quota| matches!(quota.measure, Measure::Count(..));
        assert_eq!(TABLE.iter().filter(is_count).count(), resources.len());
    }

    #[test]
    fn defaults_are_those_of_the_region() {
        let of = |code, region| {
            let quota = TABLE.iter().find(|quota| quota.code == code).unwrap();
            quota.aws_default(region)
        };
        for (region, symmetric, rsa_pairs) in [
            ("us-east-1", 100_000.0, 20.0),
            ("eu-central-1", 20_000.0, 20.0),
            ("eu-central-2", 10_000.0, 20.0),
            ("cn-north-1", 10_000.0, 1.0),
        ] {
            assert!(
                (of("L-6E3AF000", region) - symmetric).abs() < f64::EPSILON,
                "{region}"
            );
            assert!(
                (of("KS-Pair-RSA-2048", region) - rsa_pairs).abs() < f64::EPSILON,
                "{region}"
            );
            assert!((of("L-C2F1777E", region) - 100_000.0).abs() < f64::EPSILON);
        }
    }
}
