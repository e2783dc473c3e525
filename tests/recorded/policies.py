"""The roles of the template, each with its policy as it is where the parameters have certain values.

CloudFormation resolves a template the same way; here it is only as much of it as the roles need, and what is not known
is an error.
"""

import re
from pathlib import Path

import yaml


class Template:
    """A template with the values of its parameters and the ids of its resources."""

    def __init__(self, file: Path, parameters, physical, pseudo):
        self.template = yaml.load(file.read_text(encoding="utf-8"), Loader)
        self.physical, self.pseudo = physical, pseudo
        self.parameters = {}
        for name, declared in self.template["Parameters"].items():
            value = parameters.get(name, declared.get("Default", ""))
            if declared["Type"] == "CommaDelimitedList" and isinstance(value, str):
                value = [one.strip() for one in value.split(",")] if value else [""]
            self.parameters[name] = value

    def resources(self, kind):
        """The resources of a kind that are made."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] == kind and (
                "Condition" not in resource or self.condition(resource["Condition"])
            ):
                yield name, resource["Properties"]

    def roles(self):
        """The statements of each role, in their order."""
        for name, role in self.resources("AWS::IAM::Role"):
            statements = []
            for policy in role.get("Policies", []):
                statements += self.value(policy["PolicyDocument"]["Statement"])
            yield name, statements

    def all_statements(self):
        """The names of all statements of each role, whatever the conditions are."""
        for name, role in self.template["Resources"].items():
            if role["Type"] == "AWS::IAM::Role":
                yield name, {sid for policy in role["Properties"].get("Policies", []) for sid in sids(policy)}

    def condition(self, condition):
        """Whether a condition holds."""
        if isinstance(condition, str):
            condition = self.template["Conditions"][condition]
        ((name, inner),) = condition.items()
        if name == "Condition":
            return self.condition(inner)
        if name == "Fn::Equals":
            left, right = (str(self.value(one)) for one in inner)
            return left == right
        if name == "Fn::Not":
            return not self.condition(inner[0])
        if name in ("Fn::And", "Fn::Or"):
            return (all if name == "Fn::And" else any)(self.condition(one) for one in inner)
        raise ValueError(f"no condition: {name}")

    def value(self, value):
        """A value with all functions resolved. What is not there is left out."""
        if isinstance(value, list):
            resolved = [self.value(one) for one in value]
            return [one for one in resolved if one is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name in FUNCTIONS:
                return FUNCTIONS[name](self, inner)
        resolved = {key: self.value(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one is not NOTHING}

    def ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.physical[name]["Ref"]

    def attribute(self, name):
        resource, attribute = name if isinstance(name, list) else name.split(".", 1)
        return self.physical[resource][attribute]

    def substituted(self, text):
        names = {}
        if isinstance(text, list):
            text, names = text[0], self.value(text[1])

        def one(found):
            name = found.group(1)
            if name in names:
                return names[name]
            return self.attribute(name) if "." in name else self.ref(name)

        return re.sub(r"\$\{([A-Za-z0-9:.]+)\}", one, text)

    def chosen(self, inner):
        return self.value(inner[1] if self.condition(inner[0]) else inner[2])

    def joined(self, inner):
        return inner[0].join(self.value(inner[1]))


NOTHING = object()
FUNCTIONS = {
    "Ref": Template.ref,
    "Fn::GetAtt": Template.attribute,
    "Fn::Sub": Template.substituted,
    "Fn::If": Template.chosen,
    "Fn::Join": Template.joined,
}


class Loader(yaml.SafeLoader):
    """YAML with the short forms of the functions."""


def short(loader, tag, node):
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", short)


def sids(value):
    """The names of statements anywhere in a value."""
    if isinstance(value, dict):
        found = {value["Sid"]} if isinstance(value.get("Sid"), str) else set()
        return found.union(*map(sids, value.values()))
    return set().union(*map(sids, value)) if isinstance(value, list) else set()
