"""A program that runs for longer than its session lasts."""

from support import client

sts = client("sts")
for _ in range(3):
    arn = sts.get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws:sts::000000000000:assumed-role/worker/botocore-session-"), arn
