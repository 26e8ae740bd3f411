//! Digests: what proves an hour of an account's records in a Region, and the digests before it.
//!
//! Source: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file
//! integrity validation" in the CloudTrail user guide.

use keystead_core::key::SigningAlgorithm;
use keystead_crypto::{Message, RsaVerifier, sha256};
use serde::{Deserialize, Serialize};

use super::hex;

/// The algorithm of signatures, as digests and their metadata call it.
pub const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";

/// The same, as keys know it.
pub(super) const SIGNING: SigningAlgorithm = SigningAlgorithm::RsassaPkcs1V15Sha256;

/// The algorithm of hashes, as digests call it.
const HASH_ALGORITHM: &str = "SHA-256";

/// A digest, as it stands in its file. Times are texts in the form of `eventTime`, hashes and
/// signatures hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Digest {
    /// The account whose records it proves.
    pub aws_account_id: String,
    /// From when on.
    pub digest_start_time: String,
    /// Until when.
    pub digest_end_time: String,
    /// The bucket that it was delivered to.
    #[serde(rename = "digestS3Bucket")]
    pub bucket: String,
    /// Its own name.
    #[serde(rename = "digestS3Object")]
    pub object: String,
    /// The fingerprint of the public key that its signature is checked with.
    pub digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    /// The latest `eventTime` in its log files.
    pub newest_event_time: Option<String>,
    /// The earliest `eventTime` in its log files.
    pub oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<String>,
    /// The name of the digest before it; `None` in the first of a chain.
    #[serde(rename = "previousDigestS3Object")]
    pub previous_object: Option<String>,
    /// The hash of that one, before it was compressed.
    pub previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    /// The signature of that one.
    pub previous_digest_signature: Option<String>,
    /// The log files that were delivered in this time.
    pub log_files: Vec<ProvenFile>,
}

/// A log file, as a digest tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProvenFile {
    /// The bucket that it was delivered to.
    #[serde(rename = "s3Bucket")]
    pub bucket: String,
    /// Its name.
    #[serde(rename = "s3Object")]
    pub object: String,
    /// Its hash before it was compressed.
    pub hash_value: String,
    hash_algorithm: String,
    /// The latest `eventTime` in it.
    pub newest_event_time: String,
    /// The earliest `eventTime` in it.
    pub oldest_event_time: String,
}

/// The digest before another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Previous {
    pub(super) object: String,
    pub(super) hash: String,
    pub(super) signature: String,
}

/// A log file that a digest is to tell of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delivered {
    pub(super) object: String,
    pub(super) hash: String,
    pub(super) newest: String,
    pub(super) oldest: String,
}

/// What a digest is made of.
pub(super) struct Contents<'a> {
    pub(super) account: &'a str,
    pub(super) start: String,
    pub(super) end: String,
    pub(super) bucket: &'a str,
    pub(super) object: &'a str,
    pub(super) fingerprint: &'a str,
    pub(super) previous: Option<&'a Previous>,
    pub(super) files: &'a [Delivered],
}

impl Digest {
    pub(super) fn new(contents: &Contents<'_>) -> Self {
        let previous = contents.previous;
        let file = |file: &Delivered| ProvenFile {
            bucket: contents.bucket.to_owned(),
            object: file.object.clone(),
            hash_value: file.hash.clone(),
            hash_algorithm: HASH_ALGORITHM.to_owned(),
            newest_event_time: file.newest.clone(),
            oldest_event_time: file.oldest.clone(),
        };
        let files = contents.files;
        Self {
            aws_account_id: contents.account.to_owned(),
            digest_start_time: contents.start.clone(),
            digest_end_time: contents.end.clone(),
            bucket: contents.bucket.to_owned(),
            object: contents.object.to_owned(),
            digest_public_key_fingerprint: contents.fingerprint.to_owned(),
            digest_signature_algorithm: SIGNATURE_ALGORITHM.to_owned(),
            newest_event_time: files.iter().map(|file| &file.newest).max().cloned(),
            oldest_event_time: files.iter().map(|file| &file.oldest).min().cloned(),
            previous_bucket: previous.map(|_| contents.bucket.to_owned()),
            previous_object: previous.map(|previous| previous.object.clone()),
            previous_digest_hash_value: previous.map(|previous| previous.hash.clone()),
            previous_digest_hash_algorithm: previous.map(|_| HASH_ALGORITHM.to_owned()),
            previous_digest_signature: previous.map(|previous| previous.signature.clone()),
            log_files: files.iter().map(file).collect(),
        }
    }

    /// What is signed of a digest whose file, before it is compressed, has these bytes.
    pub(super) fn string_to_sign(&self, json: &[u8]) -> String {
        let (end, bucket, object) = (&self.digest_end_time, &self.bucket, &self.object);
        let hash = hex::encode(&sha256(json));
        let previous = self.previous_digest_signature.as_deref().unwrap_or("null");
        format!("{end}\n{bucket}/{object}\n{hash}\n{previous}")
    }

    /// Whether a signature, in hexadecimal, is one of the key on the digest with these bytes.
    #[must_use]
    pub(super) fn is_signed(&self, json: &[u8], signature: &str, key: &RsaVerifier) -> bool {
        let text = self.string_to_sign(json);
        let message = Message::Raw(text.as_bytes());
        hex::decode(signature)
            .is_some_and(|signature| key.verify(SIGNING, message, &signature).is_ok())
    }
}

/// The name by which digests call a public key (`RSAPublicKey`, DER): half of its SHA-256, in
/// hexadecimal.
#[must_use]
pub(super) fn fingerprint(public_key: &[u8]) -> String {
    let mut text = hex::encode(&sha256(public_key));
    text.truncate(32);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_cloudtrails_shape() {
        let previous = Previous {
            object: "p".to_owned(),
            hash: "aa".to_owned(),
            signature: "bb".to_owned(),
        };
        let file = |object: &str, oldest: &str, newest: &str| Delivered {
            object: object.to_owned(),
            hash: "cc".to_owned(),
            newest: newest.to_owned(),
            oldest: oldest.to_owned(),
        };
        let files = [file("l", "1", "3"), file("m", "2", "2")];
        let mut contents = Contents {
            account: "111122223333",
            start: "2026-01-02T02:00:00Z".to_owned(),
            end: "2026-01-02T03:00:00Z".to_owned(),
            bucket: "b",
            object: "o",
            fingerprint: "f",
            previous: Some(&previous),
            files: &files,
        };
        let digest = Digest::new(&contents);
        let json = serde_json::to_string(&digest).unwrap();
        let expected = concat!(
            r#"{"awsAccountId":"111122223333","digestStartTime":"2026-01-02T02:00:00Z","digestEndTime":"2026-01-02T03:00:00Z","#,
            r#""digestS3Bucket":"b","digestS3Object":"o","digestPublicKeyFingerprint":"f","digestSignatureAlgorithm":"SHA256withRSA","#,
            r#""newestEventTime":"3","oldestEventTime":"1","previousDigestS3Bucket":"b","previousDigestS3Object":"p","#,
            r#""previousDigestHashValue":"aa","previousDigestHashAlgorithm":"SHA-256","previousDigestSignature":"bb","logFiles":["#,
            r#"{"s3Bucket":"b","s3Object":"l","hashValue":"cc","hashAlgorithm":"SHA-256","newestEventTime":"3","oldestEventTime":"1"},"#,
            r#"{"s3Bucket":"b","s3Object":"m","hashValue":"cc","hashAlgorithm":"SHA-256","newestEventTime":"2","oldestEventTime":"2"}]}"#
        );
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        let empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            digest.string_to_sign(b""),
            format!("2026-01-02T03:00:00Z\nb/o\n{empty_hash}\nbb")
        );
        (contents.previous, contents.files) = (None, &[]);
        let first = Digest::new(&contents);
        let json = serde_json::to_string(&first).unwrap();
        let nulls = r#""newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#;
        assert!(json.ends_with(nulls), "{json}");
        assert!(first.string_to_sign(b"").ends_with("\nnull"));
    }

    #[test]
    fn fingerprints_have_32_digits() {
        assert_eq!(fingerprint(b""), "e3b0c44298fc1c149afbf4c8996fb924");
    }
}
