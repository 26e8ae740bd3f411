//! How those who wait for their lines are told what became of them.
//!
//! To wake a task on another thread costs a system call, and a group has dozens of lines. So a thread that appends a lot
//! has a [`Mailbox`]: the writer puts the answers of a group into it and rings once, and a task of that thread hands them
//! out, which costs nothing of the kind.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::LogError;

/// What became of a line.
pub(super) type Outcome = Result<(), LogError>;

thread_local! {
    static MAILBOX: RefCell<Option<Arc<Mailbox>>> = const { RefCell::new(None) };
}

/// Who waits for a line.
pub(super) struct Waiter {
    sender: oneshot::Sender<Outcome>,
    mailbox: Option<Arc<Mailbox>>,
}

impl Waiter {
    /// A waiter on this thread, and where its answer comes.
    pub(super) fn new() -> (Self, oneshot::Receiver<Outcome>) {
        let (sender, receiver) = oneshot::channel();
        let mailbox = MAILBOX.with_borrow(Option::clone);
        (Self { sender, mailbox }, receiver)
    }
}

/// Brings the answers of a group.
#[derive(Default)]
pub(super) struct Postman {
    /// Those that are to be rung at.
    filled: Vec<Arc<Mailbox>>,
}

impl Postman {
    /// Answers a waiter, at the latest with the next [`Postman::ring`]. One that is gone needs no answer.
    pub(super) fn answer(&mut self, waiter: Waiter, outcome: Outcome) {
        let Waiter { sender, mailbox } = waiter;
        match mailbox {
            None => drop(sender.send(outcome)),
            Some(mailbox) => {
                if mailbox.put(sender, outcome) {
                    self.filled.push(mailbox);
                }
            }
        }
    }

    /// Has all be told that are not yet.
    pub(super) fn ring(&mut self) {
        for mailbox in self.filled.drain(..) {
            mailbox.bell.notify_one();
        }
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        self.ring();
    }
}

/// The answers to a thread's appends.
#[derive(Default)]
struct Mailbox {
    letters: Mutex<Vec<(oneshot::Sender<Outcome>, Outcome)>>,
    bell: Notify,
}

impl Mailbox {
    /// Puts an answer in; whether it is the first, so that the bell is to be rung.
    fn put(&self, sender: oneshot::Sender<Outcome>, outcome: Outcome) -> bool {
        let mut letters = self.letters();
        letters.push((sender, outcome));
        letters.len() == 1
    }

    fn letters(&self) -> MutexGuard<'_, Vec<(oneshot::Sender<Outcome>, Outcome)>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out what comes, for ever.
    async fn hand_out(&self) {
        let mut letters = Vec::new();
        loop {
            self.bell.notified().await;
            mem::swap(&mut *self.letters(), &mut letters);
            for (sender, outcome) in letters.drain(..) {
                // A caller that is gone does not take its line back.
                let _ = sender.send(outcome);
            }
        }
    }
}

/// This thread's mailbox, until it is dropped: what the thread appends to whatever log is answered through it.
#[derive(Debug)]
pub struct Delivery(JoinHandle<()>);

impl Delivery {
    /// Sets up a mailbox for this thread, whose runtime must have no other. To be dropped on this thread, when nothing
    /// that it appended is waited for any more.
    #[must_use]
    pub fn to_this_thread() -> Self {
        let mailbox = Arc::new(Mailbox::default());
        MAILBOX.set(Some(Arc::clone(&mailbox)));
        Self(tokio::spawn(async move { mailbox.hand_out().await }))
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        MAILBOX.set(None);
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_come_after_the_ring_through_a_mailbox_and_at_once_without() {
        let mut postman = Postman::default();
        let (direct, mut answer) = Waiter::new();
        postman.answer(direct, Ok(()));
        assert!(matches!(answer.try_recv(), Ok(Ok(()))));

        let delivery = Delivery::to_this_thread();
        let (waiters, mut answers): (Vec<_>, Vec<_>) = (0..3).map(|_| Waiter::new()).unzip();
        for waiter in waiters {
            postman.answer(waiter, Err(LogError::WriterEnded));
        }
        assert_eq!(postman.filled.len(), 1, "one ring for all");
        tokio::task::yield_now().await;
        assert!(answers.iter_mut().all(|answer| answer.try_recv().is_err()));
        postman.ring();
        for answer in answers {
            assert!(matches!(answer.await, Ok(Err(LogError::WriterEnded))));
        }
        drop(delivery);
        let (direct, mut answer) = Waiter::new();
        postman.answer(direct, Ok(()));
        assert!(matches!(answer.try_recv(), Ok(Ok(()))));
    }

    #[tokio::test]
    async fn what_comes_before_the_mailbox_was_emptied_is_handed_out_too() {
        let _delivery = Delivery::to_this_thread();
        let mut postman = Postman::default();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let (waiter, answer) = Waiter::new();
            postman.answer(waiter, Ok(()));
            postman.ring();
            answers.push(answer);
        }
        for answer in answers {
            assert!(matches!(answer.await, Ok(Ok(()))));
        }
    }
}
