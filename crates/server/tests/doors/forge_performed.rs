//! A result without an authorized call.

use keystead_server::operation::{Operation, Performed};
use keystead_server::ops::Encrypt;

fn invent(output: <Encrypt as Operation>::Output) -> Performed<Encrypt> {
    Performed::new(output)
}

fn main() {}
