"""All operations of KMS, and all exceptions that the model has for each: what is answered, by a real
client, to requests that provoke them.

Arguments: the server's process, a key that is to be rotated automatically within 20 minutes, and the
file for the table. Its parts are in `operations`.
"""

import subprocess
import sys

import boto3
import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from operations import page
from operations.listed import NOT_SERVED, listed
from operations.rows import ROWS
from operations.world import World
from support import ONCE, client, forget_last_call

process, nearly_rotated, file = sys.argv[1:]
kms = client()
world = World(kms, nearly_rotated)

data = botocore.session.get_session().get_service_data("kms")
MODEL = {
    name: {error["shape"] for error in operation.get("errors", [])}
    for name, operation in data["operations"].items()
}
FAULTS = {name for name, shape in data["shapes"].items() if shape.get("fault")}
LISTED = listed(MODEL)
INTERNAL = "KMSInternalException"

# What each operation has been answered, whatever it was asked for.
answered = {name: set() for name in MODEL}


def note(parsed, model, **_):
    answered[model.name].add(parsed.get("Error", {}).get("Code", "ok"))


kms.meta.events.register("after-call.kms.*", note)


def changed(request, change):
    merged = {**request, **change}
    return {name: value for name, value in merged.items() if value is not None}


def ask(operation, request, through=kms):
    """The name of the exception of its own class that a request is answered with; None if none is."""
    call = getattr(through, xform_name(operation))
    try:
        call(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in MODEL[operation]:
            assert type(error) is getattr(through.exceptions, code), f"{operation} {request}: {error!r}"
            assert status == (500 if code in FAULTS else 400), f"{operation} {code}: {status}"
        return code
    return None


def must(operation, request, expected, through=kms):
    found = ask(operation, request, through)
    assert found == expected, f"{operation} {request}: {found}, and not {expected}"


def show(row):
    """Provokes each exception in turn, and then has the request succeed that the others are like."""
    request = row.request(world)
    for exception in sorted(MODEL[row.operation] - {INTERNAL}):
        change = row.change(exception, world)
        if change is None:
            continue
        if (row.operation, exception) in LISTED:
            # Whatever else it is answered. If it is this, the check of all answers tells.
            ask(row.operation, changed(request, change))
        else:
            must(row.operation, changed(request, change), exception)
    must(row.operation, request, None)


def show_what_is_not_served():
    for operation, (_, request) in NOT_SERVED.items():
        ask(operation, request)
        forget_last_call()


def show_failures():
    """Has each operation fail, on a disk that takes no byte more. Nothing is left of these calls, not
    even a record."""
    requests = [(row.operation, row.request(world)) for row in ROWS]
    subprocess.run(["prlimit", "--pid", process, "--fsize=0:"], check=True)
    unrecorded = boto3.client("kms", config=ONCE)
    unrecorded.meta.events.register("after-call.kms.*", note)
    for operation, request in requests:
        must(operation, request, INTERNAL, unrecorded)


for row in ROWS:
    show(row)
show_what_is_not_served()
show_failures()
problems = page.problems(MODEL, answered, {row.operation for row in ROWS}, LISTED)
if problems:
    sys.exit("\n".join(problems))
with open(file, "w", encoding="utf-8") as out:
    out.write(page.page(MODEL, LISTED))
