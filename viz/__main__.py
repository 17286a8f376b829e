"""``python -m viz draw ...`` is ``gatewise draw ...``, where the script is not on the path."""

import sys

from viz.command import main

sys.exit(main())
