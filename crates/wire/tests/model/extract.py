"""Extracts what the tests compare with from the KMS service model that botocore carries.

Usage: python3 extract.py > kms-2014-11-01.json
"""

import gzip
import json
import pathlib

import botocore

KEPT = ("type", "min", "max", "pattern", "enum", "sensitive")


def members(structure):
    required = structure.get("required", [])
    return [
        {"name": name, "shape": member["shape"], "required": name in required}
        for name, member in structure["members"].items()
    ]


def main():
    path = pathlib.Path(botocore.__file__).parent / "data/kms/2014-11-01/service-2.json.gz"
    model = json.loads(gzip.decompress(path.read_bytes()))
    shapes = model["shapes"]
    operations = {
        name: {side: operation[side]["shape"] for side in ("input", "output") if side in operation}
        for name, operation in model["operations"].items()
    }
    structures = {
        name: members(shape)
        for name, shape in shapes.items()
        if shape["type"] == "structure" and not shape.get("exception")
    }
    others = {
        name: {key: shape[key] for key in KEPT if key in shape}
        for name, shape in shapes.items()
        if shape["type"] != "structure"
    }
    sections = {"operations": operations, "structures": structures, "shapes": others}
    print("{")
    for index, (title, section) in enumerate(sections.items()):
        lines = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in section.items()
        )
        print(f'"{title}": {{\n{lines}\n}}' + ("," if index < 2 else ""))
    print("}")


main()
