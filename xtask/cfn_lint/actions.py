"""A rule of cfn-lint: an action that its service does not have permits nothing, and AWS accepts it without a word.

cfn-lint's own rule for this, W3037, leaves templates of SAM out.
"""

import fnmatch

import botocore.session
from botocore.exceptions import UnknownServiceError
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource
from cfnlint.rules import CloudFormationLintRule, RuleMatch


class Actions(CloudFormationLintRule):
    """Looks for the actions of every policy among those of their services."""

    id = "E9037"
    shortdesc = "Actions of policies exist"
    description = "An action that its service does not have permits nothing"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    tags = ["iam"]

    def match(self, cfn):
        services = load_resource(AdditionalSpecs, "Policies.json")
        models = botocore.session.get_session().get_component("data_loader")
        matches = []
        for key in ("Action", "NotAction"):
            for *path, value in cfn.search_deep_keys(key):
                for action in strings(value):
                    service, _, name = action.lower().partition(":")
                    known = services.get(service, {}).get("Actions", {})
                    if not fnmatch.filter(known, name) and name not in operations(models, service):
                        matches.append(RuleMatch(path, f"{action} is no action of a service"))
        return matches


def operations(models, service):
    """The operations of a service: the list of actions is behind the newest ones."""
    try:
        return {name.lower() for name in models.load_service_model(service, "service-2")["operations"]}
    except UnknownServiceError:
        return set()


def strings(value):
    """The strings of a value, those in lists and behind conditions included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            # The first item of a condition is its name.
            yield from strings(inner[1:] if name == "Fn::If" else inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
