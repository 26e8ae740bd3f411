//! The writer thread: all commits that wait share one transaction and one sync.

use rusqlite::TransactionBehavior;
use tokio::sync::oneshot;

use super::apply::{self, Outcome};
use super::history::Publisher;
use super::worker::{Jobs, Worker};
use super::{SharedConnection, commit_error, lock};
use crate::{Commit, CommitError, OpenError, Revision};

/// The most commits of one transaction: enough to make the sync cheap, few enough that the first
/// of them does not wait long for the last.
const GROUP_COMMITS: usize = 256;

/// A commit and the caller who waits for it.
pub(super) struct Job {
    pub(super) commit: Commit,
    pub(super) reply: oneshot::Sender<Result<Revision, CommitError>>,
}

/// Starts the thread of a store whose last commit was `head`.
pub(super) fn start(
    connection: SharedConnection,
    head: Revision,
    publisher: Publisher,
    queue: usize,
) -> Result<Worker<Job>, OpenError> {
    let mut writer = Writer {
        connection,
        head,
        publisher,
    };
    let body = move |jobs: &Jobs<Job>| {
        let mut group = Vec::with_capacity(GROUP_COMMITS);
        while jobs.wait(&mut group, GROUP_COMMITS) {
            writer.settle(&mut group);
        }
    };
    Worker::start("store-writer", queue, vec![body]).map_err(|source| OpenError::Thread { source })
}

struct Writer {
    connection: SharedConnection,
    head: Revision,
    publisher: Publisher,
}

impl Writer {
    /// Writes a group and answers each of its callers. Nobody hears anything before the sync,
    /// not even of a conflict: what it conflicts with may be a commit of the same group.
    fn settle(&mut self, group: &mut Vec<Job>) {
        let (commits, replies): (Vec<_>, Vec<_>) =
            group.drain(..).map(|job| (job.commit, job.reply)).unzip();
        let answers = match self.write(commits) {
            Ok(outcomes) => self.publish(outcomes),
            Err(error) => vec![Err(commit_error(error)); replies.len()],
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller that is gone does not take its commit back.
            let _ = reply.send(answer);
        }
    }

    /// Applies the commits one after the other and makes them durable together.
    fn write(&mut self, commits: Vec<Commit>) -> rusqlite::Result<Vec<Outcome>> {
        let mut connection = lock(&self.connection);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut head = self.head;
        let mut outcomes = Vec::with_capacity(commits.len());
        for commit in commits {
            let outcome = apply::apply(&transaction, head, commit)?;
            if let Outcome::Applied(event) = &outcome {
                head = event.revision;
            }
            outcomes.push(outcome);
        }
        if head != self.head {
            transaction
                .prepare_cached("UPDATE head SET revision = ?1")?
                .execute([head])?;
        }
        transaction.commit()?;
        self.head = head;
        Ok(outcomes)
    }

    /// Hands the events to the watches and turns outcomes into answers. Watches come first, so
    /// that an acknowledged commit is already in the history.
    fn publish(&self, outcomes: Vec<Outcome>) -> Vec<Result<Revision, CommitError>> {
        let mut events = Vec::new();
        let answers = outcomes
            .into_iter()
            .map(|outcome| match outcome {
                Outcome::Applied(event) => {
                    let revision = event.revision;
                    events.push(event);
                    Ok(revision)
                }
                Outcome::Unchanged { head } => Ok(head),
                Outcome::Conflict { key, head } => Err(CommitError::Conflict { key, head }),
            })
            .collect();
        self.publisher.publish(events.into_iter());
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Expect;
    use crate::sqlite::{SqliteOptions, history, open};

    type Answer = Result<Revision, CommitError>;

    fn writer() -> (Writer, history::History) {
        let options = SqliteOptions::default();
        let opened = open::memory(&options).unwrap();
        let (publisher, history) = history::new(opened.head, &options);
        let writer = Writer {
            connection: opened.writer,
            head: opened.head,
            publisher,
        };
        (writer, history)
    }

    /// Settles the commits as one group.
    fn settle(writer: &mut Writer, commits: impl IntoIterator<Item = Commit>) -> Vec<Answer> {
        let (mut group, answers): (Vec<_>, Vec<_>) = commits
            .into_iter()
            .map(|commit| {
                let (reply, answer) = oneshot::channel();
                (Job { commit, reply }, answer)
            })
            .unzip();
        writer.settle(&mut group);
        assert!(group.is_empty());
        let answered = answers.into_iter().map(|mut a| a.try_recv().unwrap());
        answered.collect()
    }

    fn put_if(key: &str, expect: Expect) -> Commit {
        Commit::new().expect(key, expect).put(key, "v")
    }

    #[test]
    fn each_commit_of_a_group_sees_those_before_it_and_fails_alone() {
        let (mut writer, _history) = writer();
        let group = [
            put_if("/a", Expect::Absent),
            put_if("/b", Expect::Present),
            put_if("/a", Expect::Absent),
            Commit::new().delete("/absent"),
            put_if("/a", Expect::Revision(Revision::new(1))),
        ];
        let answers = settle(&mut writer, group);
        let [first, b, a, unchanged, last] = answers.as_slice() else {
            panic!("{answers:?}");
        };
        assert!(matches!(first, Ok(r) if r.as_u64() == 1), "{first:?}");
        assert!(matches!(b, Err(CommitError::Conflict { key, .. }) if key == "/b"));
        assert!(matches!(a, Err(CommitError::Conflict { key, .. }) if key == "/a"));
        assert!(matches!(unchanged, Ok(r) if r.as_u64() == 1));
        assert!(matches!(last, Ok(r) if r.as_u64() == 2), "{last:?}");
    }

    #[tokio::test]
    async fn a_failing_group_fails_whole_and_leaves_no_trace() {
        use crate::Watch as _;

        let (mut writer, history) = writer();
        let mut watch = history.watch(Revision::ZERO).unwrap();
        let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON entries
                      WHEN NEW.key = CAST('/bad' AS BLOB)
                      BEGIN SELECT RAISE(ABORT, 'refused'); END";
        lock(&writer.connection).execute_batch(refuse).unwrap();
        let group = [
            Commit::new().put("/good", "v"),
            // A conflict with a commit that then fails is no conflict.
            put_if("/good", Expect::Absent),
            Commit::new().put("/bad", "v"),
            Commit::new().put("/later", "v"),
        ];
        for answer in settle(&mut writer, group) {
            assert!(
                matches!(answer, Err(CommitError::Unavailable { .. })),
                "{answer:?}"
            );
        }
        let answers = settle(&mut writer, [put_if("/good", Expect::Absent)]);
        assert!(
            matches!(answers.as_slice(), [Ok(r)] if r.as_u64() == 1),
            "{answers:?}"
        );
        let event = watch.next().await.unwrap();
        assert_eq!(event.revision, Revision::new(1));
        assert_eq!(event.changes.len(), 1);
    }
}
