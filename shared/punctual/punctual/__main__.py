"""`python -m punctual`."""

from punctual.main import main

main()
