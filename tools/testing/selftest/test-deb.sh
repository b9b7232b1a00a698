#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages: are they whole, and do their programs run where they are installed?
# Prints TAP.
#
# usage: test-deb.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
packages=(snp-host snp-measure snp-qemu snp-ready snp-selftests)

made() { "$TOP"/tools/deb/build.sh >&2; }

one_of_each()
{
	same "$(find "$O/deb" -maxdepth 1 -name 'snp-*.deb' | sed 's,.*/\(snp-[a-z]*\)_.*,\1,' | sort | paste -sd' ')" \
		"${packages[*]}"
}

lintian_is_silent()
{
	! grep -E '^[EW]: ' "$O/deb/lintian.txt"
}

unpacked()
{
	local package
	for package in "${packages[@]}"; do
		dpkg-deb -x "$O/deb/${package}"_*.deb "$tmp/root"
	done
}

# The wrapper knows where the packages are installed, not where this test unpacked them.
qemu_runs()
{
	"$tmp/root/usr/lib/snp-qemu/bin/qemu-system-x86_64" -object sev-snp-guest,help >"$tmp/help"
	grep -q direct-vmsa "$tmp/help"
	grep -q '^exec /usr/lib/snp-qemu/bin/qemu-system-x86_64 -L /usr/lib/snp-qemu/share' \
		"$tmp/root/usr/bin/snp-qemu-system-x86_64"
	[ -e "$tmp/root/usr/lib/snp-qemu/share/bios-256k.bin" ]
}

measure_runs()
{
	same "$("$tmp/root/usr/bin/snp-measure" --version | cut -d' ' -f1)" snp-measure
}

# Here it can only say that this is no SNP host, or that it is one.
ready_runs()
{
	local rc=0
	"$tmp/root/usr/sbin/snp-ready" --json >"$tmp/ready" || rc=$?
	[ "$rc" -le 1 ]
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))["checks"][0]["name"]' "$tmp/ready"
}

# completes WORD FUNCTION COMMAND-LINE...: the shell is offered WORD
completes()
{
	local wanted=$1 function=$2
	shift 2
	PATH=$tmp/root/usr/bin:$tmp/root/usr/sbin:$PATH bash -c '
		. "$1"; shift; function=$1; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		"$function"; printf "%s\n" "${COMPREPLY[@]}"' \
		completion "$tmp/root/usr/share/bash-completion/completions/$1" "$function" "$@" |
		grep -qxF -- "$wanted"
}

# Lintian reads them, but does not know what has to be in them.
man_pages_are_there()
{
	local page option options man=$tmp/root/usr/share/man
	for page in man1/snp-measure.1 man1/snp-qemu-system-x86_64.1 man8/snp-ready.8; do
		zcat "$man/$page.gz" | grep -qi '^\.sh synopsis' || { echo "$page"; return 1; }
	done
	options=$("$tmp/root/usr/sbin/snp-ready" --help | grep -o '^  --[a-z]*')
	for option in $options; do
		zcat "$man/man8/snp-ready.8.gz" | tr -d '\\' | grep -q -- "$option" || { echo "snp-ready.8 lacks $option"; return 1; }
	done
}

changelog_names_the_queues()
{
	local topic topics
	zcat "$tmp/root/usr/share/doc/snp-measure/changelog.gz" >"$tmp/changelog"
	topics=$(cat "$TOP"/patches/{linux,qemu}/topics | sed 's/[[:space:]]*#.*//; /^$/d')
	for topic in $topics; do
		grep -q -- "- $topic (" "$tmp/changelog" || { echo "no $topic"; return 1; }
	done
	grep -q '\* linux 7' "$tmp/changelog"
}

selftests_are_there()
{
	[ -x "$tmp/root/usr/lib/snp-selftests/x86/sev_snp_launch_test" ]
}

refused()
{
	echo 'CONFIG_64BIT=y' >"$tmp/config"
	KCONFIG=$tmp/config O=$O fails "$TOP"/tools/deb/kernel.sh --configure
	says "of no SNP host"
}

t "the packages can be made" made
t "there is one of each" one_of_each
t "lintian finds no error and no warning" lintian_is_silent
t "they can be unpacked" unpacked
t "snp-qemu has direct-vmsa and its own ROMs" qemu_runs
t "snp-measure runs" measure_runs
t "snp-ready runs" ready_runs
t "completion: verbs of snp-measure" completes digest _snp_measure snp-measure di
t "completion: options of snp-measure" completes --kernel-hashes _snp_measure snp-measure digest --kernel
t "completion: checks of snp-ready" completes iommu-mode _snp_ready snp-ready --without iommu-
t "man pages are there, that of snp-ready with all options" man_pages_are_there
t "the changelog names base and topics" changelog_names_the_queues
t "the selftests are there" selftests_are_there
t "the kernel's configuration is that of an SNP host" "$TOP"/tools/deb/kernel.sh --configure
t "one of no SNP host is refused" refused
finish
