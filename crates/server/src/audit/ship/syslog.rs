//! Records to a syslog server: RFC 5424 over TCP, counted in octets (RFC 6587, RFC 5425).
//!
//! The protocol confirms nothing. What was written may be lost in a connection that breaks, so that
//! everything in it is sent again. A connection confirms what went over it by how it ends: we close
//! our direction, and the server, which has read everything up to there, closes the other one.
//! UDP would lose records without a word, and is left out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use keystead_core::time::Timestamp;
use rustls::ClientConfig;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};

use super::ShipError;
use super::stream::{Limits, Portion};
use crate::outgoing::{Connection, connect};

/// How much is written at once.
const BATCH_BYTES: usize = 256 * 1024;

/// After so many bytes a connection is ended, so that they are confirmed.
const UNCONFIRMED_BYTES: usize = 16 * 1024 * 1024;

/// Facility 13 ("log audit"), severity 6 ("informational").
const PRIORITY: u8 = 13 * 8 + 6;

/// How often a server that has something to say is listened to. Nobody has so much to say.
const MAX_WORDS: usize = 256;

/// What stands for what is not known.
const NIL: &str = "-";

/// The longest `MSGID`, in bytes.
const MAX_MESSAGE_ID: usize = 32;

/// A syslog server.
#[derive(Debug)]
pub struct SyslogOptions {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whom TLS trusts; without it everything is in the clear.
    pub tls: Option<Arc<ClientConfig>>,
    /// What this machine is called in messages, of printable ASCII.
    pub hostname: String,
    /// How long a write, or the end of a connection, may take.
    pub timeout: Duration,
    /// After so long a connection is ended, so that what went over it is confirmed.
    pub confirm: Duration,
}

/// A syslog server, and the connection to it.
pub struct Syslog {
    options: SyslogOptions,
    connection: Option<Box<dyn Connection>>,
}

impl std::fmt::Debug for Syslog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Syslog").field(&self.options).finish()
    }
}

impl Syslog {
    pub(super) const fn new(options: SyslogOptions) -> Self {
        Self {
            options,
            connection: None,
        }
    }

    pub(super) const fn limits(&self) -> Limits {
        Limits {
            records: usize::MAX,
            bytes: BATCH_BYTES,
            unconfirmed_bytes: UNCONFIRMED_BYTES,
            unconfirmed: self.options.confirm,
        }
    }

    pub(super) async fn send(&mut self, portion: &Portion<'_>) -> Result<(), ShipError> {
        let mut frames = Vec::new();
        for line in &portion.lines {
            frame(&mut frames, &self.options.hostname, line);
        }
        let timeout = self.options.timeout;
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => {
                let SyslogOptions {
                    host, port, tls, ..
                } = &self.options;
                let connection = connect(host, *port, tls.as_ref()).await?;
                self.connection.insert(connection)
            }
        };
        let write = async {
            connection.write_all(&frames).await?;
            connection.flush().await
        };
        let written = tokio::time::timeout(timeout, write).await;
        Ok(written.map_err(|_| ShipError::Slow)??)
    }

    pub(super) async fn confirm(&mut self) -> Result<(), ShipError> {
        let Some(mut connection) = self.connection.take() else {
            return Ok(());
        };
        if has_ended(connection.as_mut()).await {
            return Err(ShipError::HungUp);
        }
        let end = async {
            connection.shutdown().await?;
            read_to_end(connection.as_mut()).await
        };
        let ended = tokio::time::timeout(self.options.timeout, end).await;
        Ok(ended.map_err(|_| ShipError::Slow)??)
    }

    pub(super) fn reset(&mut self) {
        self.connection = None;
    }
}

/// Whether the server has closed the connection already: then nobody knows what it had read before.
/// What it said until then is passed over; one that does not stop is taken for one that has closed it.
async fn has_ended(connection: &mut dyn Connection) -> bool {
    let look = std::future::poll_fn(|context| {
        for _ in 0..MAX_WORDS {
            let mut bytes = [0; 4096];
            let mut words = ReadBuf::new(&mut bytes);
            match Pin::new(&mut *connection).poll_read(context, &mut words) {
                Poll::Pending => return Poll::Ready(false),
                Poll::Ready(Ok(())) if !words.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(true),
            }
        }
        Poll::Ready(true)
    });
    // A runtime that wants the task to give way would hide the end.
    tokio::task::unconstrained(look).await
}

/// Reads until the server closes the connection. Many close it without TLS's word for that, which is
/// as good here.
async fn read_to_end(connection: &mut dyn Connection) -> std::io::Result<()> {
    let mut bytes = [0; 512];
    loop {
        match connection.read(&mut bytes).await {
            Ok(0) => return Ok(()),
            // Nobody has a word for us.
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// What a message's head tells of its record.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Head {
    event_time: String,
    event_name: String,
}

/// Appends a message with a record, in its frame.
fn frame(frames: &mut Vec<u8>, hostname: &str, line: &[u8]) {
    let head: Head = serde_json::from_slice(line).unwrap_or_default();
    let time: Option<Timestamp> = head.event_time.parse().ok();
    let time = time.map_or_else(|| NIL.to_owned(), |time| time.to_string());
    let event = printable(head.event_name, MAX_MESSAGE_ID);
    // <PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
    let head = format!("<{PRIORITY}>1 {time} {hostname} keystead {NIL} {event} {NIL} ");
    let length = head.len() + line.len();
    frames.extend_from_slice(format!("{length} {head}").as_bytes());
    frames.extend_from_slice(line);
}

/// A field of a head: printable ASCII without spaces, and no more than `most` of it; else nothing.
fn printable(mut field: String, most: usize) -> String {
    let is_printable = field.bytes().all(|byte| byte.is_ascii_graphic());
    if field.is_empty() || !is_printable {
        return NIL.to_owned();
    }
    field.truncate(most);
    field
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads frames as a server does.
    fn read(mut frames: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while !frames.is_empty() {
            let space = frames.iter().position(|byte| *byte == b' ').unwrap();
            let length = std::str::from_utf8(&frames[..space]).unwrap();
            assert!(!length.starts_with('0'));
            let (message, rest) = frames[space + 1..].split_at(length.parse().unwrap());
            messages.push(message.to_vec());
            frames = rest;
        }
        messages
    }

    #[test]
    fn a_message_is_as_rfc_5424_has_it() {
        let line = br#"{"eventTime":"2026-01-02T03:04:05Z","eventName":"GenerateDataKeyPairWithoutPlaintext"}"#;
        let mut frames = Vec::new();
        frame(&mut frames, "kms-1", line);
        let messages = read(&frames);
        let head =
            "<110>1 2026-01-02T03:04:05Z kms-1 keystead - GenerateDataKeyPairWithoutPlaint - ";
        assert_eq!(messages, [[head.as_bytes(), line].concat()]);
    }

    #[tokio::test]
    async fn words_before_an_end_do_not_hide_it() {
        let (mut server, client) = tokio::io::duplex(64 * 1024);
        let mut client: Box<dyn Connection> = Box::new(client);
        assert!(!has_ended(client.as_mut()).await);
        server.write_all(&[b'a'; 10_000]).await.unwrap();
        assert!(!has_ended(client.as_mut()).await);
        server.write_all(&[b'a'; 10_000]).await.unwrap();
        drop(server);
        assert!(has_ended(client.as_mut()).await);
    }

    proptest! {
        #[test]
        fn whatever_a_line_has_it_arrives_as_it_is(
            lines in prop::collection::vec("\\PC{0,40}", 0..5),
            names in prop::collection::vec("\\PC{0,50}", 5),
        ) {
            let records: Vec<Vec<u8>> = lines.iter().zip(&names).enumerate().map(|(n, (line, name))| {
                match n % 2 {
                    0 => line.clone().into_bytes(),
                    _ => serde_json::to_vec(&serde_json::json!({"eventName": name, "eventTime": line})).unwrap(),
                }
            }).collect();
            let mut frames = Vec::new();
            for record in &records {
                frame(&mut frames, "host", record);
            }
            let messages = read(&frames);
            prop_assert_eq!(messages.len(), records.len());
            for (message, record) in messages.iter().zip(&records) {
                let fields: Vec<&[u8]> = message.splitn(8, |byte| *byte == b' ').collect();
                prop_assert_eq!(fields.len(), 8);
                prop_assert_eq!(fields[7], record.as_slice());
                prop_assert_eq!(&fields[..1], [b"<110>1".as_slice()]);
                prop_assert!(fields[5].len() <= MAX_MESSAGE_ID);
                for field in &fields[..7] {
                    prop_assert!(!field.is_empty() && field.iter().all(u8::is_ascii_graphic));
                }
            }
        }
    }
}
