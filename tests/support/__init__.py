"""What the tests share: models, the laws, a model of the parser, ways to cut a text, things to cut."""
