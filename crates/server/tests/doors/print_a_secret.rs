//! Key material that is shown.

use keystead_crypto::{KeyMaterial, SecretBytes};

fn show(material: &KeyMaterial, secret: SecretBytes) -> String {
    let _ = serde_json::to_string(material);
    let _ = secret.clone();
    format!("{material}")
}

fn main() {}
