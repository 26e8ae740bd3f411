"""Key policies: the default one, denials, recovery, and the ways to lock oneself out."""

import json

from support import ADMIN, client, new_key, refused

kms = client()

ACCOUNT = "arn:aws:iam::000000000000:root"
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
NOBODY = "Policy contains a statement with one or more invalid principals."


def statement(effect, actions, principal=None, **more):
    who = principal or {"AWS": ACCOUNT}
    return {"Effect": effect, "Principal": who, "Action": actions, "Resource": "*", **more}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def denied(action, key, reason):
    return f"User: {ADMIN} is not authorized to perform: kms:{action} on resource: {key} {reason}"


def silence(action):
    return f"because no resource-based policy allows the kms:{action} action"


def the_default():
    key = new_key(kms)
    answer = kms.get_key_policy(KeyId=key)
    assert answer["PolicyName"] == "default"
    document = json.loads(answer["Policy"])
    (only,) = document["Statement"]
    assert (only["Effect"], only["Principal"]) == ("Allow", {"AWS": ACCOUNT})
    assert (only["Action"], only["Resource"]) == ("kms:*", "*")
    # Which text a key has is the owner's business, to the last space.
    spaced = answer["Policy"].replace("{", "{ \n", 1)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=spaced)
    assert kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == spaced


def denial_and_recovery():
    key = new_key(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    everything = statement("Allow", "kms:*")
    deny = statement("Deny", ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo"], "*")
    kms.put_key_policy(KeyId=key, Policy=policy(everything, deny))
    why = "with an explicit deny in a resource-based policy"
    refused(kms.encrypt, "AccessDeniedException", denied("Encrypt", key, why), KeyId=key, Plaintext=b"x")
    refused(
        kms.decrypt, "AccessDeniedException", denied("Decrypt", key, why), KeyId=key, CiphertextBlob=blob
    )
    # Whoever does not name the key is not told which one it is.
    hidden = (
        "The ciphertext refers to a customer master key that does not exist, does not exist in "
        "this region, or you are not allowed to access."
    )
    refused(kms.decrypt, "AccessDeniedException", hidden, CiphertextBlob=blob)
    refused(
        kms.re_encrypt,
        "AccessDeniedException",
        denied("ReEncryptTo", key, why),
        CiphertextBlob=blob,
        DestinationKeyId=key,
    )
    kms.generate_data_key(KeyId=key, NumberOfBytes=32)

    kms.put_key_policy(KeyId=key, Policy=policy(everything))
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def only_what_is_allowed():
    key = new_key(kms, Policy=policy(statement("Allow", ["kms:PutKeyPolicy", "kms:Describe*"])))
    kms.describe_key(KeyId=key)
    message = denied("Encrypt", key, silence("Encrypt"))
    refused(kms.encrypt, "AccessDeniedException", message, KeyId=key, Plaintext=b"x")
    by_name = statement("Allow", "kms:Encrypt", {"AWS": ADMIN})
    kms.put_key_policy(KeyId=key, Policy=policy(statement("Allow", "kms:Put*"), by_name))
    kms.encrypt(KeyId=key, Plaintext=b"x")
    message = denied("DescribeKey", key, silence("DescribeKey"))
    refused(kms.describe_key, "AccessDeniedException", message, KeyId=key)


def refused_policies():
    key = new_key(kms)
    before = kms.get_key_policy(KeyId=key)["Policy"]
    code = "MalformedPolicyDocumentException"
    useless = policy(statement("Allow", "kms:Encrypt"))
    suicidal = policy(statement("Allow", "kms:*"), statement("Deny", "kms:PutKeyPolicy"))
    unknown = policy(statement("Allow", "kms:*", {"AWS": [ACCOUNT, f"{ADMIN}istrator"]}))
    for text, message in ((useless, LOCKOUT), (suicidal, LOCKOUT), (unknown, NOBODY)):
        refused(kms.put_key_policy, code, message, KeyId=key, Policy=text)
        refused(kms.create_key, code, message, Policy=text)
    for text in ("{", "[]", "{}", policy(), policy({"Effect": "Allow"})):
        try:
            kms.put_key_policy(KeyId=key, Policy=text)
        except kms.exceptions.MalformedPolicyDocumentException as error:
            assert error.response["Error"]["Message"] != ""
        else:
            raise AssertionError(f"{text} was accepted")
    assert kms.get_key_policy(KeyId=key)["Policy"] == before


def locked_out_on_purpose():
    useless = policy(statement("Allow", ["kms:Encrypt", "kms:GetKeyPolicy"]))
    key = new_key(kms, Policy=useless, BypassPolicyLockoutSafetyCheck=True)
    kms.encrypt(KeyId=key, Plaintext=b"x")
    assert kms.get_key_policy(KeyId=key)["Policy"] == useless
    message = denied("PutKeyPolicy", key, silence("PutKeyPolicy"))
    refused(kms.put_key_policy, "AccessDeniedException", message, KeyId=key, Policy=useless)


the_default()
denial_and_recovery()
only_what_is_allowed()
refused_policies()
locked_out_on_purpose()
