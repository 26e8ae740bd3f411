"""What the boto3 scripts share: clients that write down their calls, and the proof of a refusal."""

import atexit
import datetime
import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PREFIX = "arn:aws:kms:us-east-1:000000000000"
ADMIN = "arn:aws:iam::000000000000:user/admin"
ABSENT = "00000000-0000-4000-8000-000000000000"

# Errors that the service's model does not name, so that boto3 has no class of their own for them.
UNMODELLED = {
    "AccessDenied",
    "AccessDeniedException",
    "InvalidSignatureException",
    "NotAuthorizedException",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}

# A second try would hide that the first one failed.
ONCE = Config(retries={"total_max_attempts": 1})

_calls = []


def client(service="kms", **options):
    """A client that tries each call once and writes it down."""
    made = boto3.client(service, config=ONCE, **options)
    made.meta.events.register(f"after-call.{service}.*", _write_down)
    return made


def _write_down(http_response, parsed, model, **_):
    metadata = parsed["ResponseMetadata"]
    assert http_response.headers["x-amzn-RequestId"] == metadata["RequestId"]
    _calls.append(
        {
            "operation": model.name,
            "request_id": metadata["RequestId"],
            "error": parsed.get("Error", {}).get("Code"),
        }
    )


def forget_last_call():
    """For a call whose caller is not known, which has no audit record."""
    _calls.pop()


@atexit.register
def _save_calls():
    with open(os.environ["KEYSTEAD_TEST_CALLS"], "w", encoding="utf-8") as file:
        json.dump(_calls, file)


def refused(call, code, message, status=400, **parameters):
    """Makes a call that must be refused with exactly this, as an exception of its own class."""
    try:
        call(**parameters)
    except ClientError as error:
        exceptions = call.__self__.exceptions
        expected = ClientError if code in UNMODELLED else getattr(exceptions, code)
        response = error.response
        found = (
            type(error),
            response["Error"]["Code"],
            response["Error"]["Message"],
            response["ResponseMetadata"]["HTTPStatusCode"],
        )
        assert found == (expected, code, message, status), f"{call.__name__} {parameters}: {found}"
        return
    raise AssertionError(f"{call.__name__} {parameters} succeeded, and not {code}")


def is_now(instant):
    """Whether this is an instant of the last minutes, by a clock that may be a little off."""
    age = datetime.datetime.now(datetime.timezone.utc) - instant
    return abs(age) < datetime.timedelta(minutes=5)


def new_key(kms, **parameters):
    """Makes a key, and returns its ARN."""
    return kms.create_key(**parameters)["KeyMetadata"]["Arn"]
