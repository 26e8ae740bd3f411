//! The shapes of inputs: one line each, with the limits of the published model.

use super::pattern;
use crate::json::shapes;

shapes! {
    MaxResults: integer(1, 100);
    NextToken: string(up_to 2048, "^[a-zA-Z0-9/+]*={0,2}$" => pattern::token);
    QuotaCode: string(1, 128, "[a-zA-Z][a-zA-Z0-9-]{1,128}" => pattern::quota_code);
    QuotaContextId: string();
    ServiceCode: string(1, 63, "[a-zA-Z][a-zA-Z0-9-]{1,63}" => pattern::service_code);
}
