//! The table of operations, and the way from a request's words to a row of it.

use std::future::Future;
use std::pin::Pin;

use http::Method;
use keystead_wire::query::QueryRequest;
use keystead_wire::target;

use crate::authn::Authenticated;
use crate::corridor::Corridor;
use crate::operation::Operation;
use crate::ops;
use crate::protocol::{Encoded, Service, Style};
use crate::reply::Reply;

/// A row: an operation's name, and the corridor set up for it.
pub struct Route {
    /// The operation's name at the API.
    pub name: &'static str,
    run: for<'a> fn(&'a Corridor, Authenticated, String) -> Served<'a>,
}

type Served<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Route {
    const fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            run: |corridor, call, id| Box::pin(corridor.run::<O>(call, id)),
        }
    }
}

/// The operations of KMS.
pub const KMS: &[Route] = &[
    Route::of::<ops::CancelKeyDeletion>(),
    Route::of::<ops::CreateAlias>(),
    Route::of::<ops::CreateKey>(),
    Route::of::<ops::Decrypt>(),
    Route::of::<ops::DeleteAlias>(),
    Route::of::<ops::DescribeKey>(),
    Route::of::<ops::DisableKey>(),
    Route::of::<ops::EnableKey>(),
    Route::of::<ops::Encrypt>(),
    Route::of::<ops::GenerateDataKey>(),
    Route::of::<ops::GenerateDataKeyWithoutPlaintext>(),
    Route::of::<ops::GenerateRandom>(),
    Route::of::<ops::GetKeyPolicy>(),
    Route::of::<ops::ListAliases>(),
    Route::of::<ops::ListKeyPolicies>(),
    Route::of::<ops::ListKeys>(),
    Route::of::<ops::ListResourceTags>(),
    Route::of::<ops::PutKeyPolicy>(),
    Route::of::<ops::ReEncrypt>(),
    Route::of::<ops::ScheduleKeyDeletion>(),
    Route::of::<ops::TagResource>(),
    Route::of::<ops::UntagResource>(),
    Route::of::<ops::UpdateAlias>(),
    Route::of::<ops::UpdateKeyDescription>(),
];

/// The operations of STS.
pub const STS: &[Route] = &[Route::of::<ops::GetCallerIdentity>()];

/// The operations of IAM.
pub const IAM: &[Route] = &[];

/// The operations of Organizations.
pub const ORGANIZATIONS: &[Route] = &[];

/// The operations of Keystead's own.
pub const KEYSTEAD: &[Route] = &[];

/// Serves a call by the row that it names.
pub(crate) async fn dispatch(
    corridor: &Corridor,
    call: Authenticated,
    request_id: String,
) -> Reply {
    match find(&call, &request_id) {
        Ok(route) => (route.run)(corridor, call, request_id).await,
        Err(encoded) => Reply::no_operation(encoded, request_id),
    }
}

fn find(call: &Authenticated, request_id: &str) -> Result<&'static Route, Encoded> {
    let table = table(call.service());
    match call.service().style() {
        Style::Json { target } => find_by_target(call, table, target),
        Style::Query { version, .. } => {
            let refuse = |error| call.service().encode_error(&error, request_id);
            let request = call.request();
            let (method, uri) = (&request.parts.method, &request.parts.uri);
            let query = QueryRequest::from_request(method, uri, &request.body).map_err(refuse)?;
            let known_version = query.version() == Some(version);
            row(table, query.action())
                .filter(|_| known_version)
                .ok_or_else(|| refuse(query.invalid_action()))
        }
    }
}

const fn table(service: Service) -> &'static [Route] {
    match service {
        Service::Kms => KMS,
        Service::Sts => STS,
        Service::Iam => IAM,
        Service::Organizations => ORGANIZATIONS,
        Service::Keystead => KEYSTEAD,
    }
}

fn find_by_target(
    call: &Authenticated,
    table: &'static [Route],
    service: &str,
) -> Result<&'static Route, Encoded> {
    let unknown = |error: target::TargetError| {
        let (status, content_type, body) = error.reply();
        Encoded {
            status,
            content_type,
            body,
        }
    };
    let parts = &call.request().parts;
    if parts.method != Method::POST || parts.uri.path() != "/" {
        return Err(unknown(target::TargetError::UnknownOperation));
    }
    let name = target::operation(&parts.headers, service).map_err(unknown)?;
    row(table, name).ok_or_else(|| unknown(target::TargetError::UnknownOperation))
}

fn row(table: &'static [Route], name: &str) -> Option<&'static Route> {
    table
        .binary_search_by(|route| route.name.cmp(name))
        .ok()
        .and_then(|index| table.get(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::SERVICES;

    #[test]
    fn the_tables_are_sorted_and_without_repetition() {
        for table in SERVICES.map(table) {
            assert!(table.is_sorted_by(|a, b| a.name < b.name));
            for route in table {
                assert_eq!(
                    row(table, route.name).map(|found| found.name),
                    Some(route.name)
                );
            }
        }
        assert!(row(KMS, "encrypt").is_none());
    }
}
