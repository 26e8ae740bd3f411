//! A caller that nobody authenticated.

use std::sync::Arc;

use keystead_server::authn::Caller;
use keystead_server::identities::Member;

fn invent(member: Arc<Member>) -> Caller {
    Caller { member, access_key_id: String::new() }
}

fn main() {}
