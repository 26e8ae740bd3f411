//! The shapes of inputs: one line each, with the limits of the published model.

use super::CreateAccountState;
use super::input::Tag;
use super::pattern;
use crate::json::shapes;

shapes! {
    AccountId: string(up_to 12, r"^\d{12}$" => pattern::account);
    ChildId: string(up_to 100, r"^(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" => pattern::child);
    CreateAccountName: sensitive(1, 50, r"[\u0020-\u007E]+" => pattern::printable);
    CreateAccountRequestId: string(up_to 36, "^car-[a-z0-9]{8,32}$" => pattern::create_account_request);
    CreateAccountStates: scalars(CreateAccountState);
    Email: sensitive(6, 64, r"[^\s@]+@[^\s@]+\.[^\s@]+" => pattern::email);
    MaxResults: integer(1, 20);
    NextToken: string(up_to 100_000, r"[\s\S]*" => pattern::anything);
    OrganizationalUnitId: string(up_to 68, "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$" => pattern::unit);
    OrganizationalUnitName: string(1, 128, r"[\s\S]*" => pattern::anything);
    ParentId: string(up_to 100, "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" => pattern::parent);
    PolicyContent: string(at_least 1, r"[\s\S]*" => pattern::anything);
    PolicyDescription: string(up_to 512, r"[\s\S]*" => pattern::anything);
    PolicyId: string(up_to 130, "^p-[0-9a-zA-Z_]{8,128}$" => pattern::policy);
    PolicyName: string(1, 128, r"[\s\S]*" => pattern::anything);
    PolicyTargetId: string(up_to 100, r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$" => pattern::policy_target);
    RoleName: string(up_to 64, r"[\w+=,.@-]{1,64}" => pattern::role_name);
    RootId: string(up_to 34, "^r-[0-9a-z]{4,32}$" => pattern::root);
    TagKey: string(1, 128, r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$" => pattern::tag_texts);
    TagKeys: scalars(TagKey);
    TagValue: string(0, 256, r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$" => pattern::tag_texts);
    TaggableResourceId: string(up_to 130, r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})|(^p-[0-9a-zA-Z_]{8,128})|(^rp-[0-9a-zA-Z_]{4,128})|(^rt-[0-9a-zA-Z_]{8,32})$" => pattern::taggable);
    Tags: structures(Tag);
}
