//! A caller that nobody authenticated.

use keystead_server::authn::Caller;

fn main() {
    let _ = Caller { member: todo!(), access_key_id: String::new() };
}
