//! Calls to the key service of a server, and how their answers are shown.

use serde_json::{Value, json};

use super::error::KeyError;
use super::metadata;
use crate::api::{self, Service};
use crate::client::answer::{list, text};
use crate::client::pages::{self, Marker};
use crate::client::{Client, ClientError};
use crate::greeting;
use crate::principals;
use crate::words::clean;

/// A server's key service, and whoever reads what it answers.
pub(super) struct Session {
    client: Client,
    json: bool,
}

/// An answer, or why the server refused one. What keeps the server from answering at all is no
/// reading.
pub(super) type Reading = Result<Value, ClientError>;

impl Session {
    pub(super) const fn new(client: Client, json: bool) -> Self {
        Self { client, json }
    }

    /// Calls an operation of KMS.
    ///
    /// # Errors
    /// [`KeyError::Call`].
    pub(super) fn call(&self, operation: &'static str, input: &Value) -> Result<Value, KeyError> {
        let target = format!("TrentService.{operation}");
        let answer = self.client.call("kms", &target, input);
        answer.map_err(|source| KeyError::Call { operation, source })
    }

    /// Calls an operation that writes a policy. Where it is refused because of whom it names, the
    /// error tells who that is, as far as the caller can find out.
    ///
    /// # Errors
    /// [`KeyError::Call`] and [`KeyError::Principals`].
    pub(super) fn write_policy(
        &self,
        operation: &'static str,
        input: &Value,
        policy: &str,
    ) -> Result<Value, KeyError> {
        self.call(operation, input).map_err(|error| match error {
            KeyError::Call { operation, source } if principals::are_refused(&source) => {
                match self.missing(policy) {
                    names if names.is_empty() => KeyError::Call { operation, source },
                    names => KeyError::Principals {
                        operation,
                        names,
                        source,
                    },
                }
            }
            error => error,
        })
    }

    fn missing(&self, policy: &str) -> Vec<String> {
        let call = |service, operation: &str, input: &Value| {
            api::call(&self.client, service, operation, input)
        };
        // Without an answer, the refusal has to do.
        let Ok(caller) = call(Service::Sts, "GetCallerIdentity", &json!({})) else {
            return Vec::new();
        };
        let ask = |operation: &str, input: &Value| call(Service::Iam, operation, input);
        principals::missing(policy, text(&caller, "Account"), &ask)
    }

    /// Calls an operation that the caller may lack the permission for, or that is not for this key.
    ///
    /// # Errors
    /// [`KeyError::Call`], but for refusals.
    pub(super) fn read(&self, operation: &'static str, input: &Value) -> Result<Reading, KeyError> {
        refusal_as_reading(self.call(operation, input))
    }

    /// Lists what is in all pages.
    ///
    /// # Errors
    /// [`KeyError::Call`].
    pub(super) fn list(
        &self,
        operation: &'static str,
        input: Value,
        member: &str,
    ) -> Result<Vec<Value>, KeyError> {
        let mut all = Vec::new();
        pages::follow(
            input,
            Marker::KMS,
            |input| self.call(operation, input).map(Some),
            |page| all.extend_from_slice(list(&page, member)),
        )?;
        Ok(all)
    }

    /// As [`Session::list`], where the caller may lack the permission.
    ///
    /// # Errors
    /// [`KeyError::Call`], but for refusals.
    pub(super) fn read_list(
        &self,
        operation: &'static str,
        input: Value,
        member: &str,
    ) -> Result<Reading, KeyError> {
        refusal_as_reading(self.list(operation, input, member).map(Value::Array))
    }

    /// A name of a key that every operation takes: the ARN of the key that an alias names, and an
    /// id or ARN as it is.
    ///
    /// # Errors
    /// [`KeyError::Call`].
    pub(super) fn key(&self, name: &str) -> Result<String, KeyError> {
        let is_alias = name.starts_with("alias/") || name.contains(":alias/");
        if !is_alias {
            return Ok(name.to_owned());
        }
        self.arn(name)
    }

    /// The ARN of a key, by any of its names.
    ///
    /// # Errors
    /// [`KeyError::Call`].
    pub(super) fn arn(&self, name: &str) -> Result<String, KeyError> {
        let described = metadata::of(self, name)?;
        Ok(text(&described, "Arn").to_owned())
    }

    /// Calls an operation on a key that needs nothing else.
    ///
    /// # Errors
    /// [`KeyError::Call`].
    pub(super) fn call_on(&self, operation: &'static str, name: &str) -> Result<Value, KeyError> {
        self.call(operation, &json!({"KeyId": self.key(name)?}))
    }

    /// Shows an answer: as it is, or in words. Neither acts on a terminal.
    pub(super) fn say(&self, answer: &Value, words: impl FnOnce() -> String) {
        greeting::answer(&if self.json {
            format!("{answer:#}\n")
        } else {
            words().lines().map(|line| clean(line) + "\n").collect()
        });
    }
}

fn refusal_as_reading(answer: Result<Value, KeyError>) -> Result<Reading, KeyError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(KeyError::Call {
            source: source @ ClientError::Refused(_),
            ..
        }) => Ok(Err(source)),
        Err(error) => Err(error),
    }
}
