//! The shapes of inputs: one line each, with the limits of the published model.

use super::input::{PolicyDescriptorType, ProvidedContext, Tag};
use super::pattern;
use crate::query::shapes;

shapes! {
    AccessKeyIdType: string(16, 128, r"[\w]*" => pattern::words);
    ArnType: string(20, 2048, r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+" => pattern::arn);
    ClientTokenType: sensitive(4, 20_000);
    ContextAssertionType: sensitive(4, 2048);
    DurationSecondsType: integer(900, 129_600);
    EncodedMessageType: sensitive(1, 10_240);
    ExternalIdType: string(2, 1224, r"[\w+=,.@:\/-]*" => pattern::paths);
    MinimumSessionTokenSizeType: integer(0, 4096);
    PolicyDescriptorListType: structures(PolicyDescriptorType);
    ProvidedContextsListType: structures(ProvidedContext, 1, 5);
    RoleDurationSecondsType: integer(900, 43_200);
    RoleSessionNameType: string(2, 64, r"[\w+=,.@-]*" => pattern::names);
    SerialNumberType: string(9, 256, r"[\w+=/:,.@-]*" => pattern::paths);
    SessionPolicyDocumentType: string(1, 2048, r"[\u0009\u000A\u000D\u0020-\u00FF]+" => pattern::policy);
    SourceIdentityType: string(2, 64, r"[\w+=,.@-]*" => pattern::names);
    TagKeyListType: scalars(TagKeyType, up_to 50);
    TagKeyType: string(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+" => pattern::tag_text);
    TagListType: structures(Tag, up_to 50);
    TagValueType: string(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*" => pattern::tag_texts);
    TokenCodeType: sensitive(6, 6, r"[\d]*" => pattern::digits);
    UnrestrictedSessionPolicyDocumentType: string(at_least 1, r"[\u0009\u000A\u000D\u0020-\u00FF]+" => pattern::policy);
    UrlType: string(4, 2048);
    UserNameType: string(2, 32, r"[\w+=,.@-]*" => pattern::names);
}
