//! What is said of spans: where they go, and how many are made.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::otlp::{Collector, CollectorError};

/// The table `[tracing]` of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracingTable {
    otlp_endpoint: Option<String>,
    sampling_ratio: Option<f64>,
    service_name: Option<String>,
    resource: Option<BTreeMap<String, String>>,
}

/// Where spans go, and how many are made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TracingSettings {
    /// Who takes them.
    pub(crate) collector: Collector,
    /// The part of traces that are sampled of those that begin here, from 0 to 1.
    pub(crate) sampling_ratio: f64,
    /// `service.name` of the resource.
    pub(crate) service_name: String,
    /// Its other attributes.
    pub(crate) resource: BTreeMap<String, String>,
}

/// Why spans can't be sent so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TracingError {
    #[error("tracing.sampling_ratio is to be a number from 0 to 1")]
    Ratio,
    #[error("tracing.{name} has no effect without tracing.otlp_endpoint")]
    NoEndpoint { name: &'static str },
    #[error("tracing.otlp_endpoint: {source}")]
    Endpoint {
        #[from]
        source: CollectorError,
    },
}

/// The settings; `None` if there are to be no spans.
pub(super) fn resolve(table: TracingTable) -> Result<Option<TracingSettings>, TracingError> {
    let TracingTable {
        otlp_endpoint,
        sampling_ratio,
        service_name,
        resource,
    } = table;
    let Some(endpoint) = otlp_endpoint else {
        let others = [
            (sampling_ratio.is_some(), "sampling_ratio"),
            (service_name.is_some(), "service_name"),
            (resource.is_some(), "resource"),
        ];
        return match others.into_iter().find(|(given, _)| *given) {
            Some((_, name)) => Err(TracingError::NoEndpoint { name }),
            None => Ok(None),
        };
    };
    let sampling_ratio = sampling_ratio.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&sampling_ratio) {
        return Err(TracingError::Ratio);
    }
    Ok(Some(TracingSettings {
        collector: Collector::parse(&endpoint)?,
        sampling_ratio,
        service_name: service_name.unwrap_or_else(|| "keystead".to_owned()),
        resource: resource.unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(file: &str) -> Result<Option<TracingSettings>, TracingError> {
        resolve(toml::from_str(file).unwrap())
    }

    #[test]
    fn there_are_no_spans_unless_it_is_said_where_they_go() {
        assert_eq!(resolved("").unwrap(), None);
        let settings = resolved("otlp_endpoint = 'http://localhost:4318'");
        let settings = settings.unwrap().unwrap();
        assert!((settings.sampling_ratio - 1.0).abs() < f64::EPSILON);
        assert_eq!(settings.service_name, "keystead");
        let file = "otlp_endpoint = 'https://otel.example'\nsampling_ratio = 0.01\n\
                    service_name = 'kms'\nresource = { 'deployment.environment.name' = 'test' }";
        let settings = resolved(file).unwrap().unwrap();
        assert!((settings.sampling_ratio - 0.01).abs() < f64::EPSILON);
        assert_eq!(settings.service_name, "kms");
        assert_eq!(settings.resource["deployment.environment.name"], "test");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for file in [
            "sampling_ratio = 0.5",
            "service_name = 'kms'",
            "resource = {}",
            "otlp_endpoint = 'localhost:4318'",
            "otlp_endpoint = 'http://localhost'\nsampling_ratio = 1.5",
            "otlp_endpoint = 'http://localhost'\nsampling_ratio = -0.1",
            "otlp_endpoint = 'http://localhost'\nsampling_ratio = nan",
        ] {
            assert!(resolved(file).is_err(), "{file}");
        }
        assert!(toml::from_str::<TracingTable>("otlp_endpiont = 'x'").is_err());
    }
}
