//! VPC endpoints: entrances of their own, with a policy of their own.
//!
//! AWS reaches its services from private networks through interface endpoints. Here an endpoint is
//! an address that the operator has Keystead listen on, besides the front door: whoever comes in
//! there carries its name (`aws:SourceVpce`, `aws:SourceVpc`) and needs its policy's leave.
//!
//! Source: "Control access to VPC endpoints using endpoint policies" in the AWS PrivateLink guide.

use keystead_core::arn::AccountId;
use keystead_core::policy::{Attached, EndpointPolicy};

/// A VPC endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Its id, `vpce-…`.
    pub id: String,
    /// The network that it serves, `vpc-…`.
    pub vpc: String,
    /// The account that owns it.
    pub account: AccountId,
    /// Its policy; without one, everything may pass.
    pub policy: Option<Attached<EndpointPolicy>>,
}
