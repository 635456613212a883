"""The HTTP door of the sandbox forge: GitHub's REST, git's smart protocol and signed webhooks over one state."""
