//! Services that have quotas: there is one.

use keystead_wire::service_quotas::{input, output};

use super::{Done, SERVICE_CODE, SERVICE_NAME, account, list};
use crate::ops::management::{Call, operations};

operations! { ServiceQuotas "servicequotas" Json;
    /// Lists the services that have quotas.
    ListServices: read, on account => list_services => output::ListServices;
}

fn list_services(call: &Call<'_, input::ListServices>) -> Done<output::ListServices> {
    let input = call.input;
    let all = vec![output::ServiceInfo {
        service_code: SERVICE_CODE.to_owned(),
        service_name: SERVICE_NAME.to_owned(),
    }];
    let code = |service: &output::ServiceInfo| service.service_code.clone();
    let token = input.next_token.as_deref();
    let (services, next_token) = list::page("ListServices", token, input.max_results, all, code)?;
    Ok(output::ListServices {
        services,
        next_token,
    }
    .into())
}
