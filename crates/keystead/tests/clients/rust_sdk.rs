//! The AWS SDK for Rust.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Debug;

use aws_credential_types::Credentials;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;
use aws_sdk_kms::operation::cancel_key_deletion::CancelKeyDeletionError;
use aws_sdk_kms::operation::create_alias::CreateAliasError;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::operation::describe_key::DescribeKeyError;
use aws_sdk_kms::operation::encrypt::EncryptError;
use aws_sdk_kms::operation::list_keys::ListKeysError;
use aws_sdk_kms::operation::put_key_policy::PutKeyPolicyError;
use aws_sdk_kms::operation::tag_resource::TagResourceError;
use aws_sdk_kms::operation::verify::VerifyError;
use aws_sdk_kms::operation::verify_mac::VerifyMacError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeySpec, EncryptionAlgorithmSpec, KeySpec, KeyState, KeyUsageType, MacAlgorithmSpec,
    SigningAlgorithmSpec, Tag,
};
use keystead_testkit::Server;

use crate::server;

/// A client over plain HTTP, which needs none of the SDK's TLS.
fn client(server: &Server) -> Client {
    let (id, secret) = server.credentials();
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(server.url())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(id, secret, None, None, "the tests"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

async fn new_key(kms: &Client) -> String {
    let made = kms.create_key().send().await.unwrap();
    made.key_metadata.unwrap().arn.unwrap()
}

#[tokio::test]
async fn ciphertexts() {
    let server = server();
    let kms = client(&server);
    let (key, other) = (new_key(&kms).await, new_key(&kms).await);
    let context = HashMap::from([
        ("app".to_owned(), "značka".to_owned()),
        ("empty".to_owned(), String::new()),
    ]);
    let encrypted = kms
        .encrypt()
        .key_id(&key)
        .plaintext(Blob::new("attack at dawn"))
        .set_encryption_context(Some(context.clone()))
        .send()
        .await
        .unwrap();
    assert_eq!(encrypted.key_id(), Some(key.as_str()));
    let blob = encrypted.ciphertext_blob.unwrap();

    let opened = kms
        .decrypt()
        .ciphertext_blob(blob.clone())
        .set_encryption_context(Some(context.clone()))
        .send()
        .await
        .unwrap();
    assert_eq!(opened.plaintext().unwrap().as_ref(), b"attack at dawn");
    assert_eq!(
        opened.encryption_algorithm(),
        Some(&EncryptionAlgorithmSpec::SymmetricDefault)
    );

    let moved = kms
        .re_encrypt()
        .ciphertext_blob(blob)
        .set_source_encryption_context(Some(context))
        .destination_key_id(&other)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (moved.source_key_id(), moved.key_id()),
        (Some(key.as_str()), Some(other.as_str()))
    );
    let moved = moved.ciphertext_blob.unwrap();
    let opened = kms.decrypt().ciphertext_blob(moved).send().await.unwrap();
    assert_eq!(opened.plaintext().unwrap().as_ref(), b"attack at dawn");
}

#[tokio::test]
async fn data_keys() {
    let server = server();
    let kms = client(&server);
    let key = new_key(&kms).await;
    let made = kms
        .generate_data_key()
        .key_id(&key)
        .key_spec(DataKeySpec::Aes256)
        .send()
        .await
        .unwrap();
    assert_eq!(made.plaintext().unwrap().as_ref().len(), 32);
    let blob = made.ciphertext_blob().unwrap().clone();
    let opened = kms.decrypt().ciphertext_blob(blob).send().await.unwrap();
    assert_eq!(opened.plaintext(), made.plaintext());
    assert_eq!(opened.key_material_id(), made.key_material_id());

    let hidden = kms
        .generate_data_key_without_plaintext()
        .key_id(&key)
        .number_of_bytes(64)
        .send()
        .await
        .unwrap();
    let blob = hidden.ciphertext_blob.unwrap();
    let opened = kms.decrypt().ciphertext_blob(blob).send().await.unwrap();
    assert_eq!(opened.plaintext().unwrap().as_ref().len(), 64);
}

async fn new_key_of(kms: &Client, spec: KeySpec, usage: KeyUsageType) -> String {
    let made = kms.create_key().key_spec(spec).key_usage(usage);
    let made = made.send().await.unwrap();
    made.key_metadata.unwrap().arn.unwrap()
}

#[tokio::test]
async fn signatures() {
    let server = server();
    let kms = client(&server);
    let key = new_key_of(&kms, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let algorithm = SigningAlgorithmSpec::EcdsaSha256;
    let signed = kms
        .sign()
        .key_id(&key)
        .signing_algorithm(algorithm.clone())
        .message(Blob::new("attack at dawn"))
        .send()
        .await
        .unwrap();
    assert_eq!(signed.key_id(), Some(key.as_str()));
    let verify = |message: &str| {
        kms.verify()
            .key_id(&key)
            .signing_algorithm(algorithm.clone())
            .message(Blob::new(message))
            .set_signature(signed.signature.clone())
            .send()
    };
    assert!(verify("attack at dawn").await.unwrap().signature_valid());
    let (error, message) = modelled(verify("attack at noon").await);
    assert!(matches!(
        error,
        VerifyError::KmsInvalidSignatureException(_)
    ));
    assert_eq!(message, "");
}

#[tokio::test]
async fn macs() {
    let server = server();
    let kms = client(&server);
    let key = new_key_of(&kms, KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac).await;
    let algorithm = MacAlgorithmSpec::HmacSha256;
    let made = kms
        .generate_mac()
        .key_id(&key)
        .mac_algorithm(algorithm.clone())
        .message(Blob::new("attack at dawn"))
        .send()
        .await
        .unwrap();
    assert_eq!(made.mac().unwrap().as_ref().len(), 32);
    let verify = |message: &str| {
        kms.verify_mac()
            .key_id(&key)
            .mac_algorithm(algorithm.clone())
            .message(Blob::new(message))
            .set_mac(made.mac.clone())
            .send()
    };
    assert!(verify("attack at dawn").await.unwrap().mac_valid());
    let (error, _) = modelled(verify("attack at noon").await);
    assert!(matches!(error, VerifyMacError::KmsInvalidMacException(_)));
}

#[tokio::test]
async fn a_life_and_its_pages() {
    let server = server();
    let kms = client(&server);
    let mut keys = Vec::new();
    for _ in 0..5 {
        keys.push(new_key(&kms).await);
    }
    keys.sort();
    let pages = kms.list_keys().into_paginator().page_size(2);
    let listed = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    let listed: Vec<String> = listed
        .unwrap()
        .into_iter()
        .map(|entry| entry.key_arn.unwrap())
        .collect();
    assert_eq!(listed, keys);

    let key = &keys[0];
    let scheduled = kms
        .schedule_key_deletion()
        .key_id(key)
        .pending_window_in_days(7)
        .send()
        .await
        .unwrap();
    assert_eq!(scheduled.key_state(), Some(&KeyState::PendingDeletion));
    let seconds = scheduled.deletion_date().unwrap().secs();
    let described = kms.describe_key().key_id(key).send().await.unwrap();
    let metadata = described.key_metadata.unwrap();
    assert_eq!(metadata.deletion_date().unwrap().secs(), seconds);
    let waits = seconds - metadata.creation_date().unwrap().secs();
    assert!((7 * 86_400..7 * 86_400 + 300).contains(&waits), "{waits}");
    kms.cancel_key_deletion().key_id(key).send().await.unwrap();
    kms.enable_key().key_id(key).send().await.unwrap();
}

/// What the service answered, as the operation's own type of errors, and its message.
fn modelled<T: Debug, E, R: Debug>(result: Result<T, SdkError<E, R>>) -> (E, String)
where
    E: ProvideErrorMetadata + RequestId + Error,
{
    match result {
        Err(SdkError::ServiceError(answer)) => {
            let error = answer.into_err();
            assert!(error.request_id().is_some_and(|id| id.len() == 36));
            let message = error.message().unwrap_or_default().to_owned();
            (error, message)
        }
        other => panic!("not a refusal: {other:?}"),
    }
}

#[tokio::test]
async fn typed_errors_of_keys_and_ciphertexts() {
    let server = server();
    let kms = client(&server);
    let (key, other) = (new_key(&kms).await, new_key(&kms).await);
    let disabled = new_key(&kms).await;
    kms.disable_key().key_id(&disabled).send().await.unwrap();
    let encrypt = |key: &str| kms.encrypt().key_id(key).plaintext(Blob::new("x"));
    let blob = encrypt(&key).send().await.unwrap().ciphertext_blob.unwrap();

    let (error, message) = modelled(encrypt(&disabled).send().await);
    assert!(matches!(error, EncryptError::DisabledException(_)));
    assert_eq!(message, format!("{disabled} is disabled."));

    let (error, _) = modelled(encrypt(&key).dry_run(true).send().await);
    assert!(matches!(error, EncryptError::DryRunOperationException(_)));

    let algorithm = EncryptionAlgorithmSpec::RsaesOaepSha256;
    let (error, _) = modelled(encrypt(&key).encryption_algorithm(algorithm).send().await);
    assert!(matches!(error, EncryptError::InvalidKeyUsageException(_)));

    let (error, _) = modelled(encrypt(&key).grant_tokens("none").send().await);
    assert!(matches!(error, EncryptError::InvalidGrantTokenException(_)));

    let decrypt = || kms.decrypt().ciphertext_blob(blob.clone());
    let (error, message) = modelled(decrypt().encryption_context("a", "1").send().await);
    assert!(matches!(error, DecryptError::InvalidCiphertextException(_)));
    assert_eq!(message, "");

    let (error, _) = modelled(decrypt().key_id(&other).send().await);
    assert!(matches!(error, DecryptError::IncorrectKeyException(_)));

    let (error, message) = modelled(kms.describe_key().key_id("nope").send().await);
    assert!(matches!(error, DescribeKeyError::NotFoundException(_)));
    assert_eq!(message, "Invalid keyId 'nope'");

    let (error, _) = modelled(kms.describe_key().key_id("arn:aws:s3:::x").send().await);
    assert!(matches!(error, DescribeKeyError::InvalidArnException(_)));

    let (error, _) = modelled(kms.cancel_key_deletion().key_id(&key).send().await);
    assert!(matches!(
        error,
        CancelKeyDeletionError::KmsInvalidStateException(_)
    ));
}

#[tokio::test]
async fn typed_errors_of_management() {
    let server = server();
    let kms = client(&server);
    let key = new_key(&kms).await;
    let alias = || kms.create_alias().alias_name("alias/a").target_key_id(&key);
    alias().send().await.unwrap();
    let (error, _) = modelled(alias().send().await);
    assert!(matches!(error, CreateAliasError::AlreadyExistsException(_)));

    let tag = Tag::builder()
        .tag_key("aws:x")
        .tag_value("")
        .build()
        .unwrap();
    let (error, _) = modelled(kms.tag_resource().key_id(&key).tags(tag).send().await);
    assert!(matches!(error, TagResourceError::TagException(_)));

    let policy = kms.put_key_policy().key_id(&key).policy("{}");
    let (error, _) = modelled(policy.send().await);
    assert!(matches!(
        error,
        PutKeyPolicyError::MalformedPolicyDocumentException(_)
    ));

    let policy = kms.put_key_policy().key_id(&key).policy(" ".repeat(32_769));
    let (error, _) = modelled(policy.send().await);
    assert!(matches!(
        error,
        PutKeyPolicyError::LimitExceededException(_)
    ));

    let (error, _) = modelled(kms.list_keys().marker("nonsense").send().await);
    assert!(matches!(error, ListKeysError::InvalidMarkerException(_)));

    // Not in the model, so that only its code tells.
    let (error, message) = modelled(
        kms.create_alias()
            .alias_name("a")
            .target_key_id(&key)
            .send()
            .await,
    );
    assert_eq!(error.code(), Some("ValidationException"));
    assert!(message.starts_with("Alias must start with the prefix \"alias/\"."));
}
