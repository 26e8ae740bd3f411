"""Whether the table is whole, and how it reads."""

import textwrap

from .listed import CANNOT_OCCUR, NOT_SERVED

HEADER = """\
The table of operations of KMS: what each answers, by boto3 against a running server.

Written by `cargo test -p keystead --test clients table_of_operations`, and compared ever after. When a
change is meant, set KEYSTEAD_UPDATE=1, run the test, and read the difference.

Of each operation are shown a success and each exception that the API model has for it, without its
ending `Exception`, as the client got it: by its class, its code and its HTTP status. Behind `never`
stand those of the model that can't occur here; why, and what is not served, stands at the end. Both
lists may only shrink: the test tries what it can of them, and fails if it works. It fails too if the
model has anything that is neither shown nor listed.
"""
WIDTH = 120
INDENT = 37


def problems(model, answered, rows, listed):
    """What is missing, and what is listed without need."""
    found = []
    for operation in sorted(rows & NOT_SERVED.keys()):
        found.append(f"{operation} is both shown and listed as not served")
    for operation in sorted((rows | NOT_SERVED.keys()) - model.keys()):
        found.append(f"the model has no operation {operation}")
    for operation in sorted(model):
        found += _problems_of(operation, model[operation], answered[operation], rows, listed)
    return found


def _problems_of(operation, exceptions, answers, rows, listed):
    if operation in NOT_SERVED:
        if answers != {"UnknownOperationException"}:
            yield f"{operation} is served, and listed as not served"
        return
    if operation not in rows:
        yield f"{operation} is neither shown nor listed as not served"
        return
    for exception in sorted(exceptions):
        occurs, never = exception in answers, (operation, exception) in listed
        if occurs and never:
            yield f"{operation} answers {exception}, which is listed as what can't occur"
        if not occurs and not never:
            yield f"{operation} never answered {exception}, and it is not listed"


def page(model, listed):
    """The whole table."""
    served = sorted(model.keys() - NOT_SERVED.keys())
    impossible = [
        _reason(entry.exceptions, entry.reason, entry.operations or "every operation that has it")
        for entry in CANNOT_OCCUR
    ]
    reasons = sorted({reason for reason, _ in NOT_SERVED.values()})
    absent = [
        _reason(" ".join(name for name in sorted(NOT_SERVED) if NOT_SERVED[name][0] == reason), reason)
        for reason in reasons
    ]
    blocks = [
        HEADER.rstrip(),
        "\n".join(_row(operation, model[operation], listed) for operation in served),
        "What can't occur\n================",
        *impossible,
        "What is not served\n==================",
        *absent,
    ]
    return "\n\n".join(blocks) + "\n"


def _row(operation, exceptions, listed):
    shown = [name for name in sorted(exceptions) if (operation, name) not in listed]
    never = [name for name in sorted(exceptions) if (operation, name) in listed]
    lines = [_filled(" ".join(["ok", *_short(shown)]), operation.ljust(INDENT), INDENT)]
    if never:
        lines.append(_filled(" ".join(["never", *_short(never)]), " " * INDENT, INDENT))
    return "\n".join(lines)


def _short(names):
    return [name.removesuffix("Exception") for name in names]


def _reason(names, reason, operations=None):
    lines = [_filled(names, "", 0)]
    if operations:
        lines.append(_filled(operations, "    of ", 4))
    return "\n".join([*lines, _filled(reason, "    ", 4)])


def _filled(words, start, indent):
    return textwrap.fill(words, WIDTH, initial_indent=start, subsequent_indent=" " * indent)
