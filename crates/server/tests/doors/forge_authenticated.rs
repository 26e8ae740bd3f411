//! A caller that nobody authenticated.

use std::sync::Arc;

use keystead_server::authn::{Caller, Source};
use keystead_server::identities::Member;

fn invent(member: Arc<Member>, source: Source) -> Caller {
    Caller {
        member,
        access_key_id: String::new(),
        via: None,
        source,
        web_identity: None,
    }
}

fn main() {}
