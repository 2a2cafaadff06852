"""`python -m mdm`."""

from mdm.cli.main import main

main()
