//! What is said of spans: where they go, and how many are made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::shipping::is_loopback;
use crate::otlp::{Collector, CollectorError};

/// The table `[tracing]` of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracingTable {
    otlp_endpoint: Option<String>,
    ca_file: Option<PathBuf>,
    insecure_http: Option<bool>,
    sampling_ratio: Option<f64>,
    service_name: Option<String>,
    resource: Option<BTreeMap<String, String>>,
}

/// Where spans go, and how many are made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TracingSettings {
    /// Who takes them.
    pub(crate) collector: Collector,
    /// The certificate authorities that vouch for it; those of the machine if there is no file.
    pub(crate) ca_file: Option<PathBuf>,
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
    #[error(
        "tracing.otlp_endpoint is http://, which shows everybody on the way who calls what: use https://, or add insecure_http = true"
    )]
    Plain,
}

/// Takes the file that is named to be in a folder, that of the configuration file.
pub(super) fn by_folder(table: &mut TracingTable, folder: &Path) {
    let ca_file = table.ca_file.take();
    table.ca_file = ca_file.map(|path| folder.join(path));
}

/// The settings; `None` if there are to be no spans.
pub(super) fn resolve(table: TracingTable) -> Result<Option<TracingSettings>, TracingError> {
    let TracingTable {
        otlp_endpoint,
        ca_file,
        insecure_http,
        sampling_ratio,
        service_name,
        resource,
    } = table;
    let Some(endpoint) = otlp_endpoint else {
        let others = [
            (ca_file.is_some(), "ca_file"),
            (insecure_http.is_some(), "insecure_http"),
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
    let collector = Collector::parse(&endpoint)?;
    let is_hidden = collector.plain_host().is_none_or(is_loopback);
    if !is_hidden && insecure_http != Some(true) {
        return Err(TracingError::Plain);
    }
    Ok(Some(TracingSettings {
        collector,
        ca_file,
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
            "ca_file = 'authority.pem'",
            "insecure_http = true",
        ] {
            assert!(resolved(file).is_err(), "{file}");
        }
        assert!(toml::from_str::<TracingTable>("otlp_endpiont = 'x'").is_err());
    }

    #[test]
    fn spans_go_in_the_clear_to_this_machine_alone_unless_it_is_said() {
        for (file, is_taken) in [
            ("otlp_endpoint = 'http://127.0.0.1:4318'", true),
            ("otlp_endpoint = 'http://[::1]:4318/otlp'", true),
            ("otlp_endpoint = 'https://otel.example'", true),
            ("otlp_endpoint = 'http://otel.example:4318'", false),
            ("otlp_endpoint = 'http://127.0.0.1.otel.example'", false),
            (
                "otlp_endpoint = 'http://otel.example'\ninsecure_http = false",
                false,
            ),
            (
                "otlp_endpoint = 'http://otel.example'\ninsecure_http = true",
                true,
            ),
        ] {
            match resolved(file) {
                Ok(_) => assert!(is_taken, "{file}"),
                Err(error) => {
                    assert!(!is_taken, "{file}: {error}");
                    assert!(error.to_string().contains("insecure_http"), "{error}");
                }
            }
        }
    }

    #[test]
    fn the_authorities_are_found_by_the_configuration() {
        let file = "otlp_endpoint = 'https://otel.example'\nca_file = 'authority.pem'";
        let mut table: TracingTable = toml::from_str(file).unwrap();
        by_folder(&mut table, Path::new("/etc/keystead"));
        let settings = resolve(table).unwrap().unwrap();
        let expected = Path::new("/etc/keystead/authority.pem");
        assert_eq!(settings.ca_file.as_deref(), Some(expected));
    }
}
