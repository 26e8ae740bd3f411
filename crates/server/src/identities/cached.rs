//! What was worked out from the identities as they were at one moment.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// A value that holds as long as no identity has changed since. Reading one that holds takes no
/// lock and allocates nothing.
#[derive(Debug)]
pub(crate) struct Cached<T>(ArcSwapOption<(u64, Option<Arc<T>>)>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T> Cached<T> {
    /// The value of this generation. The generation must have been read before anything that
    /// `work_out` reads: then what changes meanwhile makes the value one of an older generation.
    pub(crate) fn get(
        &self,
        generation: u64,
        work_out: impl FnOnce() -> Option<Arc<T>>,
    ) -> Option<Arc<T>> {
        if let Some(kept) = self.0.load().as_deref()
            && kept.0 == generation
        {
            return kept.1.clone();
        }
        let value = work_out();
        self.0.store(Some(Arc::new((generation, value.clone()))));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_worked_out_once_in_a_generation() {
        let cached = Cached::default();
        let mut times = 0;
        for (generation, expected) in [(1, 1), (1, 1), (2, 2), (2, 2), (1, 3)] {
            let value = cached.get(generation, || {
                times += 1;
                Some(Arc::new(generation))
            });
            assert_eq!(value.as_deref(), Some(&generation));
            assert_eq!(times, expected);
        }
    }

    #[test]
    fn that_there_is_none_is_kept_too() {
        let cached: Cached<()> = Cached::default();
        assert!(cached.get(1, || None).is_none());
        assert!(cached.get(1, || Some(Arc::new(()))).is_none());
        assert!(cached.get(2, || Some(Arc::new(()))).is_some());
    }
}
