//! Indexing and looking up, measured.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use keystead_server::audit::index::{Attribute, History, Indexer, MANAGEMENT, Query, Term};
use keystead_server::audit::log::{AuditLog, LogOptions};
use keystead_server::audit::retention::Needs;
use rustix::time::{ClockId, clock_gettime};

use super::events::{self, ACCOUNT, Events, RARE_USER, REGION, SMALL_ACCOUNT};
use super::report::{Indexed, Lookup};
use crate::bench::Error;

/// A page of LookupEvents, and one event more to see whether there are others.
const PAGE: usize = 51;
/// How often it is looked whether the indexer is done.
const LOOK: Duration = Duration::from_millis(20);

/// Has the log of a folder indexed, which an indexer does on its thread.
pub(super) fn index(folder: &Path, log_bytes: u64) -> Result<(History, Indexed), Error> {
    let log = AuditLog::open(folder, LogOptions::default())?;
    let Some(reader) = log.reader() else {
        return Err(Error::system("the log")(
            std::io::ErrorKind::NotFound.into(),
        ));
    };
    let history = History::open(reader)?;
    let (started, cpu_before) = (Instant::now(), cpu());
    let indexer = Indexer::start(&history, &Needs::default())?;
    let lag = loop {
        let lag = history.lag()?;
        if (lag.bytes, lag.segments) == (0, 0) {
            break lag;
        }
        thread::sleep(LOOK);
    };
    let (wall, cpu) = (started.elapsed(), cpu().saturating_sub(cpu_before));
    let (files, index_bytes) = size(&folder.join("index"))?;
    let closed_bytes = log_bytes - history.reader().end().offset;
    indexer.stop();
    let indexed = Indexed {
        records: lag.records,
        wall_seconds: wall.as_secs_f64(),
        cpu_seconds: cpu.as_secs_f64(),
        files,
        index_bytes,
        closed_bytes,
        peak_bytes: peak(),
    };
    // What is in memory is searched as in a server that has just stopped to index.
    Ok((history, indexed))
}

/// The CPU time of this process. While it indexes, it does nothing else.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The most memory that this process has had, in bytes; nothing where the system does not tell.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn size(folder: &Path) -> Result<(usize, u64), Error> {
    let sizes = || {
        let sizes = fs::read_dir(folder)?.map(|file| Ok(file?.metadata()?.len()));
        sizes.collect::<Result<Vec<u64>, std::io::Error>>()
    };
    let sizes = sizes().map_err(Error::system(folder.display().to_string()))?;
    Ok((sizes.len(), sizes.iter().sum()))
}

/// Looks up the first page of each kind so many times.
pub(super) fn lookups(
    history: &History,
    events: &Events,
    times: u32,
) -> Result<Vec<Lookup>, Error> {
    let mut lookups = Vec::new();
    for (name, query) in queries(events) {
        let mut nanos = Vec::new();
        let mut found = 0;
        for _ in 0..times {
            let start = Instant::now();
            let page = history.search(query.clone(), None)?.take(PAGE);
            let page = page.collect::<Result<Vec<_>, _>>()?;
            nanos.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
            found = page.len();
        }
        lookups.push(Lookup::new(name, found, nanos));
    }
    Ok(lookups)
}

/// What is looked up: as LookupEvents does, in an account and a Region.
fn queries(events: &Events) -> Vec<(String, Query)> {
    use Attribute::{
        AccessKeyId, EventId, EventName, EventSource, ReadOnly, ResourceName, ResourceType,
        Username,
    };
    let in_account = |query: Query, account: &str| {
        query
            .with(Term::new(Attribute::Category, MANAGEMENT))
            .with(Term::new(Attribute::Account, account))
            .with(Term::new(Attribute::Region, REGION))
    };
    let key = events::key_arn(1);
    let absent_key = events::key_arn(u32::MAX);
    let event_id = events::event_id(events.middle());
    let values: [(Attribute, [&str; 3]); 8] = [
        (EventName, ["Decrypt", "CreateRole", "Nothing"]),
        (ReadOnly, ["true", "false", "maybe"]),
        (Username, ["app-1", RARE_USER, "nobody"]),
        (AccessKeyId, ["AKIAapp-1", "AKIAauditor", "AKIANOBODY"]),
        (
            EventSource,
            [
                "kms.amazonaws.com",
                "iam.amazonaws.com",
                "sts.amazonaws.com",
            ],
        ),
        (
            ResourceType,
            ["AWS::KMS::Key", "AWS::IAM::Role", "AWS::IAM::User"],
        ),
        (ResourceName, [&key, "rare", &absent_key]),
        (EventId, [&event_id, &event_id, "none"]),
    ];
    let mut queries = vec![(
        "everything".to_owned(),
        in_account(Query::default(), ACCOUNT),
    )];
    for (attribute, values) in values {
        for (kind, value) in ["common", "rare", "absent"].into_iter().zip(values) {
            // There is no event id that several events have.
            if attribute == EventId && kind == "common" {
                continue;
            }
            let query = Query::default().with(Term::new(attribute, value));
            let name = format!("{attribute:?} {kind}");
            queries.push((name, in_account(query, ACCOUNT)));
        }
    }
    let object = events::context_value(events.middle());
    let context = Query::default().with(Term::context("object", object));
    queries.push((
        "context of one event".to_owned(),
        in_account(context, ACCOUNT),
    ));
    let common = || Query::default().with(Term::new(EventName, "Decrypt"));
    queries.push((
        "EventName common, absent in the account".to_owned(),
        in_account(common(), SMALL_ACCOUNT),
    ));
    let few = Query::default();
    queries.push((
        "everything of a small account".to_owned(),
        in_account(few, SMALL_ACCOUNT),
    ));
    queries
}
