//! Outputs that come in pages.

use super::{INSTANT, check_output, text};
use crate::kms::output;

#[test]
fn list_outputs_have_the_models_members() {
    let (next_marker, truncated) = (Some(text()), true);
    check_output(
        "ListKeysResponse",
        &output::ListKeys {
            keys: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "KeyListEntry",
        &output::KeyListEntry {
            key_id: text(),
            key_arn: text(),
        },
    );
    check_output(
        "ListAliasesResponse",
        &output::ListAliases {
            aliases: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "AliasListEntry",
        &output::AliasListEntry {
            alias_name: text(),
            alias_arn: text(),
            target_key_id: Some(text()),
            creation_date: Some(INSTANT),
            last_updated_date: Some(INSTANT),
        },
    );
    check_output(
        "ListResourceTagsResponse",
        &output::ListResourceTags {
            tags: vec![],
            next_marker: next_marker.clone(),
            truncated,
        },
    );
    check_output(
        "Tag",
        &output::Tag {
            tag_key: text(),
            tag_value: text(),
        },
    );
    check_output(
        "ListKeyPoliciesResponse",
        &output::ListKeyPolicies {
            policy_names: vec![],
            next_marker,
            truncated,
        },
    );
}
