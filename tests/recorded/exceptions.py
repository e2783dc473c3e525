"""What the proofs let pass, each with its reason. An entry that nothing needs any more is an error, too."""

# Members whose value is right although botocore's model does not say so: service, operation, member.
WRONG_MODELS = {}

# Operations of the code that no test sends: part, service, operation.
UNSEEN = {}

# Calls that the roles deny, as they should: function, action.
DENIED = {
    (
        "invalidate-cache",
        "cloudfront:CreateInvalidation",
    ): "a target of the tests has a distribution that is not allowed",
}

# Actions that AWS has, and that the simulator's list of actions does not.
UNKNOWN_ACTIONS = {
    "cloudwatch:DescribeAlarmContributors": "newer than the Service Authorization Reference that the simulator knows",
}

# What the Lambda service does in the name of a role, so that no call of a function shows it: role, statement, action.
OF_LAMBDA = {
    ("*", "WriteLogs", "logs:CreateLogStream"): "Lambda writes the log",
    ("*", "WriteLogs", "logs:PutLogEvents"): "Lambda writes the log",
    ("*", "*", "sqs:ReceiveMessage"): "Lambda polls the queues",
    ("*", "*", "sqs:DeleteMessage"): "Lambda polls the queues",
    ("*", "*", "sqs:GetQueueAttributes"): "Lambda polls the queues",
    (
        "*",
        "KeepFailedInvocations",
        "sqs:SendMessage",
    ): "Lambda sends what failed to the function's destination",
}

# Actions that AWS asks for and no recorded call shows: role, statement, action.
UNSHOWN = {}
