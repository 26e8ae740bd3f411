//! The examples of GB/T 32918.5, annexes A and C, with the curve that is used, and what must not be
//! imported.

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};

use super::imported;
use crate::{
    CryptoError, Message, OpenedKey,
    vectors::{hex, unhex},
};

const SCALAR: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const POINT: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                     ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const SPKI: &str = "3059301306072a8648ce3d020106082a811ccf5501822d03420004";

/// PKCS #8 around a scalar alone.
fn document(scalar: &str) -> Vec<u8> {
    let head = "3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420";
    unhex(&format!("{head}{scalar}"))
}

fn key() -> OpenedKey {
    imported(KeySpec::Sm2, &document(SCALAR)).unwrap()
}

#[test]
fn the_public_key_is_the_examples() {
    let key = key();
    let key = key.private().unwrap();
    assert_eq!(hex(key.public_key()), format!("{SPKI}{POINT}"));
}

#[test]
fn the_signature_verifies_over_the_message_and_its_digest() {
    let key = key();
    let key = key.private().unwrap();
    // r begins with a bit that DER keeps from being a sign, and so does s.
    let signature = unhex(
        "3046\
         022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let digest = unhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    for message in [Message::Raw(b"message digest"), Message::Digest(&digest)] {
        key.verify(SigningAlgorithm::Sm2Dsa, message, &signature)
            .unwrap();
    }
}

#[test]
fn the_ciphertext_decrypts() {
    let key = key();
    // C1's coordinates, C3 and C2, the second coordinate with a zero before its first bit.
    let ciphertext = unhex(
        "307c\
         022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
         022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0\
         042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766\
         041321886ca989ca9c7d58087307ca93092d651efa",
    );
    let plaintext = key
        .private()
        .unwrap()
        .decrypt(EncryptionAlgorithm::Sm2Pke, &ciphertext);
    assert_eq!(plaintext.unwrap().expose(), b"encryption standard");
}

/// The example's C1, multiplied with the scalar, has the x₂ that the example tells.
#[test]
fn the_shared_point_is_the_examples() {
    let peer = unhex(&format!(
        "{SPKI}\
         04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
         e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    ));
    assert_eq!(
        hex(key().private().unwrap().agree(&peer).unwrap().expose()),
        "335e18d751e51f040e27d468138b7ab1dc86ad7f981d7d416222fd6ab3ed230d"
    );
}

#[test]
fn scalars_out_of_range_are_refused() {
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let less = |by: u8| format!("{}{:02x}", &order[..62], 0x23 - by);
    for scalar in ["00".repeat(32), order.to_owned(), less(1), "ff".repeat(32)] {
        let result = imported(KeySpec::Sm2, &document(&scalar)).err();
        assert!(
            matches!(result, Some(CryptoError::InvalidMaterial { .. })),
            "{scalar}: {result:?}"
        );
    }
    imported(KeySpec::Sm2, &document(&less(2))).unwrap();
}
