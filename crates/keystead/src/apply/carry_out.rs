//! Carrying a plan out, step by step, up to the first failure.

use serde_json::Value;
use zeroize::Zeroizing;

use super::document::AccessKey;
use super::error::ApplyError;
use super::key_file::KeyFile;
use super::plan::{After, Call, Names, Step, placeholders};
use super::server::Server;
use super::show::Listener;
use super::source::Source;
use crate::api::{Service, text};
use crate::client::ClientError;
use crate::principals;

/// What steps are carried out with.
pub(super) struct Work<'a> {
    pub(super) server: &'a dyn Server,
    pub(super) source: &'a Source,
    pub(super) names: Names,
    pub(super) listener: &'a mut dyn Listener,
}

impl Work<'_> {
    /// Carries out all steps.
    pub(super) fn carry_out(&mut self, steps: &[Step]) -> Result<(), ApplyError> {
        for step in steps {
            let account = self.names.fill(&step.account);
            for call in &step.calls {
                self.call(step, &account, call)?;
            }
            self.listener.done(step);
        }
        Ok(())
    }

    fn call(&mut self, step: &Step, account: &str, call: &Call) -> Result<(), ApplyError> {
        let input = self.names.fill_all(&call.input);
        if let Some(name) = placeholders(&input).first() {
            return Err(ApplyError::Placeholder {
                item: step.item.clone(),
                name: (*name).to_owned(),
            });
        }
        let file = self.file_for(step, call)?;
        let answer = match self
            .server
            .call(account, call.service, &call.operation, &input)
        {
            Ok(answer) => answer,
            Err(source) => {
                if let Some(file) = file {
                    file.discard();
                }
                return Err(self.refused(step, account, call, &input, source));
            }
        };
        match &call.after {
            After::Nothing => Ok(()),
            After::Keep {
                placeholder,
                pointer,
            } => {
                let value = answer.pointer(pointer).and_then(Value::as_str);
                let value = value.ok_or_else(|| ApplyError::Answer {
                    item: step.item.clone(),
                    operation: call.operation.clone(),
                    member: pointer,
                })?;
                self.names.set(placeholder, value);
                Ok(())
            }
            After::HandOver(_) => self.hand_over(step, file, answer),
        }
    }

    /// Why a call was refused: whom a policy names in vain is found out, where AWS does not tell.
    fn refused(
        &self,
        step: &Step,
        account: &str,
        call: &Call,
        input: &Value,
        source: ClientError,
    ) -> ApplyError {
        let item = step.item.clone();
        if principals::are_refused(&source) {
            let ask = |operation: &str, input: &Value| {
                self.server.call(account, Service::Iam, operation, input)
            };
            let names = principals::missing(text(input, "Policy"), account, &ask);
            if !names.is_empty() {
                return ApplyError::Principals {
                    item,
                    names,
                    source,
                };
            }
        }
        ApplyError::Doing {
            item,
            operation: call.operation.clone(),
            source,
        }
    }

    /// The file that the access key goes to which a call makes.
    fn file_for(&self, step: &Step, call: &Call) -> Result<Option<KeyFile>, ApplyError> {
        match &call.after {
            After::HandOver(AccessKey::File(name)) => {
                KeyFile::make(&step.item, self.source.beside(name)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Shows the access key that was made, this once, or writes it to its file.
    fn hand_over(
        &mut self,
        step: &Step,
        file: Option<KeyFile>,
        mut answer: Value,
    ) -> Result<(), ApplyError> {
        let key = answer
            .get_mut("AccessKey")
            .map(Value::take)
            .unwrap_or_default();
        let id = text(&key, "AccessKeyId").to_owned();
        let secret = match key.get("SecretAccessKey") {
            Some(Value::String(secret)) => Zeroizing::new(secret.clone()),
            _ => Zeroizing::default(),
        };
        match file {
            None => {
                self.listener.access_key(&step.item, &id, &secret);
                Ok(())
            }
            Some(file) => {
                let profile = Zeroizing::new(format!(
                    "[default]\naws_access_key_id = {id}\naws_secret_access_key = {}\n",
                    secret.as_str()
                ));
                file.write(&step.item, &id, profile.as_bytes())
            }
        }
    }
}
