#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is made in a moment and then kept, the keys of the model's chip and what is taken
# out of Debian's packages for QEMU, is made anew when it has to be.  Prints TAP.
#
# usage: test-made-anew.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
# shellcheck source=tap.sh
. "$top/tools/testing/selftest/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
c=$W/checkout
export W O=$W/build GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 PATH=$W/bin:$PATH
unset QEMU_CONFIGURE QEMU_SANITIZE V

# program PATH: what is on stdin
program()
{
	mkdir -p "${1%/*}"
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

new_checkout()
{
	local name
	checkout_copy "$c"
	cp "$top"/tools/{snp-keys,build-qemu}.sh "$c/tools/"
	mkdir -p "$c/tools/snp-model/fw"
	cp "$top"/tools/snp-model/fw/{defs.h,product.c} "$c/tools/snp-model/fw/"
	for name in queue build-igvm; do
		program "$c/tools/$name.sh" </dev/null
	done
	# Of an item, a package with its name and a version
	program "$c/tools/fetch.sh" <<<'for item; do echo "$W/${item}_$(cat "$W/version").deb"; done'
	program "$W/bin/dpkg-deb" <<-'END'
	mkdir -p "$3/usr/share/qemu" "$3/usr/share/seabios"
	for f in qemu/qboot.rom qemu/linuxboot_dma.bin qemu/pvh.bin qemu/kvmvapic.bin seabios/bios-256k.bin; do
		echo "$2" >"$3/usr/share/$f"
	done
	END
	program "$W/bin/ninja" <<<'echo ninja >>"$W/did"'
}

new_qemu()
{
	mkdir -p "$O/igvm" "$O/qemu/hw/i386" "$O/qemu/pc-bios"
	echo x >"$O/igvm/.stamp"
	: >"$O/qemu/pc-bios/meson.build"
	program "$O/qemu/configure" <<<'echo configure >>"$W/did"'
	git init -q "$O/qemu"
	echo /hw/i386/snp-model >"$O/qemu/.git/info/exclude"
	git -C "$O/qemu" add -A
	git -C "$O/qemu" -c user.name=a -c user.email=a@localhost commit -q -m one
}

# built VERSION WORD...: with packages of that version, that was done
built()
{
	echo "$1" >"$W/version"
	: >"$W/did"
	"$c/tools/build-qemu.sh" >"$W/said"
	same "$(paste -sd' ' "$W/did")" "${*:2}"
	same "$(cat "$O/firmware/bios-256k.bin")" "$W/seabios_$1.deb"
	[ ! -e "$O/firmware.x" ]
}

# Half the size of the model's, which would take seconds
short_keys()
{
	program "$W/bin/openssl" <<-'END'
	for word; do
		shift
		[ "$word" != rsa_keygen_bits:4096 ] || word=rsa_keygen_bits:2048
		set -- "$@" "$word"
	done
	exec /usr/bin/openssl "$@"
	END
}

keys() { "$c/tools/snp-keys.sh" >"$W/said"; sum=$(cat "$O"/snp-keys/*.pem | sha256sum); }

keys_of_another_tcb()
{
	local before
	keys
	before=$sum
	keys
	same "$sum" "$before"
	echo '/* edited */' >>"$c/tools/snp-model/fw/defs.h"
	keys
	same "$sum" "$before"
	sed -i 's/^\(#define FW_TCB_SNP *\)0x.*/\10x2aULL/' "$c/tools/snp-model/fw/defs.h"
	keys
	[ "$sum" != "$before" ]
	openssl x509 -in "$O/snp-keys/vcek.pem" -noout -text | grep -A1 '3704.1.3.3:' | grep -q '\*'
	same "$(cd "$O" && echo snp-keys*)" snp-keys
	before=$sum
	sed -i 's/^\(#define TURIN_FMC *\)0x[0-9a-f]*/\10x2b/' "$c/tools/snp-model/fw/product.c"
	keys
	[ "$sum" != "$before" ]
}

new_checkout
new_qemu
short_keys
t "QEMU is built" built 1 configure ninja
t "and nothing is done again" built 1
t "other packages are unpacked, and QEMU is configured by their meson" built 2 configure ninja
t "keys tell the TCB version that the model reports" keys_of_another_tcb
finish
