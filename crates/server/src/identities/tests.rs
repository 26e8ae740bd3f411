//! The directory as a whole: what it takes in, and what it makes of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::identity::{
    AccessKeyRecord, AccessKeyStatus, AccountRecord, AccountStatus, ControlKind,
    ControlPolicyRecord, EntityKind, GroupRecord, IdentityPlace, IdentityRecord, JoinedBy,
    KeyOwner, ManagedPolicyRecord, Membership, OrganizationRecord, PolicyVersion, RoleRecord,
    SessionFacts, UnitRecord, UserRecord,
};
use keystead_core::policy::{ConditionKey, KeyPolicy, NamedPrincipal, PolicySource, Values};
use keystead_core::tag::Tags;
use keystead_core::time::Timestamp;
use keystead_crypto::{RootKey, SecretBytes, SystemRandom};

use super::*;
use crate::directory::record::{RecordError, encode};
use crate::ledger::follow::Memory as _;

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const BOUNDS: &str = "arn:aws:iam::111122223333:policy/bounds";

/// A directory to which records are put one after the other.
struct Fixture {
    identities: Identities,
    revision: u64,
}

impl Fixture {
    fn new() -> Self {
        let root = Arc::new(RootKey::generate(&SystemRandom).unwrap());
        let identities = Identities::new(Secrets::new(root));
        let mut fixture = Self {
            identities,
            revision: 0,
        };
        fixture.put(AccountRecord::new(account(), at(0)));
        fixture
    }

    fn put(&mut self, record: impl Into<IdentityRecord>) {
        self.revision += 1;
        let record = record.into();
        let value = encode(&record).unwrap();
        let path = record.place().path();
        self.identities.put(&path, &value, self.revision).unwrap();
    }

    fn remove(&mut self, record: impl Into<IdentityRecord>) {
        self.revision += 1;
        let path = record.into().place().path();
        self.identities.remove(&path, self.revision);
    }

    fn key_of(&self, owner: KeyOwner, status: AccessKeyStatus) -> AccessKeyRecord {
        let id = "AKIAEXAMPLE".to_owned();
        let plain = SecretBytes::from(b"a secret".to_vec());
        let secrets = self.identities.secrets();
        AccessKeyRecord {
            secret: secrets.seal(&SystemRandom, account(), &id, &plain).unwrap(),
            id,
            account: account(),
            owner,
            created: at(0),
            status,
        }
    }

    fn member(&self) -> Option<Arc<Member>> {
        let known = self.identities.long_term_credentials("AKIAEXAMPLE");
        known.map(|known| known.member)
    }
}

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn ada() -> UserRecord {
    UserRecord::new(account(), "Ada", "AIDAADAADAADAADAADA", at(0))
}

fn group(name: &str) -> GroupRecord {
    GroupRecord {
        account: account(),
        path: "/".to_owned(),
        name: name.to_owned(),
        group_id: format!("AGPA{}", name.to_uppercase()),
        created: at(0),
        inline_policies: BTreeMap::from([("inline".to_owned(), ALLOW.to_owned())]),
        attached_policies: BTreeSet::from(["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()]),
    }
}

fn bounds() -> ManagedPolicyRecord {
    ManagedPolicyRecord {
        account: account(),
        path: "/".to_owned(),
        name: "bounds".to_owned(),
        policy_id: "ANPABOUNDS".to_owned(),
        created: at(0),
        updated: at(0),
        description: String::new(),
        versions: vec![PolicyVersion {
            number: 1,
            document: ALLOW.to_owned(),
            created: at(0),
        }],
        default_version: 1,
        next_version: 2,
        tags: Tags::default(),
    }
}

fn adas_key(fixture: &Fixture) -> AccessKeyRecord {
    // The owner's name is as little told apart by case as any other.
    fixture.key_of(KeyOwner::User("ADA".to_owned()), AccessKeyStatus::Active)
}

fn sources(member: &Member) -> Vec<String> {
    let name = |source: &PolicySource| match source {
        PolicySource::Inline { name } => name.clone(),
        PolicySource::Managed { arn } => arn.clone(),
    };
    let policies = member.policies();
    policies.identity.iter().map(|p| name(&p.source)).collect()
}

#[test]
fn a_member_is_kept_until_an_identity_changes() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    fixture.put(adas_key(&fixture));
    let first = fixture.member().unwrap();
    assert!(Arc::ptr_eq(&first, &fixture.member().unwrap()));
    let generation = fixture.identities.generation();
    fixture.put(group("ops"));
    assert!(fixture.identities.generation() > generation);
    let second = fixture.member().unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
    assert_eq!(first.identity(), second.identity());
}

#[test]
fn what_is_no_identity_changes_nothing() {
    let fixture = Fixture::new();
    let generation = fixture.identities.generation();
    for path in ["/outbox/e", "/seal"] {
        fixture.identities.put(path, b"anything", 9).unwrap();
        fixture.identities.remove(path, 9);
    }
    assert_eq!(fixture.identities.generation(), generation);
    let error = fixture.identities.put("/iam/robot/x", b"", 9).unwrap_err();
    assert!(matches!(error, RecordError::UnknownPlace { .. }), "{error}");
}

#[test]
fn who_is_deleted_or_inactive_is_nobody() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    fixture.put(adas_key(&fixture));
    assert!(fixture.member().is_some());
    fixture.put(fixture.key_of(KeyOwner::User("Ada".to_owned()), AccessKeyStatus::Inactive));
    assert!(fixture.member().is_none());
    fixture.put(adas_key(&fixture));
    assert!(fixture.member().is_some());
    fixture.remove(ada());
    assert!(fixture.member().is_none());
    fixture.put(ada());
    fixture.remove(adas_key(&fixture));
    assert!(fixture.member().is_none());
}

#[test]
fn nobody_falls_back_to_an_earlier_state() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    let path = IdentityRecord::from(ada()).place().path();
    let renewed = UserRecord {
        user_id: "AIDAOTHER".to_owned(),
        ..ada()
    };
    fixture.put(renewed);
    let stale = encode(&ada()).unwrap();
    fixture.identities.put(&path, &stale, 1).unwrap();
    fixture.identities.remove(&path, 1);
    let user = fixture.identities.user(account(), "ada").unwrap();
    assert_eq!(user.record.user_id, "AIDAOTHER");
    assert_eq!(fixture.identities.arn_of_unique_id(&ada().user_id), None);
    fixture
        .identities
        .retain(&HashSet::from([path]), fixture.revision);
    assert!(fixture.identities.user(account(), "ada").is_some());
    assert!(fixture.identities.account(account()).is_none());
}

#[test]
fn a_record_in_anothers_place_is_refused() {
    let fixture = Fixture::new();
    let path = IdentityPlace::entity(EntityKind::User, account(), "bob").path();
    let value = encode(&ada()).unwrap();
    let error = fixture.identities.put(&path, &value, 9).unwrap_err();
    assert!(matches!(error, RecordError::Misplaced { .. }), "{error}");
}

#[test]
fn secrets_of_another_root_key_and_altered_ones_are_refused() {
    let (ours, theirs) = (Fixture::new(), Fixture::new());
    let path = "/iam/access-key/AKIAEXAMPLE";
    let foreign = encode(&adas_key(&theirs)).unwrap();
    let error = ours.identities.put(path, &foreign, 9).unwrap_err();
    assert!(matches!(error, RecordError::OtherRoot { .. }), "{error}");
    let moved = AccessKeyRecord {
        account: "444455556666".parse().unwrap(),
        ..adas_key(&ours)
    };
    let moved = encode(&moved).unwrap();
    let error = ours.identities.put(path, &moved, 9).unwrap_err();
    assert!(matches!(error, RecordError::Secret { .. }), "{error}");
}

#[test]
fn a_user_has_the_policies_of_its_groups_and_a_boundary() {
    let mut fixture = Fixture::new();
    fixture.put(bounds());
    fixture.put(group("Ops"));
    fixture.put(UserRecord {
        groups: BTreeSet::from(["ops".to_owned()]),
        attached_policies: BTreeSet::from(["arn:aws:iam::aws:policy/IAMFullAccess".to_owned()]),
        boundary: Some(BOUNDS.to_owned()),
        ..ada()
    });
    fixture.put(adas_key(&fixture));
    let member = fixture.member().unwrap();
    assert_eq!(
        sources(&member),
        [
            "arn:aws:iam::aws:policy/IAMFullAccess",
            "inline",
            "arn:aws:iam::aws:policy/ReadOnlyAccess"
        ]
    );
    let boundary = member.policies().boundary.unwrap();
    assert!(boundary.policy.is_ok());
    let place = IdentityPlace::entity(EntityKind::User, account(), "ada");
    let group_place = IdentityPlace::entity(EntityKind::Group, account(), "ops");
    for (link, expected) in [
        (Link::MembersOf(group_place), 1),
        (Link::Bounded(BOUNDS.to_owned()), 1),
        (Link::Attached(BOUNDS.to_owned()), 0),
        (
            Link::Attached("arn:aws:iam::aws:policy/IAMFullAccess".to_owned()),
            1,
        ),
        (Link::KeysOf(place), 1),
    ] {
        assert_eq!(fixture.identities.link_count(&link), expected, "{link:?}");
    }
    fixture.put(ada());
    assert_eq!(sources(&fixture.member().unwrap()), [] as [&str; 0]);
    let gone = Link::Bounded(BOUNDS.to_owned());
    assert_eq!(fixture.identities.link_count(&gone), 0);
}

#[test]
fn a_policy_that_is_attached_and_not_there_denies() {
    let mut fixture = Fixture::new();
    fixture.put(UserRecord {
        boundary: Some(BOUNDS.to_owned()),
        groups: BTreeSet::from(["gone".to_owned()]),
        ..ada()
    });
    fixture.put(adas_key(&fixture));
    let member = fixture.member().unwrap();
    let policies = member.policies();
    assert!(policies.boundary.unwrap().policy.is_err());
    assert!(policies.identity.iter().all(|p| p.policy.is_err()));
    assert_eq!(policies.identity.len(), 1);
}

#[test]
fn lists_are_ordered_and_come_in_parts() {
    let mut fixture = Fixture::new();
    for (name, path) in [("b", "/x/"), ("A", "/"), ("c", "/x/y/"), ("D", "/")] {
        fixture.put(UserRecord {
            path: path.to_owned(),
            ..UserRecord::new(account(), name, format!("AIDA{name}"), at(0))
        });
    }
    let stranger = "444455556666".parse().unwrap();
    fixture.put(UserRecord::new(stranger, "a", "AIDAZ", at(0)));
    let names = |after, path_prefix, limit| -> String {
        let part = Part {
            after,
            path_prefix,
            limit,
        };
        let users = fixture.identities.users(account(), part);
        users.iter().map(|user| user.record.name.as_str()).collect()
    };
    assert_eq!(names(None, "/", 10), "AbcD");
    assert_eq!(names(None, "/", 2), "Ab");
    assert_eq!(names(Some("B"), "/", 2), "cD");
    assert_eq!(names(None, "/x/", 10), "bc");
    assert_eq!(names(None, "/x/", 1), "b");
}

#[test]
fn principals_are_bound_to_those_who_are_there() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    fixture.put(RoleRecord::new(
        account(),
        "R",
        "AROARRRRRRRRRRRRRRR",
        at(0),
        "{}",
    ));
    let resolve = |principal: &str| {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"kms:*","Resource":"*"}}}}"#
        );
        let policy = KeyPolicy::parse(&text).unwrap();
        let named: Vec<NamedPrincipal> = policy.principals().cloned().collect();
        fixture.identities.resolve_principals(&named)
    };
    let ids = |arn: &str, id: &str| BTreeMap::from([(arn.to_owned(), id.to_owned())]);
    let user = "arn:aws:iam::111122223333:user/Ada";
    let role = "arn:aws:iam::111122223333:role/R";
    assert_eq!(resolve(user), Ok(ids(user, "AIDAADAADAADAADAADA")));
    assert_eq!(resolve(role), Ok(ids(role, "AROARRRRRRRRRRRRRRR")));
    for existing in [
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "AIDAADAADAADAADAADA",
        "arn:aws:sts::111122223333:assumed-role/R/any",
    ] {
        assert_eq!(resolve(existing), Ok(BTreeMap::new()), "{existing}");
    }
    for unknown in [
        "444455556666",
        "arn:aws:iam::111122223333:user/ada",
        "arn:aws:iam::111122223333:user/path/Ada",
        "arn:aws:iam::444455556666:user/Ada",
        "arn:aws:iam::111122223333:role/Ada",
        "AIDABBBBBBBBBBBBBBBBB",
        "arn:aws:sts::111122223333:assumed-role/Q/any",
    ] {
        let name = unknown.to_owned();
        assert_eq!(
            resolve(unknown),
            Err(UnknownPrincipal { name }),
            "{unknown}"
        );
    }
}

fn member_of_organization(parent: &str, status: AccountStatus) -> AccountRecord {
    AccountRecord {
        membership: Some(Membership {
            name: "an account".to_owned(),
            email: "owner@example.com".to_owned(),
            status,
            joined_by: JoinedBy::Created,
            joined: at(0),
            parent: parent.to_owned(),
            tags: Tags::default(),
        }),
        ..AccountRecord::new(account(), at(0))
    }
}

fn organization(management_account: &str) -> OrganizationRecord {
    OrganizationRecord {
        id: "o-example".to_owned(),
        management_account: management_account.parse().unwrap(),
        root_id: "r-ab12".to_owned(),
        created: at(0),
        enabled_policy_types: BTreeSet::from([ControlKind::Service]),
        root_tags: Tags::default(),
        failed_creations: Default::default(),
    }
}

fn unit(id: &str, parent: &str) -> UnitRecord {
    UnitRecord {
        id: id.to_owned(),
        parent: parent.to_owned(),
        name: id.to_owned(),
        created: at(0),
        tags: Tags::default(),
    }
}

fn attached_to(nodes: &[&str]) -> ControlPolicyRecord {
    ControlPolicyRecord {
        targets: nodes.iter().map(|node| (*node).to_owned()).collect(),
        ..ControlPolicyRecord::full_access(ControlKind::Service)
    }
}

/// The levels above the account, each with how many policies it has.
fn levels(fixture: &Fixture) -> Vec<(String, usize)> {
    let controls = fixture.identities.controls(account());
    let level =
        |level: &keystead_core::policy::ControlLevel<_>| (level.node.clone(), level.policies.len());
    controls.service().iter().map(level).collect()
}

#[test]
fn each_level_of_the_organization_has_its_policies() {
    let mut fixture = Fixture::new();
    fixture.put(organization("444455556666"));
    fixture.put(unit("ou-1", "r-ab12"));
    fixture.put(unit("ou-2", "ou-1"));
    fixture.put(member_of_organization("ou-2", AccountStatus::Active));
    fixture.put(attached_to(&["r-ab12", "ou-2", "111122223333"]));
    let level = |node: &str, count| (node.to_owned(), count);
    let expected = [
        level("r-ab12", 1),
        level("ou-1", 0),
        level("ou-2", 1),
        level("111122223333", 1),
    ];
    assert_eq!(levels(&fixture), expected);
    let controls = fixture.identities.controls(account());
    let place = controls.place().unwrap();
    assert_eq!(place.path, "o-example/r-ab12/ou-1/ou-2/");
    let root = fixture.identities.root_member(account()).unwrap();
    assert_eq!(root.policies().service_controls.len(), 4);

    // A change of an attachment counts for whoever asks next.
    fixture.put(attached_to(&["ou-1"]));
    assert_eq!(levels(&fixture)[1], level("ou-1", 1));
}

#[test]
fn no_service_control_policy_concerns_the_management_account() {
    let mut fixture = Fixture::new();
    fixture.put(organization("111122223333"));
    fixture.put(member_of_organization("r-ab12", AccountStatus::Active));
    assert_eq!(levels(&fixture), []);
    let controls = fixture.identities.controls(account());
    assert_eq!(controls.place().unwrap().path, "o-example/r-ab12/");
}

#[test]
fn below_a_unit_that_is_not_there_nothing_is_allowed() {
    let mut fixture = Fixture::new();
    fixture.put(organization("444455556666"));
    fixture.put(unit("ou-1", "ou-2"));
    fixture.put(member_of_organization("ou-1", AccountStatus::Active));
    fixture.put(attached_to(&["ou-1", "ou-2", "111122223333"]));
    assert_eq!(levels(&fixture)[0], (String::new(), 0));
    // A loop has an end, too.
    fixture.put(unit("ou-2", "ou-1"));
    assert_eq!(levels(&fixture)[0], (String::new(), 0));
}

#[test]
fn nobody_of_a_closed_account_calls() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    fixture.put(adas_key(&fixture));
    fixture.put(organization("444455556666"));
    fixture.put(member_of_organization("r-ab12", AccountStatus::Active));
    assert!(fixture.member().is_some());
    fixture.put(member_of_organization("r-ab12", AccountStatus::Suspended));
    assert!(fixture.member().is_none());
    assert!(fixture.identities.root_member(account()).is_none());
}

#[test]
fn whom_a_service_can_speak_for() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    fixture.put(RoleRecord::new(account(), "R", "AROAR", at(0), "{}"));
    let session = Session::new(SessionFacts::between(at(0), at(1)));
    let found = |arn| fixture.identities.represented(arn, &session);
    for arn in [
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:user/Ada",
        "arn:aws:sts::111122223333:assumed-role/R/name",
    ] {
        assert_eq!(found(arn).unwrap().identity().arn(), arn);
    }
    for arn in [
        "",
        "111122223333",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::111122223333:user/ada",
        "arn:aws:iam::111122223333:role/R",
        "arn:aws:sts::111122223333:assumed-role/r/name",
        "arn:aws:sts::111122223333:assumed-role/R",
    ] {
        assert!(found(arn).is_none(), "{arn}");
    }
}

#[test]
fn a_federated_user_has_no_permission_of_its_own() {
    let mut fixture = Fixture::new();
    fixture.put(ada());
    let user = fixture.identities.user(account(), "ada").unwrap();
    let session = Session::new(SessionFacts::between(at(0), at(1)));
    let federated = fixture.identities.federated_user(&user, "bob", &session);
    let policies = federated.unwrap();
    assert_eq!(policies.policies().session.map(<[_]>::len), Some(0));
    let own = fixture.identities.user_session(&user, &session).unwrap();
    assert!(own.policies().session.is_none());
}

#[test]
fn a_tag_whose_name_only_looks_alike_is_another_tag() {
    // U+212A KELVIN SIGN is a `k` in lower case to Unicode, and not to ASCII.
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fixture = Fixture::new();
    let tags = vec![tag("kind", "own"), tag("\u{212A}ind", "other")];
    fixture.put(UserRecord {
        tags: Tags::default().with(tags).unwrap(),
        ..ada()
    });
    let user = fixture.identities.user(account(), "ada").unwrap();
    let kind = ConditionKey::parse("aws:PrincipalTag/KIND");
    let member = fixture.identities.user_member(&user).unwrap();
    assert_eq!(member.values(&kind), Values::one("own"));

    let session = Session::new(SessionFacts {
        tags: [tag("Kind", "handed on"), tag("\u{212A}ind", "other")].into(),
        ..SessionFacts::between(at(0), at(1))
    });
    let member = fixture.identities.user_session(&user, &session).unwrap();
    assert_eq!(member.values(&kind), Values::one("handed on"));
    let alike = ConditionKey::parse("aws:PrincipalTag/\u{212A}IND");
    assert_eq!(member.values(&alike), Values::one("other"));
}
