//! Key material that is shown, or copied by accident.

use keystead_crypto::{KeyMaterial, SecretBytes};

fn show(material: &KeyMaterial, secret: &SecretBytes) -> String {
    let _copy: SecretBytes = secret.clone();
    format!("{material}")
}

fn main() {}
