"""``workflow_dispatch``: somebody with a token asks for a workflow's run. It is noted and told; nothing runs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.sandbox.denied import Denied, not_found
from bot.sandbox.events import emit
from bot.sandbox.runner import workflow
from bot.sandbox.state import ForgeState, locked


@locked
def dispatch(state: ForgeState, actor: str, name: str, file: str, ref: str, inputs: Mapping[str, str]) -> None:
    """404 for a workflow that is not there, 422 for one that cannot be asked or is asked with other words."""
    repo = state.writable(actor, name)
    store = state.store(name)
    head = store.head(ref.removeprefix("refs/heads/"))
    if head is None:
        raise Denied(422, f"No ref found for: {ref}")
    path = f"{workflow.FOLDER}/{file}"
    content = store.files(head).get(path)
    if content is None:
        raise not_found()
    declared = _declared(content)
    if strange := sorted(inputs.keys() - declared.keys()):
        raise Denied(422, f"Unexpected inputs provided: {json.dumps(strange)}")
    missing = [key for key, told in declared.items() if told.get("required") == "true" and key not in inputs]
    if missing:
        raise Denied(422, f"Required input '{missing[0]}' not provided")
    state.record(f"dispatch {name} {file} {json.dumps(inputs)}")
    told = {"workflow": path, "ref": f"refs/heads/{ref}", "inputs": json.dumps(inputs)}
    emit(state, repo.name, "workflow_dispatch", "", actor, **told)


def _declared(content: bytes) -> dict[str, dict[str, str]]:
    """The inputs of the workflow's ``workflow_dispatch``."""
    events = workflow.load(content)["on"]
    if "workflow_dispatch" not in events:
        raise Denied(422, "Workflow does not have 'workflow_dispatch' trigger")
    asked = events["workflow_dispatch"] if isinstance(events, dict) else {}
    inputs = asked.get("inputs", {}) if isinstance(asked, dict) else {}
    return {key: told if isinstance(told, dict) else {} for key, told in inputs.items()}
