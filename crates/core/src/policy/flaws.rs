//! Everything that is wrong with a policy, gathered on the way through it.

use super::error::PolicyError;

/// The most errors that are kept of one policy. Whoever mends these finds the others.
pub const MAX_POLICY_ERRORS: usize = 64;

/// What is wrong with a policy, in the order of its text: at least one error, and at most
/// [`MAX_POLICY_ERRORS`].
#[derive(Debug)]
pub struct PolicyErrors {
    first: PolicyError,
    more: Vec<PolicyError>,
}

impl PolicyErrors {
    /// The first one, which is what the API answers.
    #[must_use]
    pub fn into_first(self) -> PolicyError {
        self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &PolicyError> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl From<PolicyError> for PolicyErrors {
    fn from(first: PolicyError) -> Self {
        let more = Vec::new();
        Self { first, more }
    }
}

/// Gathers errors from the parts of a policy, so that one that is wrong does not hide the next.
#[derive(Debug, Default)]
pub(super) struct Flaws(Option<PolicyErrors>);

impl Flaws {
    /// What a part holds; `None` if it is wrong, which is kept.
    pub(super) fn keep<T>(&mut self, part: Result<T, impl Into<PolicyErrors>>) -> Option<T> {
        part.map_err(|errors| self.add(errors.into())).ok()
    }

    /// Keeps more errors.
    pub(super) fn add(&mut self, errors: PolicyErrors) {
        match &mut self.0 {
            None => self.0 = Some(errors),
            Some(known) => {
                let room = MAX_POLICY_ERRORS.saturating_sub(known.more.len() + 1);
                let added = std::iter::once(errors.first).chain(errors.more);
                known.more.extend(added.take(room));
            }
        }
    }

    /// The whole, unless a part of it is wrong.
    pub(super) fn none_in<T>(self, whole: T) -> Result<T, PolicyErrors> {
        self.0.map_or(Ok(whole), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(number: usize) -> PolicyError {
        PolicyError::Missing {
            path: number.to_string(),
        }
    }

    #[test]
    fn errors_are_kept_in_their_order_up_to_the_limit() {
        let mut flaws = Flaws::default();
        assert_eq!(flaws.keep(Ok::<_, PolicyError>(1)), Some(1));
        for number in 0..MAX_POLICY_ERRORS + 2 {
            assert_eq!(flaws.keep(Err::<(), _>(missing(number))), None);
        }
        let errors = flaws.none_in(()).unwrap_err();
        let paths: Vec<_> = errors.iter().filter_map(PolicyError::path).collect();
        assert_eq!(paths.len(), MAX_POLICY_ERRORS);
        assert_eq!(&paths[..2], ["0", "1"]);
        assert_eq!(errors.into_first().path(), Some("0"));
        assert_eq!(Flaws::default().none_in(7).unwrap(), 7);
    }
}
