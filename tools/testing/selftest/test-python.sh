#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Test that Python programs find what Debian's packages hold, whichever python3 is
# the first in PATH.  Prints TAP.
#
# usage: test-python.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../../.." && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
mkdir "$W/venv"
printf '#!/bin/sh\necho "ModuleNotFoundError of %s" >&2\nexit 1\n' "$W/venv" >"$W/venv/python3"
chmod +x "$W/venv/python3"
ln -s python3 "$W/venv/sphinx-build"
ln -s python3 "$W/venv/python"
export PATH=$W/venv:$PATH PYTHONPATH=$W/venv PYTHONHOME=$W/venv O=$W/build

# The stand-in is what a program gets without our doing.
stand_in_is_first()
{
	fails env python3 -c pass
	says "ModuleNotFoundError"
}

# scripts COMMAND: as a script of ours runs it
scripts() { bash -c 'set -euo pipefail; . "$1/tools/lib/common.sh"; eval "$2"' bash "$top" "$1"; }

is_debians()
{
	same "$(scripts "$1")" /usr/bin/python3
}

says_who()
{
	printf '%s\nimport sys; print(sys.executable)\n' "$1" >"$W/who"
	chmod +x "$W/who"
	is_debians "$W/who"
}

# One that tools/deps/packages has; those of tools/deps/series-check are found alike.
modules_are_found()
{
	scripts "python3 -c 'import distlib'"
}

sphinx_is_debians()
{
	same "$(scripts "command -v sphinx-build")" "$top/tools/lib/bin/sphinx-build"
}

programs_start()
{
	(unset PYTHONPATH PYTHONHOME; "$top/tools/testing/check.py" --help >/dev/null)
	(unset PYTHONPATH PYTHONHOME; "$top/tools/series/mutation/run.py" --help >/dev/null)
}

t "the stand-in is in the way" stand_in_is_first
t "python3 in a script is Debian's" is_debians "python3 -c 'import sys; print(sys.executable)'"
t "so is that of a program of others" says_who '#!/usr/bin/env python3'
t "programs of ours start" programs_start
t "modules of Debian's packages are found" modules_are_found
t "Sphinx is Debian's" sphinx_is_debians
finish
