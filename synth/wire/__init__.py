"""The JSON shapes of the product, in one place: the API and `--json` print the same documents."""
