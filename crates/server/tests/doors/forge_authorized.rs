//! An operation performed without asking the policies.

use keystead_server::authn::Caller;
use keystead_server::authz::Authorized;
use keystead_server::operation::Operation;
use keystead_server::ops::Encrypt;

fn skip(caller: &Caller, input: &<Encrypt as Operation>::Input, target: <Encrypt as Operation>::Target) {
    let _ = Authorized::<Encrypt> { caller, input, target };
}

fn main() {}
