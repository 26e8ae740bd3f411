"""A key that other accounts use: by policies on both sides, and by a grant for as long as it is
needed."""

import datetime

from people import HIDDEN, account, allow, denied, member, policy, user
from support import client, new_key

kms, organizations, sts = client("kms"), client("organizations"), client("sts")

USING = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"]


def both_sides(partner, iam):
    may = user(iam, "may", allow(USING)).client()
    may_not = user(iam, "may-not").client()
    own = allow("kms:*", account())
    shared = new_key(kms, Policy=policy(own, allow(USING, account(partner))))
    unshared = new_key(kms)
    blob = may.encrypt(KeyId=shared, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    assert may.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    denied(may_not.encrypt, HIDDEN, KeyId=shared, Plaintext=b"x")
    denied(may.encrypt, HIDDEN, KeyId=unshared, Plaintext=b"x")
    absent = shared.replace(shared.rsplit("/", 1)[1], "00000000-0000-4000-8000-000000000000")
    denied(may.encrypt, HIDDEN, KeyId=absent, Plaintext=b"x")
    # What does not work across accounts is not made to work by permissions.
    kms.put_key_policy(KeyId=shared, Policy=policy(own, allow("kms:*", account(partner))))
    everything = user(iam, "everything", allow("kms:*")).client()
    everything.describe_key(KeyId=shared)
    denied(everything.disable_key, HIDDEN, KeyId=shared)
    denied(everything.get_key_policy, HIDDEN, KeyId=shared)
    # Either side ends it.
    kms.put_key_policy(KeyId=shared, Policy=policy(own))
    denied(may.encrypt, HIDDEN, KeyId=shared, Plaintext=b"x")


def by_one_name(iam):
    """The key policy names one user there; its colleague's permissions are no help."""
    named = user(iam, "named", allow(USING))
    other = user(iam, "other", allow(USING))
    key = new_key(kms, Policy=policy(allow("kms:*", account()), allow(USING, named.named)))
    named.client().encrypt(KeyId=key, Plaintext=b"x")
    denied(other.client().encrypt, HIDDEN, KeyId=key, Plaintext=b"x")


def for_a_day(iam):
    """A grant knows no dates: whoever made it for a day retires it. A key policy does know them."""
    guest = user(iam, "guest", allow("kms:*"))
    key = new_key(kms)
    context = {"project": "apollo"}
    grant = kms.create_grant(
        KeyId=key,
        GranteePrincipal=guest.arn,
        Operations=["Decrypt"],
        Constraints={"EncryptionContextSubset": context},
        Name="for-a-day",
    )
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    other = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    guests = guest.client()
    tokens = [grant["GrantToken"]]
    opened = guests.decrypt(
        KeyId=key, CiphertextBlob=blob, EncryptionContext=context, GrantTokens=tokens
    )
    assert opened["Plaintext"] == b"x"
    denied(guests.decrypt, HIDDEN, KeyId=key, CiphertextBlob=other)
    denied(guests.encrypt, HIDDEN, KeyId=key, Plaintext=b"x", EncryptionContext=context)
    denied(guests.retire_grant, HIDDEN, KeyId=key, GrantId=grant["GrantId"])
    kms.retire_grant(GrantToken=grant["GrantToken"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
    denied(guests.decrypt, HIDDEN, KeyId=key, CiphertextBlob=blob, EncryptionContext=context)

    for hours, is_open in ((24, True), (-24, False)):
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
        before = {"DateLessThan": {"aws:CurrentTime": until.isoformat()}}
        guest_use = allow("kms:Decrypt", guest.named, condition=before)
        kms.put_key_policy(KeyId=key, Policy=policy(allow("kms:*", account()), guest_use))
        if is_open:
            guests.decrypt(KeyId=key, CiphertextBlob=other)
        else:
            denied(guests.decrypt, HIDDEN, KeyId=key, CiphertextBlob=other)


def not_beyond_the_organization():
    """The owner's side of a key that everybody may use who is of the organization."""
    organization = organizations.describe_organization()["Organization"]["Id"]
    within = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    without = {"StringEquals": {"aws:PrincipalOrgID": "o-0000000000"}}
    _, administrator = member(organizations, sts, "branch")
    for condition, is_open in ((within, True), (without, False)):
        everybody = allow("kms:Encrypt", {"AWS": "*"}, condition=condition)
        key = new_key(kms, Policy=policy(allow("kms:*", account()), everybody))
        theirs = administrator.client()
        if is_open:
            theirs.encrypt(KeyId=key, Plaintext=b"x")
        else:
            denied(theirs.encrypt, HIDDEN, KeyId=key, Plaintext=b"x")


organizations.create_organization(FeatureSet="ALL")
number, administrator = member(organizations, sts, "partner")
their_iam = administrator.client("iam")
both_sides(number, their_iam)
by_one_name(their_iam)
for_a_day(their_iam)
not_beyond_the_organization()
