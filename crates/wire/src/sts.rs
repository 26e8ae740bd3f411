//! The STS API model, version 2011-06-15, as far as it is served.

use crate::query::{self, QueryAction};

/// The API version that requests name.
pub const VERSION: &str = "2011-06-15";

/// The XML namespace of replies and errors.
pub const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The reply of `GetCallerIdentity`, which takes no parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetCallerIdentity {
    /// The caller's ARN.
    pub arn: String,
    /// The caller's unique id: `AIDA…` of a user, `AROA…:session` of a role session, the account id of a root user.
    pub user_id: String,
    /// The caller's account, 12 digits.
    pub account: String,
}

impl GetCallerIdentity {
    const ACTION: QueryAction = QueryAction {
        namespace: NAMESPACE,
        response_element: "GetCallerIdentityResponse",
        result_element: "GetCallerIdentityResult",
    };

    /// The XML body.
    #[must_use]
    pub fn to_xml(&self, request_id: &str) -> Vec<u8> {
        query::response(
            &Self::ACTION,
            request_id,
            Some(&|xml| {
                xml.text("Arn", &self.arn);
                xml.text("UserId", &self.user_id);
                xml.text("Account", &self.account);
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caller_identity_reply() {
        let identity = GetCallerIdentity {
            arn: "arn:aws:iam::111122223333:user/a&b".into(),
            user_id: "AIDAEXAMPLE".into(),
            account: "111122223333".into(),
        };
        assert_eq!(
            String::from_utf8(identity.to_xml("id-1")).unwrap(),
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a&amp;b</Arn><UserId>AIDAEXAMPLE</UserId>\
             <Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId>\
             </ResponseMetadata></GetCallerIdentityResponse>"
        );
    }
}
