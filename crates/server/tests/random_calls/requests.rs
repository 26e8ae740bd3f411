//! A call, as it is sent.

use std::fmt;

use keystead_server::router;
use serde_json::Value;

use crate::dice::Dice;
use crate::inputs::Inputs;

const JSON: &str = "application/x-amz-json-1.1";

/// How much sense a call makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As the model has it.
    Right,
    /// But for one thing.
    NearlyRight,
    Garbage,
}

/// What happens to a request when it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tampering {
    None,
    /// Nobody knows the access key.
    Stranger,
    /// There is no signature.
    Unsigned,
    /// The body is another one.
    Body,
}

pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) kind: Kind,
    pub(crate) user: &'static str,
    pub(crate) target: Option<String>,
    pub(crate) content_type: &'static str,
    pub(crate) tampering: Tampering,
    /// `None` of a body that is no input.
    pub(crate) input: Option<Value>,
    pub(crate) body: Vec<u8>,
    /// Whether somebody known calls an operation.
    pub(crate) is_recorded: bool,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            kind,
            user,
            target,
            content_type,
            tampering,
            ..
        } = self;
        write!(
            f,
            "{operation} by {user}, {kind:?}, {target:?}, {content_type}, {tampering:?}: "
        )?;
        f.write_str(&String::from_utf8_lossy(&self.body))
    }
}

impl Call {
    pub(crate) fn random(inputs: &Inputs<'_>, dice: &mut Dice) -> Self {
        let operation = dice.pick(router::KMS).name;
        let kind = match dice.below(20) {
            0..9 => Kind::Right,
            9..17 => Kind::NearlyRight,
            _ => Kind::Garbage,
        };
        let user = match dice.below(12) {
            0 => "bob",
            1 => "eve",
            _ => "ada",
        };
        let mut input = inputs.right(operation, dice);
        if kind == Kind::NearlyRight {
            inputs.spoil(operation, &mut input, dice);
        }
        let mut call = Self {
            operation,
            kind,
            user,
            target: Some(format!("TrentService.{operation}")),
            content_type: JSON,
            tampering: Tampering::None,
            body: input.to_string().into_bytes(),
            input: Some(input),
            is_recorded: true,
        };
        if kind == Kind::Garbage {
            call.garble(dice);
        }
        call
    }

    fn garble(&mut self, dice: &mut Dice) {
        match dice.below(10) {
            0 => {
                let length = dice.below(200);
                self.set_body(dice.bytes(length));
            }
            1 => {
                let kept = dice.below(self.body.len());
                self.set_body(self.body[..kept].to_vec());
            }
            2 => {
                let depth = [10, 100, 10_000][dice.below(3)];
                let nested = format!("{{\"KeyId\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
                self.set_body(nested.into_bytes());
            }
            3 => {
                let bodies: [&[u8]; 8] = [
                    b"",
                    b"[]",
                    b"null",
                    b"{}",
                    b"\"x\"",
                    b"1e999",
                    b"{\"KeyId\":\"a\",\"KeyId\":\"b\"}",
                    b"\xff\xfe{}",
                ];
                self.set_body(dice.pick(&bodies).to_vec());
            }
            4 => {
                let at = dice.below(self.body.len());
                let byte = dice.bytes(1)[0];
                let mut body = self.body.clone();
                body[at] = byte;
                self.set_body(body);
            }
            5 => {
                let targets = [
                    "TrentService.Nope",
                    "TrentService.encrypt",
                    "Encrypt",
                    "TrentService",
                    "",
                    "Keystead.Encrypt",
                ];
                self.target = Some((*dice.pick(&targets)).to_owned());
                self.is_recorded = false;
            }
            6 => {
                self.target = None;
                self.is_recorded = false;
            }
            7 => {
                self.content_type = *dice.pick(&[
                    "text/plain",
                    "application/x-amz-json-1.0",
                    "application/json; x=\"y\"",
                ]);
            }
            8 => {
                self.tampering =
                    *dice.pick(&[Tampering::Body, Tampering::Stranger, Tampering::Unsigned]);
                self.is_recorded = false;
            }
            _ => self.user = "bob",
        }
    }

    fn set_body(&mut self, body: Vec<u8>) {
        self.input = None;
        self.body = body;
    }
}
