"""``dotenv run`` becomes the command that it runs instead of staying as its parent.

https://github.com/theskumar/python-dotenv/releases/tag/v1.1.0
"""

from __future__ import annotations

import re

from transforms.model import Level, Proof
from transforms.python_dotenv.places import lines
from transforms.rewrites import Flag
from transforms.rule import Example, Rule, Verdicts
from transforms.tree import Tree

_RUN = re.compile(rb"(?:^|[\s&|;/=\[])dotenv(?:\s+-\S+(?:\s+\S*env\S*)?)*\s+run\b")
_OF_NODE = re.compile(rb"\b(?:npx|pnpm|yarn|bunx?|npm)\b[^&|;]*\bdotenv\b")
_QUOTED = re.compile(rb"[\"',]+")


def find(tree: Tree) -> Verdicts:
    """Start commands that go through ``dotenv run``, comments and code left out."""
    for path, number, found in lines(tree, re.compile(rb"^(?!\s*#).*\bdotenv\b.*\brun\b"), b"dotenv"):
        line = _QUOTED.sub(b" ", found.string)
        if path.endswith((".py", ".js", ".ts", "package.json")) or _OF_NODE.search(line):
            continue
        if _RUN.search(line):
            yield Flag(
                number, "`dotenv run` now becomes the command itself: signals and PID reach it directly", file=path
            )


_DOCKER = """\
FROM python:3.12
ENTRYPOINT ["dotenv", "-f", "prod.env", "run", "--", "python", "app.py"]
"""

RULE = Rule(
    id="DOT004",
    title="`dotenv run` replaces its process",
    library="python-dotenv",
    link="https://github.com/theskumar/python-dotenv/releases/tag/v1.1.0",
    was="The command runs as a child; signals go to `dotenv` first.",
    now="On POSIX `dotenv` becomes the command (`execvpe`).",
    proof=Proof.READ,
    level=Level.ADVICE,
    survey=find,
    examples=(
        Example(
            title="As an entry point, in a Procfile, in a script",
            before="print('started')\n",
            others={
                "Dockerfile": _DOCKER,
                "Procfile": "web: dotenv run gunicorn app\n",
                "run.sh": "dotenv run app\n",
            },
            flags=(("Dockerfile", 2, Level.ADVICE), ("Procfile", 1, Level.ADVICE), ("run.sh", 1, Level.ADVICE)),
        ),
        Example(
            title="Other commands, and comments",
            before="RUN = 'dotenv run app'\n",
            others={
                "Makefile": "# dotenv run app\nstart:\n\tdotenv list\n\tdotenvx run app\n\tnpx dotenv run app\n"
            },
        ),
    ),
)
