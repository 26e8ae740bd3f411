//! `Credential=<access key id>/<yyyymmdd>/<region>/<service>/aws4_request`.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::TERMINATOR;
use super::error::SigV4Error;
use super::pieces::pieces;

/// What a signing key is good for: one day, one region, one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialScope<'a> {
    pub(super) date: Cow<'a, str>,
    pub(super) region: Cow<'a, str>,
    pub(super) service: Cow<'a, str>,
    pub(super) terminator: Cow<'a, str>,
}

impl CredentialScope<'_> {
    /// The day, `yyyymmdd`, as the client wrote it.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The region, as the client wrote it.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The service's signing name, as the client wrote it.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Checks the scope against what the endpoint serves and the instant that was signed. All mismatches are
    /// reported together.
    pub(super) fn check(
        &self,
        service: &str,
        regions: &[impl AsRef<str>],
        timestamp: &str,
    ) -> Result<(), SigV4Error> {
        let mut mismatches = String::new();
        let mut report = |sentence: std::fmt::Arguments<'_>| {
            // Writing to a string can't fail.
            let _ = write!(mismatches, "{sentence} ");
        };
        let Self {
            date,
            region,
            service: found,
            terminator,
        } = self;
        if !regions.iter().any(|served| served.as_ref() == region) {
            report(format_args!(
                "Credential should be scoped to a valid region, not '{region}'."
            ));
        }
        if found != service {
            report(format_args!(
                "Credential should be scoped to correct service: '{service}'."
            ));
        }
        if terminator != TERMINATOR {
            report(format_args!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'."
            ));
        }
        let signed_date = timestamp.get(..8).unwrap_or_default();
        if date != signed_date {
            report(format_args!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{date}' != '{signed_date}', from '{timestamp}'."
            ));
        }
        if mismatches.is_empty() {
            return Ok(());
        }
        Err(SigV4Error::WrongScope { mismatches })
    }
}

/// Splits a credential into the access key id and the scope; all five elements must be there and not empty.
pub(super) fn parse(
    credential: Cow<'_, str>,
) -> Result<(Cow<'_, str>, CredentialScope<'_>), SigV4Error> {
    let elements = match &credential {
        Cow::Borrowed(text) => five(text).map(|elements| elements.map(Cow::Borrowed)),
        Cow::Owned(text) => {
            five(text).map(|elements| elements.map(|element| Cow::Owned(element.to_owned())))
        }
    };
    let Some([access_key_id, date, region, service, terminator]) = elements else {
        return Err(SigV4Error::MalformedCredential {
            credential: credential.into_owned(),
        });
    };
    let scope = CredentialScope {
        date,
        region,
        service,
        terminator,
    };
    Ok((access_key_id, scope))
}

fn five(text: &str) -> Option<[&str; 5]> {
    let mut elements = pieces(text, b'/').filter(|element| !element.is_empty());
    let mut next = || elements.next();
    let five = [next()?, next()?, next()?, next()?, next()?];
    (text.bytes().filter(|byte| *byte == b'/').count() == 4).then_some(five)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_five_elements_only() {
        let (access_key_id, scope) =
            parse("AKID/20260102/eu-west-1/kms/aws4_request".into()).unwrap();
        assert_eq!(access_key_id, "AKID");
        assert_eq!(
            (scope.date(), scope.region(), scope.service()),
            ("20260102", "eu-west-1", "kms")
        );
        for bad in [
            "",
            "a/b/c/d",
            "a/b/c/d/e/f",
            "a//c/d/e",
            "/b/c/d/e",
            "a/b/c/d/",
            "a/b/c/d/e/",
        ] {
            assert_eq!(
                parse(bad.into()).unwrap_err(),
                SigV4Error::MalformedCredential {
                    credential: bad.into()
                }
            );
        }
    }

    #[test]
    fn reports_every_mismatch() {
        let check = |credential: &'static str| {
            let (_, scope) = parse(credential.into()).unwrap();
            scope
                .check("kms", &["eu-west-1", "us-east-1"], "20260102T030405Z")
                .map_err(|error| error.to_string())
        };
        assert_eq!(check("A/20260102/us-east-1/kms/aws4_request"), Ok(()));
        assert_eq!(
            check("A/20260103/mars-1/sts/aws5_request").unwrap_err(),
            "Credential should be scoped to a valid region, not 'mars-1'. Credential should be scoped to correct \
             service: 'kms'. Credential should be scoped with a valid terminator: 'aws4_request', not \
             'aws5_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '20260103' != '20260102', from '20260102T030405Z'. "
        );
        for (credential, start) in [
            (
                "A/20260102/us-west-1/kms/aws4_request",
                "Credential should be scoped to a valid",
            ),
            (
                "A/20260102/us-east-1/KMS/aws4_request",
                "Credential should be scoped to correct",
            ),
            (
                "A/20260102/us-east-1/kms/aws4",
                "Credential should be scoped with",
            ),
            (
                "A/20260101/us-east-1/kms/aws4_request",
                "Date in Credential scope",
            ),
        ] {
            let error = check(credential).unwrap_err();
            assert!(error.starts_with(start), "{error}");
            assert_eq!(error.matches("Credential").count(), 1, "{error}");
        }
    }
}
