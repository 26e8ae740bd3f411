//! The key policy of an AWS owned key.

/// The key policy of a key that a service makes for itself, unless it brings another: all rights to
/// the service.
///
/// Takes the service's name, such as `s3.us-east-1.amazonaws.com`. AWS shows none of these to anybody,
/// so that the words are ours.
#[must_use]
pub fn owned_key_policy(service: &str) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-owned-1",
  "Statement" : [ {{
    "Sid" : "Allow the service that owns the key to use and administer it",
    "Effect" : "Allow",
    "Principal" : {{
      "Service" : "{service}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::KeyPolicy;
    use super::*;

    #[test]
    fn it_is_a_key_policy() {
        let text = owned_key_policy("s3.us-east-1.amazonaws.com");
        assert!(KeyPolicy::parse(&text).is_ok());
    }
}
