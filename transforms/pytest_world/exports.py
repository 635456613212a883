"""What ``from pytest import *`` brings: ``pytest.__all__`` of 8.3. 9 has more, and one warning less."""

from __future__ import annotations

_NAMES = """
    Cache CallInfo CaptureFixture Class CollectReport Collector Config Dir Directory DoctestItem ExceptionInfo
    ExitCode File FixtureDef FixtureLookupError FixtureRequest Function HookRecorder Item LineMatcher
    LogCaptureFixture Mark MarkDecorator MarkGenerator Metafunc Module MonkeyPatch OptionGroup Package Parser
    PytestAssertRewriteWarning PytestCacheWarning PytestCollectionWarning PytestConfigWarning
    PytestDeprecationWarning PytestExperimentalApiWarning PytestPluginManager PytestRemovedIn9Warning
    PytestReturnNotNoneWarning PytestUnhandledCoroutineWarning PytestUnhandledThreadExceptionWarning
    PytestUnknownMarkWarning PytestUnraisableExceptionWarning PytestWarning Pytester RecordedHookCall RunResult
    Session Stash StashKey TempPathFactory TempdirFactory TestReport TestShortLogReport Testdir UsageError
    WarningsRecorder __version__ approx cmdline console_main deprecated_call exit fail fixture freeze_includes
    hookimpl hookspec importorskip main mark param raises register_assert_rewrite set_trace skip version_tuple
    warns xfail yield_fixture
"""

PYTEST = frozenset(_NAMES.split())
