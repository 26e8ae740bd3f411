//! Two ways to do the same.

use std::hint::black_box;

use crate::bench::Error;

/// One call, and whether it did what it should.
pub(super) type Call = Box<dyn Fn() -> bool>;

/// What is measured: the handle's way, and the library's.
pub(super) struct Contest {
    pub(super) name: String,
    pub(super) handle: Call,
    pub(super) bare: Call,
}

impl Contest {
    pub(super) fn new<A, B>(
        name: impl Into<String>,
        handle: impl Fn() -> Option<A> + 'static,
        bare: impl Fn() -> Option<B> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            handle: Box::new(move || black_box(handle()).is_some()),
            bare: Box::new(move || black_box(bare()).is_some()),
        }
    }
}

/// What a library answered while a contest was prepared.
pub(super) fn prepared<T, E>(result: Result<T, E>, what: &'static str) -> Result<T, Error> {
    result.map_err(|_| Error::Library(what))
}

/// As [`prepared`], of what there might not be.
pub(super) fn there<T>(option: Option<T>, what: &'static str) -> Result<T, Error> {
    option.ok_or(Error::Library(what))
}
