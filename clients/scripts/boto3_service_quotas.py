"""Service Quotas, and calls that are throttled. The server lets each account make one key in a
thousand seconds, and have three."""

from support import client, new_key, refused

ACCOUNT = "000000000000"
THROTTLED = (
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
)

kms = client()
quotas = client("service-quotas")


def lists():
    services = quotas.list_services()["Services"]
    name = "AWS Key Management Service (AWS KMS)"
    assert services == [{"ServiceCode": "kms", "ServiceName": name}], services
    for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
        paginator = quotas.get_paginator(operation)
        whole = paginator.paginate(ServiceCode="kms").build_full_result()["Quotas"]
        pages = list(paginator.paginate(ServiceCode="kms", PaginationConfig={"PageSize": 30}))
        assert len(pages) == -(-len(whole) // 30)
        assert [quota for page in pages for quota in page["Quotas"]] == whole
        assert len({quota["QuotaCode"] for quota in whole}) == len(whole)


def values():
    for code, applied, default in (
        ("L-C2F1777E", 3, 100_000),
        ("L-32B67F4A", 0.001, 5),
        ("L-340F62FB", 50, 50),
        ("L-6E3AF000", 10_000_000_000, 100_000),
    ):
        names = {"ServiceCode": "kms", "QuotaCode": code}
        quota = quotas.get_service_quota(**names)["Quota"]
        assert quota["Value"] == applied, quota
        assert quota["QuotaArn"] == f"arn:aws:servicequotas:us-east-1:{ACCOUNT}:kms/{code}"
        quota = quotas.get_aws_default_service_quota(**names)["Quota"]
        assert quota["Value"] == default, quota


def refusals():
    no_service = "The request failed because the specified service does not exist."
    no_quota = "The request failed because the specified quota and service do not exist."
    bad_token = (
        "You specified an invalid value for nextToken. You must get the value from the response "
        "to the previous API call."
    )
    absent = "NoSuchResourceException"
    refused(quotas.list_service_quotas, absent, no_service, ServiceCode="ec2")
    codes = {"ServiceCode": "kms", "QuotaCode": "L-00000000"}
    refused(quotas.get_service_quota, absent, no_quota, **codes)
    refused(quotas.get_aws_default_service_quota, absent, no_quota, **codes)
    refused(quotas.list_services, "InvalidPaginationTokenException", bad_token, NextToken="aGk=")


def throttling():
    key = new_key(kms)
    # KMS's API model does not name it.
    try:
        kms.create_key()
        raise AssertionError("the second key was made")
    except kms.exceptions.ClientError as error:
        found = error.response["Error"]
        assert (found["Code"], found["Message"]) == ("ThrottlingException", THROTTLED), found
    kms.describe_key(KeyId=key)


lists()
values()
refusals()
throttling()
