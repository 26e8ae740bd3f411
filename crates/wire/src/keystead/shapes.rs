//! The shapes of inputs: one line each. What other services' APIs have as well has their limits.

use super::input::Tag;
use super::pattern;
use crate::json::shapes;

shapes! {
    AccessKeyIdType: string(16, 128, r"[\w]+" => pattern::word);
    ActionType: string(3, 128, "^[A-Za-z0-9:]+$" => pattern::action);
    ArnType: string(20, 2048);
    DescriptionType: string(0, 8192);
    JsonWebKeySetType: string(2, 65_536);
    KeyIdType: string(36, 36, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" => pattern::key_id);
    KeyMaterialType: secret(32, 32);
    LimitType: integer(1, 100);
    MarkerType: string(1, 320, r"[\u0020-\u00FF]+" => pattern::latin);
    MaxItemsType: integer(1, 1000);
    NameOfKeyType: string(1, 2048);
    PolicyType: string(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+" => pattern::policy);
    PositionType: string(1, 4096, "^[A-Za-z0-9_-]+$" => pattern::position);
    ServiceNamePrefixType: string(1, 128, r"^[a-z0-9.-]+$" => pattern::service_prefix);
    ServiceNameType: string(1, 128, r"^([a-z0-9-]+\.)+amazonaws\.com$" => pattern::service_name);
    TagKeyType: string(1, 128);
    TagList: structures(Tag);
    TagValueType: string(0, 256);
}
