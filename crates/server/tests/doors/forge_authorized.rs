//! An operation performed without asking the policies.

use keystead_server::authn::Authenticated;
use keystead_server::authz::{Authorized, Scope};
use keystead_server::operation::Operation;
use keystead_server::ops::Encrypt;

type Input = <Encrypt as Operation>::Input;
type Target = <Encrypt as Operation>::Target;

fn skip<'c>(call: &'c Authenticated, scope: Scope<'c>, input: &'c Input, target: Target) {
    let _ = Authorized::<Encrypt> { call, scope, input, target, granted_by: None };
}

fn main() {}
