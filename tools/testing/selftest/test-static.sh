#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be said of the repository without running it, as TAP.
#
# usage: test-static.sh
set -euo pipefail
cd "$(dirname "$0")/../../.."

# shellcheck source=tools/testing/selftest/tap.sh
. tools/testing/selftest/tap.sh
# shellcheck source=tools/lib/common.sh
. tools/lib/common.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh

# check DESCRIPTION COMMAND...: passes when the command prints nothing.
check() { t "$1" silent "${@:2}"; }

silent()
{
	local said
	said=$("$@" 2>&1) || true
	[ -z "$said" ] || { echo "$said"; return 1; }
}

# A clone's files, and new ones that are not ignored.
files()
{
	git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

scripts()
{
	files | while read -r file; do
		LC_ALL=C awk 'NR == 1 && /^#!.*[/ ](ba)?sh( |$)/ { print FILENAME }' "$file"
	done
	files 'tools/lib/*.sh'
}

without_licence()
{
	files | grep -vE '^(COPYING$|MAINTAINERS$|patches/|.*/MANIFEST$|Documentation/.*\.json$)' | while read -r file; do
		awk 'NR <= 40 && /SPDX-License-Identifier: GPL-2.0/ { found = 1 } END { exit !found }' "$file" ||
			echo "$file"
	done
}

# QEMU takes no file that version 2 alone covers.
not_for_qemu()
{
	files tools/snp-model tools/igvm | xargs -d '\n' grep -L 'SPDX-License-Identifier: GPL-2.0-or-later' || true
}

# What has been found clean once is looked at again when a script changes.
shell_findings()
{
	local text
	text=$(scripts | sort -u)
	mapfile -t list < <(lines "$text")
	shellcheck=(shellcheck -x -P SCRIPTDIR -P tools -S warning -f gcc "${list[@]}")
	key=("$O/.stamp-shellcheck" "$(shellcheck --version)" "${shellcheck[@]}")
	# set -e does not reach here: what was found must not be marked.
	fresh "${key[@]}" || { "${shellcheck[@]}" && mark_fresh "${key[0]}"; }
}

# An argument hides that the command which it comes from has failed.
keys_unseen()
{
	local text
	text=$(scripts | sort -u)
	mapfile -t list < <(lines "$text")
	grep -nE '(^|[[:space:]])fresh[[:space:]].*\$\(' "${list[@]}" | grep -v selftest/test-keys.sh
}

# So does a loop over it, and what reads from it (tools/lib/lines.sh).
failures_unseen()
{
	local text
	text=$(scripts | sort -u)
	mapfile -t list < <(lines "$text")
	grep -LE '^#!/bin/(busybox )?sh' "${list[@]}" | xargs -d '\n' awk '
		/^[[:space:]]*for [a-z_]+ in .*\$[(]/ { print FILENAME ":" FNR ": " $0 }
		/<[(]/ && !/<[(]lines "\$/ && !/^[[:space:]]*#/ { print FILENAME ":" FNR ": " $0 }
		/<<<"?\$[(]/ { print FILENAME ":" FNR ": " $0 }'
}

# $(...) is under set -e only where one of these is sourced.
without_inherit_errexit()
{
	local script
	scripts | xargs -d '\n' grep -lE '^#!.*bash' | xargs -d '\n' grep -lF '=$(' | while read -r script; do
		grep -qE '^(shopt -s inherit_errexit|\. .*/(common|tap)\.sh"?)$' "$script" || echo "$script"
	done
	grep -Lx 'shopt -s inherit_errexit' tools/lib/common.sh tools/testing/selftest/tap.sh
}

# What a list runs here, and what says with which program it is to be run
not_executable()
{
	local file
	{
		grep -ohE '^[^#]* host .*cmd="(env [A-Za-z_-]+=[^ ]* )*tools/[^ "]*' tools/testing/lists/*.list | sed 's/.*[" ]//'
		files '*.sh' | xargs -d '\n' grep -lE '^#!' | grep -v '^tools/.*lib.sh$'
	} | sort -u | while read -r file; do
		[ -x "$file" ] || echo "$file"
	done
}

python_of_others()
{
	files | xargs -d '\n' grep -nIE '^#!.*env python|(env|command -v) python' | grep -v '/test-python.sh:'
}

python_findings()
{
	files '*.py' | while read -r file; do
		python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" 2>&1 | tail -n 1
	done
}

# Only a person can give these.
trailers()
{
	grep -rnE '^(Signed-off-by|Reviewed-by|Acked-by|Tested-by):' patches || true
}

missing_targets()
{
	make -npq O="$O" 2>/dev/null | sed -n 's/^\([a-z-]*\):.*/\1/p' | sort -u >"$tmp/targets"
	files '*.md' 'Documentation/*' | xargs grep -ohE '^ +make [a-z-]+' | awk '{ print $2 }' | sort -u |
		comm -23 - "$tmp/targets" | sed 's/^/no such target: make /'
}

missing_paths()
{
	files '*.md' 'Documentation/*.rst' MAINTAINERS |
		xargs grep -ohE '(^|[^/A-Za-z])(tools|patches|arch|Documentation)/[A-Za-z0-9_./-]*[A-Za-z0-9_/-]' |
		sed 's/^[^a-zA-Z]//' | sort -u |
		while read -r path; do
			[ -e "$path" ] || compgen -G "$path*" >/dev/null || echo "no such path: $path"
		done
}

documents_not_listed()
{
	local document
	for document in Documentation/*.rst; do
		[ "$document" != Documentation/index.rst ] || continue
		grep -q "$(basename "$document" .rst)" Documentation/index.rst || echo "$document"
	done
}

# Folders that README's table lacks, and what only THE REST of MAINTAINERS has
unnamed_parts()
{
	local text part
	local -a areas
	for part in arch include patches tools/*/; do
		grep -q "^| .*\`${part%/}/[^|]* |" README.md || echo "README.md: no ${part%/}/"
	done
	text=$(sed -n 's/^F:\t\(.*[^*\/].*\)$/\1/p' MAINTAINERS)
	mapfile -t areas < <(lines "$text")
	for part in arch/x86/configs/ Documentation/ include/snp/ patches/*/ tools/*/ tools/*.sh; do
		in_an_area "$part" || echo "MAINTAINERS: no area has $part"
	done
}

# in_an_area PATH
in_an_area()
{
	local area
	for area in "${areas[@]}"; do
		# shellcheck disable=SC2053 # they are patterns
		[[ $1 != $area ]] || return 0
	done
	return 1
}

# They judge their own sizes, too, and leave no gap for the compiler to fill.
headers_broken()
{
	local header
	for header in include/snp/*.h; do
		gcc -std=gnu11 -Wall -Wextra -Wpadded -Werror -fsyntax-only -I include -include "${header#include/}" \
			-x c /dev/null 2>&1 || :
	done
}

# What is indented is a command or an output, and as long as it is.
long_lines()
{
	files '*.md' 'Documentation/*.rst' MAINTAINERS |
		xargs awk 'length > 100 && !/^    / { print FILENAME ":" FNR ": " length " columns" }'
}

tests_of_nothing()
{
	bash -c 'set -euo pipefail; . tools/testing/selftest/tap.sh; finish' >/dev/null && echo "tap.sh: passes"
	busybox sh -c '. tools/testing/tests/tap-lib; finish' >/dev/null && echo "tap-lib: passes"
	PYTHONPATH=tools/testing/selftest python3 -Bc 'import sys, tap_out; sys.exit(tap_out.Tap().finish())' >/dev/null &&
		echo "tap_out.py: passes"
}

rows_broken()
{
	tools/testing/arch/rows.sh --broken
	# A program's run shows that its rows are checked: it has to be in `make check`.
	tools/testing/arch/rows.sh --programs | while read -r program; do
		grep -qE "^$program +run host .*test-snp-arch.sh $program\"" tools/testing/lists/host.list ||
			echo "no test in host.list runs $program"
	done
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
check "every file names its licence" without_licence
check "what is compiled into QEMU is GPL-2.0-or-later" not_for_qemu
check "scripts are shellcheck-clean" shell_findings
check "no stamp's key is the output of a command in its place" keys_unseen
check "no loop and no reader hides that a command has failed" failures_unseen
check "a command that fails in the middle of another's output ends it" without_inherit_errexit
check "scripts can be executed" not_executable
check "scripts run under Debian's Python" python_of_others
check "Python files parse" python_findings
check "patches carry no trailer that only a person can give" trailers
check "make targets that documents name exist" missing_targets
check "paths that documents name exist" missing_paths
check "every document is in the index" documents_not_listed
check "README and MAINTAINERS have each part" unnamed_parts
check "each header in include/ can be included alone" headers_broken
check "no line of a document has more than 100 columns" long_lines
check "rules and subtests that the reviewer's map names exist" tools/series/rules.py
check "a test that tests nothing fails" tests_of_nothing
check "each row of the architecture tests has a program that runs, or a reason" rows_broken
finish
