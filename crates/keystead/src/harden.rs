//! What the process asks of the system before it serves.

use std::io;

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

/// Forbids core dumps and tracing by other processes of the user. A system that refuses is reported,
/// since serving without is still better than not serving.
pub(crate) fn harden() {
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the process could not be made undumpable");
    }
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
}

/// Keeps the process's memory out of the swap space, what it has and what it will have. A system that
/// does not allow it is reported, with what to do about it.
pub(crate) fn lock_memory() {
    if let Err(error) = try_lock_memory() {
        tracing::warn!(
            %error,
            "memory is not locked: keys could be swapped to a disk; lift the limit (systemd: LimitMEMLOCK=infinity, Docker: --ulimit memlock=-1), or have no swap or an encrypted one"
        );
    }
}

/// Locks without any limit or not at all. A limit counts what is reserved and not only what is used, as
/// the stacks of threads, and whoever comes to it gets no more memory: that would end the process.
fn try_lock_memory() -> io::Result<()> {
    let limit = getrlimit(Resource::Memlock);
    // Where there is a limit, one of nothing: only those pass to whom limits do not apply.
    let current = limit.maximum.map(|_| 0);
    setrlimit(Resource::Memlock, Rlimit { current, ..limit })?;
    // Pages are locked when they are first used, so that reserved memory stays free of charge.
    let locked = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
    if limit.maximum.is_some() {
        setrlimit(Resource::Memlock, limit)?;
    }
    Ok(locked?)
}

/// Takes as many file descriptors as the system allows: each connection needs one, and the usual
/// limit of 1,024 is there for programs that count them.
pub(crate) fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}
