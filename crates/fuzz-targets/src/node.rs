//! A node in this process, to send requests to.

use std::cell::RefCell;
use std::net::IpAddr;
use std::path::Path;

use bytes::Bytes;
use http::request::Parts;
use http_body_util::BodyExt as _;
use keystead_server::incoming::{Incoming, Peer};
use keystead_testkit::{NodeOptions, TestNode};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A node with its folder, and whatever a target has made there.
pub(crate) struct World<T> {
    // Dropped in this order: the node's tasks end with the runtime.
    pub(crate) node: TestNode,
    pub(crate) made: T,
    pub(crate) runtime: Runtime,
    _folder: TempDir,
}

/// Where a target keeps its world: each thread has its own, which is gone with the thread.
pub(crate) type Kept<T> = RefCell<Option<World<T>>>;

/// What a request is answered with.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl<T> World<T> {
    /// Starts a node in a folder, and makes there what the target needs.
    pub(crate) fn start(
        options: NodeOptions,
        make: impl AsyncFnOnce(&TestNode, &Path) -> T,
    ) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (node, made) = runtime.block_on(async {
            let node = options.start(folder.path()).await;
            node.node.rest();
            let made = make(&node, folder.path()).await;
            (node, made)
        });
        Self {
            node,
            made,
            runtime,
            _folder: folder,
        }
    }

    /// Sends a request as it is, from the machine itself.
    pub(crate) fn send(&self, parts: Parts, body: &[u8]) -> Answer {
        let incoming = Incoming {
            parts,
            body: Bytes::copy_from_slice(body),
            peer: Peer {
                address: IpAddr::from([127, 0, 0, 1]),
                tls: None,
                endpoint: None,
            },
        };
        self.runtime.block_on(async {
            let reply = self.node.node.corridor().serve(incoming).await;
            let (head, body) = reply.into_response().into_parts();
            let body = body.collect().await.expect("a body");
            Answer {
                status: head.status.as_u16(),
                body: body.to_bytes().to_vec(),
            }
        })
    }
}

/// Does something in the world that is kept, which `start` makes if there is none.
pub(crate) fn within<T, R>(
    kept: &'static std::thread::LocalKey<Kept<T>>,
    start: impl FnOnce() -> World<T>,
    act: impl FnOnce(&World<T>) -> R,
) -> R {
    kept.with(|kept| {
        let mut kept = kept.borrow_mut();
        act(kept.get_or_insert_with(start))
    })
}
