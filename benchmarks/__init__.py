"""Benchmarks of partialjson against its peers: ``python benchmarks/run.py``.

``run`` is the command, ``environment`` the virtual environment it runs in, ``race`` the rounds and the files that come
out, ``store`` the one file with all results. ``workloads`` says what is read: seeded documents, cut into chunks, and
what is done at each chunk; ``responses`` what providers send. ``contestants`` says who reads it, one class for each
library. ``measure`` is the clock: it checks a contestant's result and then times it, in processes of their own;
``cold`` times first imports. ``targets`` has what the project promises and how that is judged; ``report`` makes tables
and plots of the results.

``compare`` asks the same libraries what they can do, by the ``probes``. ``concurrency`` reads a thousand streams at
once. ``bounds`` is what the least steps cost by Python's own means.
"""
