"""What pytest would do, read without running it; where it matters, compared with what pytest does."""

import subprocess
import sys

import pytest

from transforms.pytest_world import World


def a_world(**files):
    return World({name: text.encode() for name, text in files.items()})


def of(files):
    return a_world(**files)


# ── configuration in force ───────────────────────────────────────────────────────────────────────────────────

LAYOUTS = {
    "pytest.ini wins even when empty": (
        {"pytest.ini": "", "pyproject.toml": "[tool.pytest.ini_options]\npython_files = 'check_*.py'\n"},
        "pytest.ini",
    ),
    "pyproject wins over tox.ini": (
        {"pyproject.toml": "[tool.pytest.ini_options]\nmarkers = 'slow'\n", "tox.ini": "[pytest]\n"},
        "pyproject.toml",
    ),
    "a pyproject without the table is no configuration": (
        {"pyproject.toml": "[tool.ruff]\nline-length = 90\n", "setup.cfg": "[tool:pytest]\n"},
        "setup.cfg",
    ),
    "tox.ini needs its section": ({"tox.ini": "[tox]\n", "setup.cfg": "[tool:pytest]\n"}, "setup.cfg"),
    "the native table counts": ({"pyproject.toml": "[tool.pytest]\nmarkers = ['slow']\n"}, "pyproject.toml"),
    "pytest.toml comes first": ({"pytest.toml": "", "pytest.ini": "[pytest]\n"}, "pytest.toml"),
    "the nearest folder wins": (
        {"pytest.ini": "[pytest]\n", "tests/tox.ini": "[pytest]\n", "tests/test_a.py": "def test_a(): pass\n"},
        "tests/tox.ini",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_file_in_force_is_the_one_that_pytest_reports(layout, tmp_path):
    files, expected = LAYOUTS[layout]
    write(tmp_path, {"tests/test_b.py": "def test_b(): pass\n", **files})
    configuration = of(files).configuration("tests/test_b.py")
    assert configuration is not None
    assert configuration.path == expected
    assert f"configfile: {expected.rpartition('/')[2]}" in run_pytest(tmp_path, "--collect-only", "tests")


def test_without_any_file_there_is_no_configuration():
    assert of({"tests/test_a.py": ""}).configuration("tests/test_a.py") is None


# ── collection ───────────────────────────────────────────────────────────────────────────────────────────────

SUITE = """
import unittest
import pytest

def helper(): ...
def test_plain(): ...
def check_other(): ...
class TestGroup:
    def test_in(self): ...
    def other(self): ...
    class TestInner:
        def test_deep(self): ...
class Mixin:
    def test_mixed(self): ...
class TestMixed(Mixin): ...
class TestWithInit:
    def __init__(self): ...
    def test_not_run(self): ...
class TestOff:
    __test__ = False
    def test_off(self): ...
class Unit(unittest.TestCase):
    def test_unit(self): ...
"""


@pytest.mark.parametrize(
    ("configuration", "path"),
    [
        ("[pytest]\n", "tests/test_a.py"),
        ("[pytest]\n", "tests/helpers.py"),
        ("[pytest]\npython_files = *.py\n", "tests/helpers.py"),
        ("[pytest]\npython_functions = check_*\n", "tests/test_a.py"),
        ("[pytest]\npython_classes = Test Mixin\n", "tests/test_a.py"),
        ("[pytest]\ntestpaths = other\n", "tests/test_a.py"),
        ("[pytest]\ntestpaths = tests\n", "tests/test_a.py"),
        ("[pytest]\nnorecursedirs = tests\n", "tests/test_a.py"),
        ("[pytest]\n", "build/test_a.py"),
    ],
)
def test_what_is_collected_is_what_pytest_collects(configuration, path, tmp_path):
    files = {"pytest.ini": configuration, path: SUITE, "other/test_b.py": "def test_b(): pass\n"}
    write(tmp_path, files)
    collected = {
        line.rpartition("::")[2]
        for line in run_pytest(tmp_path, "--collect-only", "-q").splitlines()
        if "::" in line
    }
    ours = {f.name for f in of(files).tests}
    assert ours == collected


# ── fixtures ─────────────────────────────────────────────────────────────────────────────────────────────────

FIXTURE = "import pytest\n@pytest.fixture\ndef thing(): return {!r}\n"


def test_the_nearest_fixture_is_the_one_a_test_gets(tmp_path):
    files = {
        "conftest.py": FIXTURE.format("root"),
        "a/conftest.py": FIXTURE.format("a"),
        "a/test_a.py": "def test_a(thing): assert thing == 'a'\n",
        "b/test_b.py": "def test_b(thing): assert thing == 'root'\n",
        "b/test_own.py": FIXTURE.format("own") + "def test_own(thing): assert thing == 'own'\n",
        "b/test_class.py": "import pytest\nclass TestC:\n    @pytest.fixture\n    def thing(self): return 'class'\n"
        "    def test_c(self, thing): assert thing == 'class'\n",
        "c/shared.py": FIXTURE.format("imported"),
        "c/conftest.py": "from .shared import thing\n",
        "c/__init__.py": "",
        "c/test_i.py": "def test_i(thing): assert thing == 'imported'\n",
    }
    write(tmp_path, files)
    assert "5 passed" in run_pytest(tmp_path)
    world = of(files)
    got = {user.path: fixture.path for user, fixture in world.users("thing")}
    assert got == {
        "a/test_a.py": "a/conftest.py",
        "b/test_b.py": "conftest.py",
        "b/test_own.py": "b/test_own.py",
        "b/test_class.py": "b/test_class.py",
        "c/test_i.py": "c/shared.py",
    }


def test_an_override_that_asks_for_its_own_name_gets_the_next_one():
    world = of(
        {
            "conftest.py": FIXTURE.format("root"),
            "a/conftest.py": "import pytest\n@pytest.fixture\ndef thing(thing): return thing\n",
        }
    )
    [(override, above)] = world.users("thing")
    assert (override.path, above.path) == ("a/conftest.py", "conftest.py")


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("@pytest.fixture", ("function", False, "pytest.fixture")),
        ("@pytest.fixture(scope='session', autouse=True)", ("session", True, "pytest.fixture")),
        ("@pytest_asyncio.fixture(scope=SCOPE)", (None, False, "pytest_asyncio.fixture")),
        ("@fix", ("function", False, "pytest.fixture")),
        ("@slow_fixture", ("function", False, "pytest_asyncio.fixture")),
    ],
)
def test_a_fixture_is_known_by_what_its_decorator_stands_for(decorator, expected):
    source = f"""
import pytest, pytest_asyncio
from pytest import fixture as fix
slow_fixture = pytest_asyncio.fixture(loop_scope="session")
{decorator}
async def thing(): yield 1
"""
    [fixture] = of({"conftest.py": source}).fixtures
    assert (fixture.scope, fixture.autouse, fixture.via) == expected
    assert fixture.is_async
    assert fixture.is_generator


@pytest.mark.parametrize(
    ("signature", "decorator", "expected"),
    [
        ("a, b=1, *, c, d=2", "", ("a", "c")),
        ("a, n", "@pytest.mark.parametrize('n', [1])", ("a",)),
        ("a, n, m", "@pytest.mark.parametrize(('n', 'm'), [(1, 2)])", ("a",)),
        ("mocked, a", "@patch('os.getcwd')", ("a",)),
        ("a", "@patch('os.getcwd', new=1)", ("a",)),
        ("a", "@patch('os.getcwd', print)", ("a",)),
    ],
)
def test_requests_are_the_parameters_that_pytest_fills(signature, decorator, expected):
    source = f"import pytest\nfrom unittest.mock import patch\n{decorator}\ndef test_a({signature}): ...\n"
    [test] = of({"test_a.py": source}).tests
    assert test.requests == expected


# ── the asyncio mode ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("files", "mode"),
    [
        ({}, "strict"),
        ({"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}, "auto"),
        ({"setup.cfg": "[tool:pytest]\nasyncio_mode=auto\n"}, "auto"),
        ({"pyproject.toml": "[tool.pytest.ini_options]\nasyncio_mode = 'auto'\n"}, "auto"),
        ({"pyproject.toml": "[tool.pytest]\nasyncio_mode = 'auto'\n"}, "auto"),
        ({"pytest.ini": "[pytest]\naddopts = -q --asyncio-mode=auto\n"}, "auto"),
        ({"pytest.ini": "[pytest]\naddopts = --asyncio-mode auto\n"}, "auto"),
        ({"pytest.ini": "[pytest]\naddopts = --asyncio-mode=strict\nasyncio_mode = auto\n"}, "strict"),
        (
            {"pytest.ini": "[pytest]\n", "pyproject.toml": "[tool.pytest.ini_options]\nasyncio_mode='auto'\n"},
            "strict",
        ),
        ({"tox.ini": "[testenv]\ncommands = pytest --asyncio-mode=auto\n"}, "auto"),
        ({"Dockerfile": 'CMD ["pytest", "--asyncio-mode", "auto"]\n'}, "auto"),
        ({".github/workflows/ci.yml": "jobs:\n  - run: pytest --asyncio-mode=auto tests\n"}, "auto"),
        ({".github/workflows/ci.yml": "jobs:\n  # pytest --asyncio-mode=auto\n"}, "strict"),
        ({"noxfile.py": 'session.run("pytest", "--asyncio-mode=auto")\n'}, "auto"),
        ({"other/tox.ini": "[testenv]\ncommands = pytest --asyncio-mode=auto\n"}, "strict"),
        ({"README.md": "pytest --asyncio-mode=auto\n"}, "strict"),
        ({"conftest.py": "def pytest_configure(config):\n    config.option.asyncio_mode = 'auto'\n"}, "auto"),
    ],
)
def test_the_mode_is_read_wherever_it_may_be_set(files, mode):
    assert of({"tests/test_a.py": "async def test_a(): pass\n", **files}).mode("tests/test_a.py") == mode


# ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_marks_reach_a_test_from_its_module_its_classes_and_their_bases():
    source = """
import pytest as pt
aio = pt.mark.asyncio(scope="class")
pytestmark = [pt.mark.slow, aio]
@pt.mark.base
class Base:
    pytestmark = pt.mark.inner
class TestA(Base):
    @pt.mark.own("x", y=1)
    def test_a(self): ...
"""
    world = of({"test_a.py": source})
    [test] = world.tests
    assert [(m.name, m.keywords) for m in world.marks(test)] == [
        ("own", ("y",)),
        ("base", ()),
        ("inner", ()),
        ("slow", ()),
        ("asyncio", ("scope",)),
    ]


def test_a_file_that_does_not_parse_is_left_out_and_harms_nobody():
    world = of({"conftest.py": "import pytest\ndef broken(:\n", "test_a.py": "import pytest\ndef test_a(x): ...\n"})
    assert [f.name for f in world.tests] == ["test_a"]


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run_pytest(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


# ── what pytest reads elsewhere ──────────────────────────────────────────────────────────────────────────────


def test_a_plugin_that_two_conftests_name_is_loaded_once():
    said = 'pytest_plugins = ["shared.fixtures"]\n'
    fixture = "import pytest\n\n\n@pytest.fixture\ndef place(): ...\n"
    world = of({"a/conftest.py": said, "b/conftest.py": said, "shared/fixtures.py": fixture})
    assert [m.path for m in world.plugins] == ["shared/fixtures.py"]


def test_tests_in_newer_syntax_are_tests_all_the_same():
    world = of({"test_a.py": "type Name = str\n\n\ndef test_a[T](place: T):\n    print(f'{x['y']}')\n"})
    assert [(t.name, t.line, t.requests) for t in world.tests] == [("test_a", 4, ("place",))]
