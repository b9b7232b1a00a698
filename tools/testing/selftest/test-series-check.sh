#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Can tools/series/check.sh fail?  Plants what they look for in
# copies of the patches.  Prints TAP.
#
# usage: test-series-check.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# planted CHECK FILE SED-SCRIPT: the check has to fail because of that file
planted()
{
	rm -rf "$tmp/patches"
	cp -r "$TOP/patches/linux/direct-vmsa" "$tmp/patches"
	sed -i "$3" "$tmp/patches/"$2
	! diff -rq "$TOP/patches/linux/direct-vmsa" "$tmp/patches" >/dev/null || { echo "nothing was planted"; return 1; }
	export PATCHES=$tmp/patches
	fails "$TOP"/tools/series/check.sh "$1"
	says "not ok"
}

fifth_patch()
{
	rm -rf "$tmp/patches"
	cp -r "$TOP/patches/linux/direct-vmsa" "$tmp/patches"
	cp "$tmp/patches/"0001-*.patch "$tmp/patches/0005-one-more.patch"
	export PATCHES=$tmp/patches
	fails "$TOP"/tools/series/check.sh whole
	says "5 patches"
}

declarations()
{
	printf '%s\n' "$@" | "$TOP"/tools/series/declarations.py | paste -sd' '
}

t "a patch too many" fifth_patch
t "a subject without the area" planted subjects '0002-*' 's/KVM: SEV: /KVM: /'
t "white space at the end of a changelog's line" planted whitespace '0001-*' '0,/^$/s/^$/ /'
t "white space at the end of a line of code" planted whitespace '0003-*' '0,/^+.*;$/s/^\(+.*;\)$/\1 /'
t "a context line that differs" planted apply '0001-*' '0,/^ \treturn ret;$/s//\treturn err;/'
t "a line that checkpatch does not like" planted checkpatch '0003-*' '0,/^+\tint ret = -EINVAL;$/s//+\tint ret=-EINVAL;/'
t "a forward declaration is seen" same \
	"$(declarations 'static int' 'a(struct b *c,' 'int d);' 'struct e;' '#define F \' '{' 'static int a(struct b *c, int d)' '{' 'f();' '}')" \
	"a() struct e"
t "what is no forward declaration is not" same \
	"$(declarations 'static int a = b(c);' 'DEFINE_MUTEX(d);' 'int f(void);' 'struct e { int f; };' '/* int g(void); */' 'typedef int h(void);')" ""
finish
