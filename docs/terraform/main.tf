# Lamplighter is deployed by CloudFormation; what Terraform describes finds it by the outputs of its stack.
# Copy what you need: names and thresholds are those of the playbook in playbooks/prod.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "lamplighter_stack" {
  description = "The name of Lamplighter's stack in the provider's Region."
  type        = string
  default     = "lamplighter-prod"
}

variable "load_balancer" {
  description = "The load balancer before the service, as app/NAME/ID."
  type        = string
}

variable "cache_cluster" {
  description = "The id of the cache's first node, as portfolio-prod-001."
  type        = string
}

variable "pager_endpoint" {
  description = "The HTTPS address at which the pager takes messages of SNS."
  type        = string
}

data "aws_cloudformation_stack" "lamplighter" {
  name = var.lamplighter_stack
}

locals {
  lamplighter = data.aws_cloudformation_stack.lamplighter.outputs
}

# The route `platform-slow` boosts the service when this alarm rings. Both directions go to the topic: routes may
# wait for a recovery, too. The stack makes an alarm of the same name where its parameter `PlatformLoadBalancer` is
# given: leave that empty, so that one of the two makes it.
resource "aws_cloudwatch_metric_alarm" "response_time" {
  alarm_name          = "ecs-platform-response-time"
  alarm_description   = "The platform takes more than a second to answer."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = { LoadBalancer = var.load_balancer }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.lamplighter["AlarmsTopicArn"]]
  ok_actions          = [local.lamplighter["AlarmsTopicArn"]]
}

# Nothing is done about this one: the route `portfolio-strained` has a `report`, which goes to the outcomes topic and
# to chat.
resource "aws_cloudwatch_metric_alarm" "cache_memory" {
  alarm_name          = "portfolio-cache-memory"
  alarm_description   = "The portfolio's cache is nearly full."
  namespace           = "AWS/ElastiCache"
  metric_name         = "DatabaseMemoryUsagePercentage"
  dimensions          = { CacheClusterId = var.cache_cluster }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  threshold           = 90
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "missing"
  alarm_actions       = [local.lamplighter["AlarmsTopicArn"]]
  ok_actions          = [local.lamplighter["AlarmsTopicArn"]]
}

# Alarms about Lamplighter itself, for whoever is on call.
resource "aws_sns_topic_subscription" "pager" {
  topic_arn = local.lamplighter["OperatorsTopicArn"]
  protocol  = "https"
  endpoint  = var.pager_endpoint
}
