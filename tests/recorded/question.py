"""What is asked of a role."""

from dataclasses import dataclass, field

# The account of all that is recorded.
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Question:
    """Whether an action on a resource is allowed."""

    action: str
    resource: str
    context: dict = field(default_factory=dict)
    # A question about tags that nobody knows is not asked.
    known: bool = True
