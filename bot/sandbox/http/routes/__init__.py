"""GitHub's REST, one module for each part of its documentation."""
