"""GitHub's JSON: one function for each kind of object, shaped as GitHub's API description says."""
