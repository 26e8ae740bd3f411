//! What was read, or why it was not.

use serde_json::Value;

use crate::api::{self, Service, list, marker};
use crate::client::pages;
use crate::client::{Client, ClientError, Refusal};

/// An answer that the server refused to give, or that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unread {
    /// The operation, as the action that it needs: `kms:GetKeyPolicy`.
    pub(super) action: String,
    /// Why: a code of the API's errors, or what is wrong with the answer.
    pub(super) code: String,
}

/// What was read of the server, or why it was not.
pub(super) type Reading<T> = Result<T, Unread>;

/// Calls an operation. What the server refuses is no error.
///
/// # Errors
/// All of [`ClientError`] but refusals.
pub(super) fn read(
    client: &Client,
    service: Service,
    operation: &str,
    input: &Value,
) -> Result<Reading<Value>, ClientError> {
    match api::call(client, service, operation, input) {
        Ok(answer) => Ok(Ok(answer)),
        Err(ClientError::Refused(Refusal { code, .. })) => Ok(Err(Unread {
            action: format!("{}:{operation}", service.scope_name()),
            code,
        })),
        Err(error) => Err(error),
    }
}

/// Lists what is in all pages, in one of the lists that each has.
///
/// # Errors
/// All of [`ClientError`] but refusals.
pub(super) fn read_list(
    client: &Client,
    operation: &str,
    input: Value,
    member: &str,
) -> Result<Reading<Vec<Value>>, ClientError> {
    let mut all = Vec::new();
    let taken = read_pages(client, Service::Kms, operation, input, |page| {
        all.extend_from_slice(list(&page, member));
    })?;
    Ok(taken.map(|()| all))
}

/// Hands over page after page.
///
/// # Errors
/// All of [`ClientError`] but refusals.
pub(super) fn read_pages(
    client: &Client,
    service: Service,
    operation: &str,
    input: Value,
    take: impl FnMut(Value),
) -> Result<Reading<()>, ClientError> {
    let mut refused = None;
    let page = |input: &Value| match read(client, service, operation, input)? {
        Ok(page) => Ok::<_, ClientError>(Some(page)),
        Err(unread) => {
            refused = Some(unread);
            Ok(None)
        }
    };
    pages::follow(input, marker(service), page, take)?;
    Ok(refused.map_or(Ok(()), Err))
}
