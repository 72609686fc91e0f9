"""Benchmarks of partialjson against its peers: ``python benchmarks/run.py``.

``run`` is the command, ``environment`` the virtual environment it runs in, ``race`` the rounds and the files that come
out. ``workloads`` says what is read: seeded documents, cut into chunks, and what is done at each chunk;
``contestants`` who reads it, one small adapter for each library. ``measure`` is the clock: it checks a contestant's
result and then times it, in processes of their own. ``targets`` has what the project promises and how that is judged;
``report`` makes tables and plots of the results.
"""
