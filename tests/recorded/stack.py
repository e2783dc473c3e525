"""Writes down what the deployed stack is called, for the proofs that are made when it is gone: `stack.py STACK FILE`.

The playbook that the functions read is beside the file, until the next cloud writes its own.
"""

import json
import sys
from pathlib import Path

import boto3


def main(name, file):
    cloudformation, functions = boto3.client("cloudformation"), boto3.client("lambda")
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = {
        one["LogicalResourceId"]: {"type": one["ResourceType"], "id": one["PhysicalResourceId"]}
        for page in pages
        for one in page["StackResourceSummaries"]
    }
    made = [
        one["id"]
        for one in resources.values()
        if one["type"] in ("AWS::Lambda::Function", "AWS::Serverless::Function")
    ]
    known = {
        "stack": name,
        "playbook": Path(file).with_name("playbook.yaml").read_text(encoding="utf-8"),
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]},
        "resources": resources,
        "functions": {one.removeprefix(f"{name}-"): configuration(functions, one) for one in made},
    }
    with open(file, "w", encoding="utf-8") as out:
        json.dump(known, out, indent=1)


def configuration(client, name):
    """The parts of a function's settings that say whose credentials it has."""
    found = client.get_function_configuration(FunctionName=name)
    return {key: found[key] for key in ("FunctionArn", "Role")}


if __name__ == "__main__":
    main(*sys.argv[1:])
