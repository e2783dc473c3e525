"""ministack, which deploys alarms of metric math, too. By itself it refuses a template that has one."""

import sys

from ministack.app import main
from ministack.services.cloudformation import provisioners

plain_record = provisioners._cw_metric_alarm_record


def record(name, properties):
    """Keeps the alarm, and never evaluates it: it is taken for one on a metric that has no data."""
    if properties.get("Metrics"):
        properties = {**properties, "Namespace": "metric-math", "MetricName": name}
        del properties["Metrics"]
    return plain_record(name, properties)


provisioners._cw_metric_alarm_record = record
sys.exit(main())
