"""Print a token for the meter named on the command line; the key comes from the environment."""

import os
import sys

from auth.tokens import sign
from auth.vault import signing_key


class EnvironmentVault:
    def read(self, path):
        return os.environ["AUTH_SIGNING_KEY"].encode()


print(sign(sys.argv[1], signing_key(EnvironmentVault())))
