//! `GetCallerIdentity`, of STS.

use keystead_core::audit::Elements;
use keystead_wire::sts::{input, output};

use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::{Query, Service};
use crate::target::Everyone;

/// Tells a caller who it is. AWS allows it to everybody, under any policy.
#[derive(Debug)]
pub enum GetCallerIdentity {}

impl Operation for GetCallerIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetCallerIdentity";
    const ACTION: () = ();
    const READ_ONLY: bool = true;
    type Input = input::GetCallerIdentity;
    type Output = output::GetCallerIdentity;
    type Protocol = Query;
    type Target = Everyone;

    fn target(_input: &Self::Input) {}

    fn parameters(_input: &Self::Input) -> Option<Elements<'_>> {
        None
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let identity = call.caller().member().identity();
        let output = output::GetCallerIdentity {
            arn: identity.arn().to_owned(),
            user_id: identity.unique_id().to_owned(),
            account: identity.account().to_string(),
        };
        Ok(Performed::new(call, output))
    }
}
