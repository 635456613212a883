"""Signs the tokens that meters log in with."""
