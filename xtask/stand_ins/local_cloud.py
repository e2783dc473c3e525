"""ministack, which deploys alarms of metric math and budgets, too, and checks who may ask CloudWatch. By itself it refuses
a template that has one, and lets pass whoever asks in the protocol that names its operation in the path.
"""

import json
import sys

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import budgets
from ministack.services.cloudformation import provisioners

plain_action, plain_resource = iam_actions.extract_iam_action, iam_actions.extract_resource_arn
plain_record = provisioners._cw_metric_alarm_record


def record(name, properties):
    """Keeps the alarm, and never evaluates it: it is taken for one on a metric that has no data."""
    if properties.get("Metrics"):
        properties = {**properties, "Namespace": "metric-math", "MetricName": name}
        del properties["Metrics"]
    return plain_record(name, properties)


def create_budget(logical_id, properties, stack_name):
    """Hands it to ministack's own service of budgets, which its templates do not know."""
    status, _, answer = budgets._create_budget(properties)
    if status != 200:
        raise ValueError(json.loads(answer)["message"])
    return properties["Budget"]["BudgetName"], {}


def delete_budget(name, properties):
    budgets._delete_budget({"BudgetName": name})


def action(service, method, path, *request):
    """The action that a request takes."""
    if names_operation(service, path):
        return f"cloudwatch:{path.rpartition('/')[2]}"
    return plain_action(service, method, path, *request)


def resource(service, method, path, *request):
    """What a request takes its action on: what these requests name, ministack cannot read."""
    return "*" if names_operation(service, path) else plain_resource(service, method, path, *request)


def names_operation(service, path):
    return service == "monitoring" and "/operation/" in path


provisioners._cw_metric_alarm_record = record
provisioners._RESOURCE_HANDLERS["AWS::Budgets::Budget"] = {"create": create_budget, "delete": delete_budget}
iam_actions.extract_iam_action, iam_actions.extract_resource_arn = action, resource
sys.exit(main())
