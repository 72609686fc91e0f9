"""Programs of other libraries, with this parser in them and without, and environments to run them in."""
