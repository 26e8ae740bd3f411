//! The reading threads.

use tokio::sync::oneshot;

use super::query::{self, Span};
use super::worker::{Jobs, Worker};
use super::{SharedConnection, lock, read_error};
use crate::{OpenError, Page, ReadError, Versioned};

type Reply<T> = oneshot::Sender<Result<T, ReadError>>;

/// A question and the caller who waits for its answer.
pub(super) enum Query {
    Get {
        key: String,
        reply: Reply<Option<Versioned>>,
    },
    Range {
        span: Span,
        reply: Reply<Page>,
    },
}

/// Starts one thread for each connection.
pub(super) fn start(
    connections: Vec<SharedConnection>,
    queue: usize,
) -> Result<Worker<Query>, OpenError> {
    let bodies = connections
        .into_iter()
        .map(|connection| {
            move |jobs: &Jobs<Query>| {
                let mut next = Vec::with_capacity(1);
                while jobs.wait(&mut next, 1) {
                    next.drain(..).for_each(|query| answer(&connection, query));
                }
            }
        })
        .collect();
    Worker::start("store-reader", queue, bodies).map_err(|source| OpenError::Thread { source })
}

/// Answers one question. A caller that is gone loses nothing but its answer.
fn answer(connection: &SharedConnection, query: Query) {
    let mut connection = lock(connection);
    match query {
        Query::Get { key, reply } => {
            let _ = reply.send(query::get(&connection, &key).map_err(read_error));
        }
        Query::Range { span, reply } => {
            let _ = reply.send(query::range(&mut connection, &span).map_err(read_error));
        }
    }
}
