"""``python -m release``: the files of a release, made and tried as those who install them will.

Needs Python 3.11 or newer and git, and nothing installed. Whatever it makes and installs lies in a folder of its own
outside the checkout, so no file of the checkout can stand in for one that a wheel has left out.

    a clone of the last commit -> sdist -> unpacked -> pure wheel, a compiled wheel for each Python at hand
    each file   -> its contents and its metadata
    each wheel  -> a fresh environment -> the README's example, the time of an import, the commands, the tests
    pure wheel  -> Pyodide -> the laws

- ``report``: steps, one after the other, and what became of each. One that fails does not stop the others.
- ``environments``: which Pythons there are, virtual environments, commands.
- ``building``: the files. ``contents``: what may be in them.
- ``trying``: an installed wheel, with ``inside``, which runs there.
- ``browser``: the laws in Pyodide, with ``pyodide.mjs``.

A wheel that was made elsewhere, as those of other systems are, is checked with ``--built FOLDER``.
"""
