"""`python -m ui` is `dateline`."""

from ui.cli.main import main

main()
