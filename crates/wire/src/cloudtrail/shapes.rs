//! The shapes of inputs: one line each, with the limits of the published model.

use super::input::LookupAttribute;
use crate::json::shapes;

shapes! {
    Boolean: boolean();
    Date: instant();
    LookupAttributeValue: string(1, 2000);
    LookupAttributesList: structures(LookupAttribute);
    MaxResults: integer(1, 50);
    NextToken: string();
    String_: string();
    TrailNameList: scalars(String_);
}
