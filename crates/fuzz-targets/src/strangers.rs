//! Requests of strangers, whole, as a node gets them from a connection.

use keystead_testkit::NodeOptions;

use crate::message;
use crate::node::{Kept, World, within};

thread_local! {
    static WORLD: Kept<()> = const { Kept::new(None) };
}

/// Nobody who has no credentials gets in, and every refusal says that it is the caller's fault.
pub(crate) fn check(bytes: &[u8]) {
    let Some((parts, body)) = message::read(bytes) else {
        return;
    };
    within(&WORLD, start, |world| {
        let answer = world.send(parts, body);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            (400..500).contains(&answer.status),
            "{}: {text}",
            answer.status
        );
    });
}

fn start() -> World<()> {
    World::start(NodeOptions::new().admin("ada"), async |_, _| ())
}
