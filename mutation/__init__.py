"""How good the tests are: small faults are put into the sources, and a test should fail for each.

``python -m mutation --part core`` draws a sample of such faults (*mutants*) from the modules of one part, runs the
tests that reach the changed line, and tells which mutants no test noticed. It works in five steps:

1. `plan` reads ``plan.toml``: which modules make up a part, and where its tests are.
2. `tracing` runs each test file once and keeps which test ran which lines. This is done again only for files that
   changed, or for all of them when a source changed.
3. `mutants` makes the mutants of each module, with the operators of mutmut, and draws a sample: each module has its
   share by size, and the seed decides which. A mutant is drawn by what it changes, not by where it stands, so a change
   elsewhere in a module leaves most of the sample as it was.
4. `trials` runs tests against one mutant, in a process that was forked from one with the large packages imported, on a
   copy of the sources. The quickest tests come first, those of files that mirror the module before others, until one
   fails; the slow ones run only against what survived. A mutant that runs out of time counts as noticed.
5. The table has a row for each part; survivors are shown as diffs. ``equivalents.toml`` lists the mutants that behave
   as the original does, each with the reason; they count neither way.

The score is the share of noticed mutants: those that a test kills or that run out of time, and those that the type
checker refuses, which the table tells apart. The tests of one part only are asked, at quick effort, without recorded
streams, and slow ones only as far as there is time. Once tests were written for the survivors of a sample, its score is
no estimate for other mutants; draw another with ``--seed``.

The sources run interpreted. A process is forked for each mutant, so this needs Linux or macOS.
"""
