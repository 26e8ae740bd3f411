//! One authorized call turned into two results.

use keystead_server::authz::Authorized;
use keystead_server::operation::{Operation, Performed};
use keystead_server::ops::Encrypt;

type Output = <Encrypt as Operation>::Output;

fn twice(call: Authorized<'_, Encrypt>, first: Output, second: Output) {
    let _ = Performed::new(call, first);
    let _ = Performed::new(call, second);
}

fn main() {}
