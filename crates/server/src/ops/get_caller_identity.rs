//! `GetCallerIdentity`, of STS.

use keystead_core::audit::Elements;
use keystead_wire::query::QueryRequest;
use keystead_wire::sts;

use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::{Query, QueryOutput, Service};
use crate::target::Everyone;

/// Tells a caller who it is. AWS allows it to everybody, under any policy.
#[derive(Debug)]
pub enum GetCallerIdentity {}

impl QueryOutput for sts::GetCallerIdentity {
    fn to_xml(&self, request_id: &str) -> Vec<u8> {
        Self::to_xml(self, request_id)
    }
}

impl Operation for GetCallerIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetCallerIdentity";
    const ACTION: () = ();
    const READ_ONLY: bool = true;
    type Input = QueryRequest;
    type Output = sts::GetCallerIdentity;
    type Protocol = Query;
    type Target = Everyone;

    fn target(_input: &Self::Input) {}

    fn parameters(_input: &Self::Input) -> Option<Elements<'_>> {
        None
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let identity = call.caller().member().identity();
        let output = sts::GetCallerIdentity {
            arn: identity.arn().to_owned(),
            user_id: identity.unique_id().to_owned(),
            account: identity.account().to_string(),
        };
        Ok(Performed::new(call, output))
    }
}
