"""Proves by recorded calls that the functions' requests are what AWS's models say, and that their roles allow just those.

`proof.py ROOT FOLDER [--part]`: the repository, and the folder with the records. With `--part` only some flows were
recorded, and nothing is said of what is missing.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import calls
import permissions
import rules
import source
import wire
from exceptions import UNSEEN, WRONG_MODELS


def main(root, folder, part):
    stack = json.loads((folder / "stack.json").read_text(encoding="utf-8"))
    recorded = list(calls.read(folder / "calls.jsonl", functions(stack)))
    recorded += calls.read(folder / "stand-in.jsonl", {})
    requests, problems = read(recorded)
    with (folder / "requests.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(wire.readable(request)) + "\n" for request in requests)
    ours = [request for request in requests if request["function"]]
    seen = {(request["function"], request["service"], request["operation"]) for request in ours}
    if not part:
        problems += compared(source.sent(root), seen)
    say(
        f"requests: {len(ours)} of the functions, {len({one[1:] for one in seen})} operations, {len(problems)} problems"
    )
    problems += permissions.prove(root, stack, ours, part, say)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def say(text):
    print(f"    {text}", file=sys.stderr)


def functions(stack):
    """The function of each access key."""
    return {
        calls.execution_key(function["FunctionArn"], function["Role"]): name
        for name, function in stack["functions"].items()
    }


def read(recorded):
    """The requests of the calls, and what is wrong with those of the functions."""
    requests, wrong = [], Counter()
    for call in recorded:
        if call.operation is None:
            if call.function:
                wrong[f"{call.function}: {call.service} has no operation for {call.method} {call.path}"] += 1
            continue
        params, problems = wire.params(call)
        problems += rules.check(call.operation.input_shape, params)
        requests.append(
            {
                "function": call.function,
                "service": call.service,
                "operation": call.operation.name,
                "region": call.region,
                "params": params,
                "status": call.status,
                "error": call.answer[:200],
                "source": call.source,
            }
        )
        for member, value, says in problems if call.function else []:
            if (call.service, call.operation.name, member) not in WRONG_MODELS:
                wrong[
                    f"{call.function}: {call.service} {call.operation.name}: {member} = {value!r:.200}: {says}"
                ] += 1
    return requests, [f"{what} ({count} times)" for what, count in sorted(wrong.items())]


def compared(sent, seen):
    """Operations that the code names and nobody sent, and the other way round."""
    problems = []
    for part, service, operation in sorted(sent):
        by = {one for one in seen if one[1:] == (service, operation)}
        if part != source.SHELL:
            by = {one for one in by if one[0] == part}
        if bool(by) == ((part, service, operation) in UNSEEN):
            problems.append(
                f"{part}: {service} {operation} "
                + ("is sent, and UNSEEN names it" if by else "is in the code, and no test sends it")
            )
    known = {(part, service, operation) for part, service, operation in sent}
    for function, service, operation in sorted(seen):
        if not known & {(function, service, operation), (source.SHELL, service, operation)}:
            problems.append(f"{function}: {service} {operation} is sent, and the code does not name it")
    return problems


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--part" in sys.argv[3:]))
