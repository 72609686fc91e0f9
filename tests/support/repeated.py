"""Arguments in pieces that say them more than once. The first table can be understood, the second contradicts
itself."""

from __future__ import annotations

REPEATED = {
    "whole at the end": ('{"city": ', '"Bern"}', '{"city": "Bern"}'),
    "whole twice": ('{"city": "Bern"}', '{"city": "Bern"}', '{"city": "Bern"}'),
    "in one piece": ('{"city": "Bern"}{"city": "Bern"}',),
    "again in pieces": ('{"city": "Bern"}', '{"city":', ' "Bern"', "}"),
    "with other spaces": ('{"city": "Bern"}', '{"city":"Bern"}'),
    "with other spaces, in pieces": ('{"city": "Bern"}', '{"city":"B', 'ern"}'),
    "white space between": ('{"city": "Bern"}', " ", '\n{"city": "Bern"}'),
    "all so far in each piece": ('{"ci', '{"city": "B', '{"city": "Bern"', '{"city": "Bern"}'),
    "all so far, from a string": ('{"city": "B', '{"city": "Be', '{"city": "Bern"}'),
    "all so far, from a value": ('{"city": ', '{"city": "B', '{"city": "Bern"}'),
    "all so far, read as nested": ('{"city": ', '{"city": "Bern"}'),
    "all so far, once": ('{"city": "B', "er", '{"city": "Bern"}'),
    "all so far with other spaces": ('{"city": "B', "er", '{"city":"Bern"}'),
    "a placeholder": ("{}", '{"city": "Bern"}'),
    "a placeholder, then pieces": ("{}", '{"ci', 'ty": "Bern', '"}'),
    "a placeholder with a space": ("{ }", '{"city": "Bern"}'),
    "a placeholder in the same piece": ('{}{"city"', ': "Bern"}'),
    "placeholders": ("{}", "{}", '{"city": "Bern"}'),
    "grown": ('{"city": "B"}', '{"city": "Bern"}'),
}
CONTRADICTORY = {
    "another value": ('{"city": "Bern"}', '{"city": "Rome"}'),
    "less": ('{"city": "Bern", "days": 2}', '{"city": "Bern"}'),
    "nothing after something": ('{"city": "Bern"}', "{}"),
    "another type": ('{"city": "Bern", "days": 1}', '{"city": "Bern", "days": true}'),
    "half of it": ('{"city": "Bern"}', '{"city": '),
    "no JSON": ('{"city": "Bern"}', "so be it"),
    "no JSON in braces": ('{"city": "Bern"}', "{city"),
}
