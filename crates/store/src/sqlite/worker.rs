//! Threads that serve one bounded queue, so that blocking work stays off the reactor.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot, watch};

use super::lock;

/// Some threads and the queue that feeds them. Dropping it lets them finish the queue and waits
/// for them.
pub(super) struct Worker<J> {
    queue: Mutex<Option<mpsc::Sender<J>>>,
    ended: watch::Receiver<()>,
    threads: Vec<JoinHandle<()>>,
}

/// Why a job has no reply.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// The queue is closed; the job was not done.
    #[error("the store is closed")]
    Closed,
    /// The thread died over this job or one before it, which only a defect of ours can cause.
    #[error("a thread of the store has ended unexpectedly")]
    ThreadEnded,
}

/// The threads' end of the queue.
pub(super) struct Jobs<J>(Arc<Mutex<mpsc::Receiver<J>>>);

impl<J: Send + 'static> Worker<J> {
    /// Starts a thread for each of `bodies`, with a queue of `capacity` jobs before them. A body
    /// returns when [`Jobs::wait`] gives it nothing more.
    pub(super) fn start<B>(name: &str, capacity: usize, bodies: Vec<B>) -> io::Result<Self>
    where
        B: FnOnce(&Jobs<J>) + Send + 'static,
    {
        let (queue, jobs) = mpsc::channel(capacity.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        let (running, ended) = watch::channel(());
        let mut worker = Self {
            queue: Mutex::new(Some(queue)),
            ended,
            threads: Vec::with_capacity(bodies.len()),
        };
        for body in bodies {
            let jobs = Jobs(Arc::clone(&jobs));
            let running = running.clone();
            let thread = thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || {
                    body(&jobs);
                    // The body has dropped its connection by now: whoever waits may open the file.
                    drop(running);
                })?;
            worker.threads.push(thread);
        }
        Ok(worker)
    }

    /// Puts the job that `job` makes of a reply channel into the queue, and waits for the reply.
    pub(super) async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<T>) -> J,
    ) -> Result<T, Unanswered> {
        let (reply, answer) = oneshot::channel();
        let queue = lock(&self.queue).clone().ok_or(Unanswered::Closed)?;
        queue
            .send(job(reply))
            .await
            .map_err(|_| Unanswered::Closed)?;
        // The queue is closed once nobody holds it.
        drop(queue);
        answer.await.map_err(|_| Unanswered::ThreadEnded)
    }

    /// Takes no more jobs, and returns when the threads have finished those in the queue.
    pub(super) async fn close(&self) {
        drop(lock(&self.queue).take());
        // Nobody sends: the only change to come is that the last thread drops its end.
        while self.ended.clone().changed().await.is_ok() {}
    }
}

impl<J> Jobs<J> {
    /// Waits for jobs and moves up to `limit` of them into `group`; false when there is none
    /// left and the queue is closed.
    pub(super) fn wait(&self, group: &mut Vec<J>, limit: usize) -> bool {
        lock(&self.0).blocking_recv_many(group, limit) > 0
    }
}

impl<J> Drop for Worker<J> {
    fn drop(&mut self) {
        drop(lock(&self.queue).take());
        for thread in self.threads.drain(..) {
            // A thread that panicked has already reported it.
            let _ = thread.join();
        }
    }
}
