//! The shapes of inputs: one line each, with the limits of the published model.

use super::EntityType;
use super::input::{ContextEntry, OrderedOrganizationPolicyType, PolicyIdentifier, Tag};
use super::pattern;
use crate::query::shapes;

shapes! {
    AccessKeyIdType: string(16, 128, r"[\w]+" => pattern::word);
    AccountAliasType: string(3, 63, "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$" => pattern::account_alias);
    ActionNameListType: scalars(ActionNameType);
    ActionNameType: string(3, 128);
    ArnType: string(20, 2048);
    AttachmentName: string(1, 128, r"[\w+=,.@-]+" => pattern::name);
    BooleanType: boolean();
    ClientIDListType: scalars(ClientIDType);
    ClientIDType: string(1, 255);
    ContextEntryListType: structures(ContextEntry);
    ContextKeyNameType: string(5, 256);
    ContextKeyValueListType: scalars(ContextKeyValueType);
    ContextKeyValueType: string();
    CustomSuffixType: string(1, 64, r"[\w+=,.@-]+" => pattern::name);
    DeletionTaskIdType: string(1, 1000);
    EntityListType: scalars(EntityType);
    ExistingUserNameType: string(1, 128, r"[\w+=,.@-]+" => pattern::name);
    GroupNameType: string(1, 128, r"[\w+=,.@-]+" => pattern::name);
    MarkerType: string(1, 320, r"[\u0020-\u00FF]+" => pattern::latin);
    MaxItemsType: integer(1, 1000);
    OpenIDConnectProviderUrlType: string(1, 255);
    OrganizationPolicyListType: structures(OrderedOrganizationPolicyType, up_to 7);
    PathPrefixType: string(1, 512, r"\u002F[\u0021-\u007F]*" => pattern::path_prefix);
    PathType: string(1, 512, r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)" => pattern::path);
    PolicyDescriptionType: string(up_to 1000);
    PolicyDocumentType: string(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+" => pattern::policy);
    PolicyExclusionsListType: structures(PolicyIdentifier, up_to 256);
    PolicyNameType: string(1, 128, r"[\w+=,.@-]+" => pattern::name);
    PolicyPathType: string(1, 512, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/" => pattern::policy_path);
    PolicyVersionIdType: string(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?" => pattern::policy_version);
    ResourceHandlingOptionType: string(1, 64);
    ResourceNameListType: scalars(ResourceNameType);
    ResourceNameType: string(1, 2048);
    RoleDescriptionType: string(up_to 1000, r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*" => pattern::role_description);
    RoleMaxSessionDurationType: integer(3600, 43_200);
    RoleNameType: string(1, 64, r"[\w+=,.@-]+" => pattern::name);
    SimulationPolicyListType: scalars(PolicyDocumentType);
    TagKeyListType: scalars(TagKeyType, up_to 50);
    TagKeyType: string(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+" => pattern::tag_text);
    TagListType: structures(Tag, up_to 50);
    TagValueType: string(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*" => pattern::tag_texts);
    ThumbprintListType: scalars(ThumbprintType);
    ThumbprintType: string(40, 40);
    UserNameType: string(1, 64, r"[\w+=,.@-]+" => pattern::name);
}
