"""The sandbox's real CI: workflows as GitHub writes them, jobs that run in fresh checkouts, nothing scripted."""

from bot.sandbox.runner.ci import WorkflowCI

__all__ = ["WorkflowCI"]
