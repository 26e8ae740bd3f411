//! A server that is stopped and started anew while it is called: nothing is done of which nobody hears.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use keystead_testkit::connection::Pending;
use keystead_testkit::{Answer, Client, Connection};
use serde_json::{Value, json};

use super::{PATIENCE, PLAINTEXT, assert_quiet, options, wait_until};

/// How a client calls.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// On one connection, as long as it lasts.
    Http1,
    /// Several calls at a time on one connection, as long as it lasts.
    Http2,
    /// Each on a connection of its own.
    Anew,
}

/// A client that calls until it is over, and keeps the ids of the calls that were answered.
struct Worker {
    client: Client,
    input: Value,
    way: Way,
    connection: Option<Connection>,
    answered: Vec<String>,
}

impl Worker {
    fn work(mut self, is_over: &AtomicBool, count: &AtomicU32) -> Vec<String> {
        while !is_over.load(Ordering::Relaxed) {
            let before = self.answered.len();
            if self.calls().is_err() {
                // The server is gone, or going; another comes.
                self.connection = None;
                thread::sleep(Duration::from_millis(5));
            }
            let more = u32::try_from(self.answered.len() - before).unwrap();
            count.fetch_add(more, Ordering::Relaxed);
        }
        self.answered
    }

    /// Makes a call, or a few. An error if one was not answered.
    fn calls(&mut self) -> io::Result<()> {
        if let Way::Anew = self.way {
            let answer = self.client.try_call("Encrypt", &self.input);
            let answer = answer.ok_or_else(|| io::Error::other("no answer"))?;
            self.heard(&answer);
            return Ok(());
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None if matches!(self.way, Way::Http2) => Connection::http2(self.client.address())?,
            None => Connection::http1(self.client.address())?,
        };
        let body = self.input.to_string();
        let at_a_time = if matches!(self.way, Way::Http2) { 5 } else { 1 };
        let begin = |_| connection.begin(self.client.request("Encrypt", body.as_bytes()));
        let pending: Vec<_> = (0..at_a_time).map(begin).collect::<io::Result<_>>()?;
        // Each may have been answered, whatever became of the others.
        let answers: Vec<_> = pending.into_iter().map(Pending::wait).collect();
        answers
            .iter()
            .flatten()
            .for_each(|answer| self.heard(answer));
        answers.into_iter().collect::<io::Result<Vec<_>>>()?;
        self.connection = Some(connection);
        Ok(())
    }

    fn heard(&mut self, answer: &Answer) {
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.answered.push(answer.request_id().to_owned());
    }
}

#[test]
fn every_call_that_is_done_is_answered() {
    let mut server = options().start();
    let address = server.address().to_string();
    let client = server.client();
    let made = client.ok("CreateKey", &json!({}));
    let input = json!({"KeyId": made["KeyMetadata"]["KeyId"], "Plaintext": PLAINTEXT});
    let (is_over, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
    );
    let ways = [Way::Http1, Way::Http2, Way::Anew]
        .into_iter()
        .cycle()
        .take(12);
    let threads = ways.map(|way| {
        let worker = Worker {
            client: client.clone(),
            input: input.clone(),
            way,
            connection: None,
            answered: Vec::new(),
        };
        let (is_over, count) = (Arc::clone(&is_over), Arc::clone(&count));
        thread::spawn(move || worker.work(&is_over, &count))
    });
    let threads: Vec<_> = threads.collect();
    for _ in 0..4 {
        let before = count.load(Ordering::Relaxed);
        wait_until("calls are answered", || {
            count.load(Ordering::Relaxed) > before + 100
        });
        let start = Instant::now();
        assert!(server.terminate().success());
        assert!(
            start.elapsed() < PATIENCE / 3,
            "it stops when the last call has its answer"
        );
        server = server.restart_with(options().listen(&address));
    }
    is_over.store(true, Ordering::Relaxed);
    let answered: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    let answered = answered.concat();
    assert!(server.terminate().success());
    let records = server.audit_events().into_iter();
    let records = records.filter(|record| record["eventName"] == "Encrypt");
    let recorded: HashSet<_> = records
        .map(|record| record["requestID"].as_str().unwrap().to_owned())
        .collect();
    let heard: HashSet<_> = answered.iter().cloned().collect();
    assert_eq!(
        heard.len(),
        answered.len(),
        "each answer is of a call of its own"
    );
    let unheard = recorded.difference(&heard).count();
    assert_eq!(unheard, 0, "of {} calls that were done", recorded.len());
    assert_eq!(
        heard.difference(&recorded).count(),
        0,
        "what was answered is recorded"
    );
    assert_quiet(&server);
}
