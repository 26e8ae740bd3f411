//! The declarations against the extract of the published model in `tests/model`.

use std::collections::BTreeSet;

use super::{enums, input, output, shapes};
use crate::model::conformance::{Model, members_of};
use crate::model::{Member, OutputMember, OutputStructure as _, Structure as _};

fn model() -> Model {
    Model::new(include_str!(
        "../../tests/model/organizations-2016-11-28.json"
    ))
}

#[test]
fn shapes_have_the_models_rules() {
    model().check_rules(&[shapes::TABLE, enums::TABLE]);
}

#[test]
fn inputs_have_the_models_members() {
    model().check_inputs(INPUTS);
    for (structure, members) in INSIDE_INPUTS {
        model().check_members(structure, members);
    }
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
    AttachPolicy,
    CloseAccount,
    CreateAccount,
    CreateOrganization,
    CreateOrganizationalUnit,
    CreatePolicy,
    DeleteOrganization,
    DeleteOrganizationalUnit,
    DeletePolicy,
    DescribeAccount,
    DescribeCreateAccountStatus,
    DescribeOrganization,
    DescribeOrganizationalUnit,
    DescribePolicy,
    DetachPolicy,
    DisablePolicyType,
    EnablePolicyType,
    ListAccounts,
    ListAccountsForParent,
    ListChildren,
    ListCreateAccountStatus,
    ListOrganizationalUnitsForParent,
    ListParents,
    ListPolicies,
    ListPoliciesForTarget,
    ListRoots,
    ListTagsForResource,
    ListTargetsForPolicy,
    MoveAccount,
    RemoveAccountFromOrganization,
    TagResource,
    UntagResource,
    UpdateOrganizationalUnit,
    UpdatePolicy,
);

const INSIDE_INPUTS: &[(&str, &[Member])] = members_of!(input:
    Tag,
);

const OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    CreateAccount,
    CreateOrganization,
    CreateOrganizationalUnit,
    CreatePolicy,
    DescribeAccount,
    DescribeCreateAccountStatus,
    DescribeOrganization,
    DescribeOrganizationalUnit,
    DescribePolicy,
    DisablePolicyType,
    EnablePolicyType,
    ListAccounts,
    ListAccountsForParent,
    ListChildren,
    ListCreateAccountStatus,
    ListOrganizationalUnitsForParent,
    ListParents,
    ListPolicies,
    ListPoliciesForTarget,
    ListRoots,
    ListTagsForResource,
    ListTargetsForPolicy,
    UpdateOrganizationalUnit,
    UpdatePolicy,
);

const INSIDE_OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    Account,
    Child,
    CreateAccountStatus,
    Organization,
    OrganizationalUnit,
    Parent,
    Policy,
    PolicySummary,
    PolicyTargetSummary,
    PolicyTypeSummary,
    Root,
    Tag,
);
