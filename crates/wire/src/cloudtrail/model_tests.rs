//! The declarations against the extract of the published model in `tests/model`.

use std::collections::BTreeSet;

use super::{enums, input, output, shapes};
use crate::model::conformance::{Model, members_of};
use crate::model::{Member, OutputMember, OutputStructure as _, Structure as _};

fn model() -> Model {
    Model::new(include_str!("../../tests/model/cloudtrail-2013-11-01.json"))
}

#[test]
fn shapes_have_the_models_rules() {
    model().check_rules(&[shapes::TABLE, enums::TABLE]);
}

#[test]
fn inputs_have_the_models_members() {
    model().check_inputs(INPUTS);
}

#[test]
fn outputs_have_the_models_members() {
    let model = model();
    let answering: BTreeSet<&str> = OUTPUTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(answering, model.answering());
    for (name, members) in OUTPUTS.iter().chain(INSIDE_OUTPUTS) {
        model.check_output(name, members);
    }
}

const INPUTS: &[(&str, &[Member])] = members_of!(input:
    DescribeTrails,
    GetTrail,
    GetTrailStatus,
    ListPublicKeys,
    ListTrails,
    LookupEvents,
);

const OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    DescribeTrails,
    GetTrail,
    GetTrailStatus,
    ListPublicKeys,
    ListTrails,
    LookupEvents,
);

const INSIDE_OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    Event,
    PublicKey,
    Resource,
    Trail,
    TrailInfo,
);
