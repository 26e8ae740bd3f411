//! A running server, seen from every account: from the caller's with its own credentials, from
//! others with the role that their organization has made in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use keystead_crypto::SecretBytes;
use serde_json::{Value, json};

use crate::api::{self, Service, text};
use crate::client::{Client, ClientError, Credentials, Refusal};

/// The role that Organizations makes in every account that it makes ("Accessing a member account
/// that has OrganizationAccountAccessRole" in the Organizations guide).
pub(super) const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

/// Something that answers calls.
pub(super) trait Server {
    /// Calls an operation from an account, given by its number.
    fn call(
        &self,
        account: &str,
        service: Service,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ClientError>;
}

/// A server on the network.
pub(super) struct Remote {
    own: Rc<Client>,
    own_account: String,
    caller: String,
    entered: RefCell<BTreeMap<String, Rc<Client>>>,
}

impl Remote {
    /// Asks the server who calls.
    pub(super) fn connect(client: Client) -> Result<Self, ClientError> {
        let caller = api::call(&client, Service::Sts, "GetCallerIdentity", &json!({}))?;
        Ok(Self {
            own: Rc::new(client),
            own_account: text(&caller, "Account").to_owned(),
            caller: text(&caller, "Arn").to_owned(),
            entered: RefCell::default(),
        })
    }

    /// The caller's account.
    pub(super) fn own_account(&self) -> &str {
        &self.own_account
    }

    /// The caller's ARN.
    pub(super) fn caller(&self) -> &str {
        &self.caller
    }

    fn client(&self, account: &str) -> Result<Rc<Client>, ClientError> {
        if account == self.own_account {
            return Ok(Rc::clone(&self.own));
        }
        if let Some(client) = self.entered.borrow().get(account) {
            return Ok(Rc::clone(client));
        }
        let client = Rc::new(
            self.enter(account)
                .map_err(|error| explained(error, account))?,
        );
        let mut entered = self.entered.borrow_mut();
        entered.insert(account.to_owned(), Rc::clone(&client));
        Ok(client)
    }

    fn enter(&self, account: &str) -> Result<Client, ClientError> {
        let input = json!({
            "RoleArn": format!("arn:aws:iam::{account}:role/{ACCESS_ROLE}"),
            "RoleSessionName": "keystead-apply",
        });
        let answer = api::call(&self.own, Service::Sts, "AssumeRole", &input)?;
        let credentials = answer.get("Credentials").unwrap_or(&Value::Null);
        let member = |name| text(credentials, name).to_owned();
        self.own.with_credentials(Credentials {
            access_key_id: member("AccessKeyId"),
            secret_access_key: SecretBytes::from(member("SecretAccessKey").into_bytes()),
            session_token: Some(member("SessionToken")),
        })
    }
}

impl Server for Remote {
    fn call(
        &self,
        account: &str,
        service: Service,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ClientError> {
        api::call(&*self.client(account)?, service, operation, input)
    }
}

fn explained(error: ClientError, account: &str) -> ClientError {
    match error {
        ClientError::Refused(refusal) => ClientError::Refused(Refusal {
            message: format!(
                "{} (to work in account {account}, its role {ACCESS_ROLE} is assumed)",
                refusal.message
            ),
            ..refusal
        }),
        other => other,
    }
}
