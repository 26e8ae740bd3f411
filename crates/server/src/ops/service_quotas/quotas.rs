//! Quotas as they hold for the caller's account, and as they are at AWS.

use keystead_core::arn::PARTITION;
use keystead_core::quota::{Limit, Measure, Quota, Resource, TABLE};
use keystead_wire::service_quotas::{AppliedLevelEnum, PeriodUnit, input, output};

use super::refusal::Refusal;
use super::{Done, SERVICE_CODE, SERVICE_NAME, account, list};
use crate::fault::Fault;
use crate::ops::management::{Call, operations};

operations! { ServiceQuotas "servicequotas" Json;
    /// Gives a quota as it holds for the caller's account.
    GetServiceQuota: read, on account => get => output::GetServiceQuota;
    /// Lists the quotas that hold for the caller's account.
    ListServiceQuotas: read, on account => list => output::ListServiceQuotas;
    /// Gives a quota as AWS has it.
    GetAWSDefaultServiceQuota: read, on account => get_default => output::GetAWSDefaultServiceQuota;
    /// Lists the quotas that AWS has.
    ListAWSDefaultServiceQuotas: read, on account => list_defaults => output::ListAWSDefaultServiceQuotas;
}

/// What is shown where there is no limit: the greatest value of the API model.
const UNLIMITED: f64 = 1e10;
const UNLIMITED_WORDS: &str = "No limit is in force. The server's configuration can set one.";

fn get(call: &Call<'_, input::GetServiceQuota>) -> Done<output::GetServiceQuota> {
    let input = call.input;
    check_service(&input.service_code)?;
    // No quota has values for single resources.
    let quota = applied(call)
        .filter(|_| input.context_id.is_none())
        .find(|quota| quota.quota_code == input.quota_code)
        .ok_or(Refusal::NoSuchQuota)?;
    Ok(output::GetServiceQuota { quota }.into())
}

fn list(call: &Call<'_, input::ListServiceQuotas>) -> Done<output::ListServiceQuotas> {
    let input = call.input;
    check_service(&input.service_code)?;
    let wanted = input.quota_code.as_deref();
    if wanted.is_some_and(|code| TABLE.iter().all(|quota| quota.code != code)) {
        return Err(Refusal::NoSuchQuota.into());
    }
    let of_accounts = input.quota_applied_at_level != Some(AppliedLevelEnum::Resource);
    let is_wanted = |quota: &output::ServiceQuota| wanted.is_none_or(|c| c == quota.quota_code);
    let all = applied(call).filter(|quota| of_accounts && is_wanted(quota));
    let (token, size) = (input.next_token.as_deref(), input.max_results);
    let (quotas, next_token) = list::page("ListServiceQuotas", token, size, all.collect(), code)?;
    Ok(output::ListServiceQuotas { quotas, next_token }.into())
}

fn get_default(
    call: &Call<'_, input::GetAWSDefaultServiceQuota>,
) -> Done<output::GetAWSDefaultServiceQuota> {
    check_service(&call.input.service_code)?;
    let quota = defaults(call)
        .find(|quota| quota.quota_code == call.input.quota_code)
        .ok_or(Refusal::NoSuchQuota)?;
    Ok(output::GetAWSDefaultServiceQuota { quota }.into())
}

fn list_defaults(
    call: &Call<'_, input::ListAWSDefaultServiceQuotas>,
) -> Done<output::ListAWSDefaultServiceQuotas> {
    let input = call.input;
    check_service(&input.service_code)?;
    let (token, size) = (input.next_token.as_deref(), input.max_results);
    let all = defaults(call).collect();
    let (quotas, next_token) = list::page("ListAWSDefaultServiceQuotas", token, size, all, code)?;
    Ok(output::ListAWSDefaultServiceQuotas { quotas, next_token }.into())
}

fn check_service(code: &str) -> Result<(), Fault> {
    if code == SERVICE_CODE {
        Ok(())
    } else {
        Err(Refusal::NoSuchService.into())
    }
}

fn code(quota: &output::ServiceQuota) -> String {
    quota.quota_code.clone()
}

fn applied<'a, I>(call: &'a Call<'_, I>) -> impl Iterator<Item = output::ServiceQuota> + 'a {
    let limits = call.tools.quotas.of(call.account);
    limits.all().map(|(quota, limit)| {
        let value = match limit {
            Limit::Count(most) => u32::try_from(*most).map_or(UNLIMITED, f64::from),
            Limit::Rate(rate) => rate.calls(),
            Limit::None => UNLIMITED,
        };
        output::ServiceQuota {
            quota_applied_at_level: Some(AppliedLevelEnum::Account),
            description: (*limit == Limit::None).then(|| UNLIMITED_WORDS.to_owned()),
            ..shown(quota, value, call.account.as_str(), call)
        }
    })
}

fn defaults<'a, I>(call: &'a Call<'_, I>) -> impl Iterator<Item = output::ServiceQuota> + 'a {
    let region = call.tools.region.as_str();
    TABLE
        .iter()
        .map(move |quota| shown(quota, quota.aws_default(region), "", call))
}

fn shown<I>(quota: &Quota, value: f64, owner: &str, call: &Call<'_, I>) -> output::ServiceQuota {
    let (region, code) = (call.tools.region, quota.code);
    let period = match quota.measure {
        Measure::PerSecond(..) => Some(output::QuotaPeriod {
            period_value: 1,
            period_unit: PeriodUnit::Second,
        }),
        Measure::Count(..) => None,
    };
    let unit = match quota.measure {
        Measure::Count(Resource::KeyPolicyBytes, _) => "Bytes",
        _ => "None",
    };
    output::ServiceQuota {
        service_code: SERVICE_CODE.to_owned(),
        service_name: SERVICE_NAME.to_owned(),
        quota_arn: format!("arn:{PARTITION}:servicequotas:{region}:{owner}:{SERVICE_CODE}/{code}"),
        quota_code: code.to_owned(),
        quota_name: quota.name.to_owned(),
        value,
        unit: unit.to_owned(),
        adjustable: quota.adjustable,
        global_quota: false,
        usage_metric: None,
        period,
        error_reason: None,
        quota_applied_at_level: None,
        quota_context: None,
        description: None,
    }
}
