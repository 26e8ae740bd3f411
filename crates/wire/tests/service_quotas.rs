//! Service Quotas inputs and outputs as bodies.

use std::collections::BTreeMap;

use keystead_wire::json::{Input, Output};
use keystead_wire::model::Recorded;
use keystead_wire::model::RecordedValue::{Integer, Text};
use keystead_wire::service_quotas::input::{GetServiceQuota, ListServiceQuotas, ListServices};
use keystead_wire::service_quotas::output::{
    GetServiceQuota as QuotaFound, MetricInfo, QuotaPeriod, ServiceQuota,
};
use keystead_wire::service_quotas::{AppliedLevelEnum, PeriodUnit};

#[test]
fn inputs() {
    let input = ListServiceQuotas::decode(
        br#"{"ServiceCode":"kms","MaxResults":100,"NextToken":"aGk=","QuotaAppliedAtLevel":"ALL"}"#,
    )
    .unwrap();
    assert_eq!(input.quota_applied_at_level, Some(AppliedLevelEnum::All));
    assert_eq!(input.quota_code, None);
    assert_eq!(
        input.recorded(),
        [
            ("serviceCode", Text("kms".into())),
            ("nextToken", Text("aGk=".into())),
            ("maxResults", Integer(100)),
            ("quotaAppliedAtLevel", Text("ALL".into())),
        ]
    );
    ListServices::decode(b"{}").unwrap();
}

#[test]
fn refusals() {
    for (body, message) in [
        (
            r#"{"ServiceCode":"kms"}"#,
            "1 validation error detected: Value null at 'quotaCode' failed to satisfy constraint: Member must not be \
             null",
        ),
        (
            r#"{"ServiceCode":"k","QuotaCode":"L-6E3AF000"}"#,
            "1 validation error detected: Value 'k' at 'serviceCode' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [a-zA-Z][a-zA-Z0-9-]{1,63}",
        ),
    ] {
        let error = GetServiceQuota::decode(body.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "ValidationException", "{body}");
        assert_eq!(error.message(), Some(message), "{body}");
    }
}

#[test]
fn outputs() {
    let mut output = QuotaFound {
        quota: ServiceQuota {
            service_code: "kms".into(),
            service_name: "n".into(),
            quota_arn: "a".into(),
            quota_code: "L-1".into(),
            quota_name: "q".into(),
            value: 100_000.0,
            unit: "None".into(),
            adjustable: true,
            global_quota: false,
            usage_metric: None,
            period: None,
            error_reason: None,
            quota_applied_at_level: None,
            quota_context: None,
            description: None,
        },
    };
    assert_eq!(
        String::from_utf8(output.encode()).unwrap(),
        r#"{"Quota":{"ServiceCode":"kms","ServiceName":"n","QuotaArn":"a","QuotaCode":"L-1","QuotaName":"q","Value":100000.0,"Unit":"None","Adjustable":true,"GlobalQuota":false}}"#
    );
    assert_eq!(output.recorded(), []);
    output.quota.value = 0.5;
    output.quota.usage_metric = Some(MetricInfo {
        metric_namespace: "AWS/Usage".into(),
        metric_name: "CallCount".into(),
        metric_dimensions: BTreeMap::from([("Service".into(), "KMS".into())]),
        metric_statistic_recommendation: "Sum".into(),
    });
    output.quota.period = Some(QuotaPeriod {
        period_value: 1,
        period_unit: PeriodUnit::Second,
    });
    assert_eq!(
        String::from_utf8(output.encode()).unwrap(),
        r#"{"Quota":{"ServiceCode":"kms","ServiceName":"n","QuotaArn":"a","QuotaCode":"L-1","QuotaName":"q","Value":0.5,"Unit":"None","Adjustable":true,"GlobalQuota":false,"UsageMetric":{"MetricNamespace":"AWS/Usage","MetricName":"CallCount","MetricDimensions":{"Service":"KMS"},"MetricStatisticRecommendation":"Sum"},"Period":{"PeriodValue":1,"PeriodUnit":"SECOND"}}}"#
    );
}
