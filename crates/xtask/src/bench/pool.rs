//! The servers that run: one of each kind that is needed now.

use std::path::{Path, PathBuf};

use super::Error;
use super::process::Server;
use super::stage::{Kind, Stage};

/// The servers, which end when nobody needs them any more.
pub(super) struct Pool<'a> {
    program: &'a Path,
    place: &'a Path,
    stages: Vec<Stage>,
}

impl<'a> Pool<'a> {
    /// No server yet. They will be of this program, and keep their data in folders of `place`.
    pub(super) const fn new(program: &'a Path, place: &'a Path) -> Self {
        Self {
            program,
            place,
            stages: Vec::new(),
        }
    }

    /// What the servers run.
    pub(super) const fn program(&self) -> &Path {
        self.program
    }

    /// A server of a kind, which is started if there is none.
    pub(super) async fn stage(&mut self, kind: Kind) -> Result<&mut Stage, Error> {
        if self.find(kind).is_none() {
            println!("==> starting a server: {kind:?}");
            let stage = Stage::start(kind, self.program, self.place).await?;
            self.stages.push(stage);
        }
        let mut stages = self.stages.iter_mut();
        stages
            .find(|stage| stage.kind == kind)
            .ok_or(Error::NoServer)
    }

    /// The process of a kind.
    pub(super) fn server(&self, kind: Kind) -> Result<&Server, Error> {
        Ok(&self.find(kind).ok_or(Error::NoServer)?.server)
    }

    /// The certificate of a kind and its key, if it has one.
    pub(super) fn certificate(&self, kind: Kind) -> Option<(PathBuf, PathBuf)> {
        self.find(kind)?.certificate()
    }

    /// Ends those that are not wanted any more.
    pub(super) fn keep(&mut self, wanted: &[Kind]) {
        self.stages.retain(|stage| wanted.contains(&stage.kind));
    }

    fn find(&self, kind: Kind) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.kind == kind)
    }
}
