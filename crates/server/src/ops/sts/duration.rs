//! How long sessions last.

use keystead_core::identity::{Identity, IdentityKind, RoleRecord};
use keystead_core::time::Timestamp;

use super::invalid;
use crate::fault::Fault;

/// An hour: what a role's session lasts unless the caller asks for more, and all that a role gets
/// which becomes another one, and a root user.
const HOUR: i64 = 3_600;
/// What a user's own session lasts unless the caller asks for more.
const HALF_A_DAY: i64 = 43_200;

const TOO_LONG: &str =
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
const CHAINED: &str = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";

/// When a session of a role ends.
///
/// # Errors
/// The caller asks for more than the role, or role chaining, allows.
pub(super) fn of_role(
    asked: Option<i64>,
    role: &RoleRecord,
    caller: &Identity,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let seconds = asked.unwrap_or(HOUR);
    if matches!(caller.kind(), IdentityKind::RoleSession { .. }) && seconds > HOUR {
        return Err(invalid(CHAINED));
    }
    if seconds > i64::from(role.max_session_seconds) {
        return Err(invalid(TOO_LONG));
    }
    Ok(after(now, seconds))
}

/// When a session ends that a caller gets for itself or for somebody else. A root user's are cut to
/// an hour without a word.
pub(super) fn of_long_term_caller(
    asked: Option<i64>,
    caller: &Identity,
    now: Timestamp,
) -> Timestamp {
    let seconds = asked.unwrap_or(HALF_A_DAY);
    let longest = match caller.kind() {
        IdentityKind::Root => HOUR,
        _ => i64::MAX,
    };
    after(now, seconds.min(longest))
}

/// Credentials tell their end to the second, so that this is when they end.
const fn after(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_millis((now.as_seconds() + seconds) * 1000)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keystead_core::identity::{SessionFacts, UserRecord};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_500);

    fn role(max_session_seconds: u32) -> RoleRecord {
        let account = "111122223333".parse().unwrap();
        RoleRecord {
            max_session_seconds,
            ..RoleRecord::new(account, "app", "AROAEXAMPLE", NOW, "{}")
        }
    }

    fn user() -> Identity {
        let account = "111122223333".parse().unwrap();
        Identity::user(&UserRecord::new(account, "ada", "AIDAEXAMPLE", NOW))
    }

    #[test]
    fn of_roles() {
        let facts = Arc::new(SessionFacts::between(NOW, NOW));
        let session = Identity::role_session(&role(3_600), "s", facts);
        let cases = [
            (None, 3_600, user(), Some(3_600)),
            (None, 43_200, user(), Some(3_600)),
            (Some(900), 3_600, user(), Some(900)),
            (Some(43_200), 43_200, user(), Some(43_200)),
            (Some(3_601), 3_600, user(), None),
            (Some(3_600), 43_200, session.clone(), Some(3_600)),
            (Some(3_601), 43_200, session, None),
        ];
        for (asked, longest, caller, expected) in cases {
            let found = of_role(asked, &role(longest), &caller, NOW).ok();
            let seconds = found.map(|end| end.as_seconds() - NOW.as_seconds());
            assert_eq!(seconds, expected, "{asked:?} of {longest}");
        }
    }

    #[test]
    fn of_callers() {
        let root = Identity::root("111122223333".parse().unwrap());
        let cases = [
            (None, user(), 43_200),
            (Some(129_600), user(), 129_600),
            (Some(900), root.clone(), 900),
            (None, root, 3_600),
        ];
        for (asked, caller, expected) in cases {
            let end = of_long_term_caller(asked, &caller, NOW);
            assert_eq!(end.as_millis(), (1_000 + expected) * 1000);
        }
    }
}
