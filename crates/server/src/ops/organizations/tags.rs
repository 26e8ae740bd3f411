//! Tags of the root, units, accounts and policies.

use keystead_core::change::Change;
use keystead_core::tag::Tags;
use keystead_wire::json::NoOutput;
use keystead_wire::organizations::{input, output};

use super::Done;
use super::about::one;
use super::list::Asked;
use super::policies::{find, find_own};
use super::refusal::{self, Refusal};
use crate::fault::Fault;
use crate::ops::management::{Answer, Call, operations};
use crate::organization::{Node, Organization, Policy};

operations! { Organizations "organizations" Json;
    /// Adds or changes tags.
    TagResource: write, on |input| one(&input.resource_id) => tag;
    /// Removes tags.
    UntagResource: write, on |input| one(&input.resource_id) => untag;
    /// Lists tags, in the order of their names.
    ListTagsForResource: read, on |input| one(&input.resource_id)
        => list => output::ListTagsForResource;
}

/// The tags of something new.
pub(super) fn new(tags: &[input::Tag]) -> Result<Tags, Fault> {
    with(Tags::default(), tags)
}

fn with(tags: Tags, added: &[input::Tag]) -> Result<Tags, Fault> {
    let pairs = added.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
    tags.with(pairs.collect()).map_err(refusal::of_tags)
}

fn tag(call: &Call<'_, input::TagResource>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let tagged = Tagged::to_change(&organization, &call.input.resource_id)?;
    let tags = with(tagged.tags(), &call.input.tags)?;
    Ok(Answer::from(NoOutput).change(tagged.with(tags)))
}

fn untag(call: &Call<'_, input::UntagResource>) -> Done<NoOutput> {
    let organization = call.managed()?;
    let tagged = Tagged::to_change(&organization, &call.input.resource_id)?;
    let tags = tagged.tags().without(&call.input.tag_keys);
    let tags = tags.map_err(refusal::of_tags)?;
    Ok(Answer::from(NoOutput).change(tagged.with(tags)))
}

fn list(call: &Call<'_, input::ListTagsForResource>) -> Done<output::ListTagsForResource> {
    let organization = call.managed()?;
    let tags = Tagged::find(&organization, &call.input.resource_id)?.tags();
    let asked = Asked {
        list: "ListTagsForResource",
        next_token: call.input.next_token.as_deref(),
        max_results: None,
    };
    let shown = tags.after(None).map(|(key, value)| output::Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    });
    let (tags, next_token) = asked.page(shown, |tag| tag.key.clone())?;
    Ok(output::ListTagsForResource { tags, next_token }.into())
}

/// Something that has tags.
enum Tagged {
    Node(Node),
    Policy(Policy),
}

impl Tagged {
    fn find(organization: &Organization<'_>, id: &str) -> Result<Self, Fault> {
        if let Some(node) = organization.node(id) {
            return Ok(Self::Node(node));
        }
        match find(organization, id) {
            Ok(policy) => Ok(Self::Policy(policy)),
            Err(_) => Err(Refusal::TargetNotFound.into()),
        }
    }

    /// Only tags of the organization's own policies can be changed.
    fn to_change(organization: &Organization<'_>, id: &str) -> Result<Self, Fault> {
        match Self::find(organization, id)? {
            Self::Policy(_) => find_own(organization, id).map(Self::Policy),
            node => Ok(node),
        }
    }

    fn tags(&self) -> Tags {
        match self {
            Self::Node(node) => node.tags().clone(),
            Self::Policy(policy) => policy.record().tags.clone(),
        }
    }

    fn with(&self, tags: Tags) -> Change {
        match self {
            Self::Node(node) => node.tagged(tags),
            Self::Policy(policy) => policy.changed(|record| record.tags = tags),
        }
    }
}
