#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# QEMU links in other configurations than the one that build-qemu.sh makes: as
# qemu-system-i386, without TCG, without libigvm, with QEMU's own cryptography from
# gcrypt or gnutls.
# Where the model cannot be there is none, and configure says what it needs.  Prints TAP.
#
# usage: test-qemu-builds.sh
#
# The builds stay in $O/qemu-builds.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

dir=$O/qemu-builds
export PYTHONPATH=$O/meson/usr/lib/python3/dist-packages

# configure NAME OPTION...
configure()
{
	mkdir -p "$dir/$1"
	cd "$dir/$1"
	"$O/qemu/configure" --python=/usr/bin/python3 --cc="$CC" --without-default-features \
		--enable-fdt=system --disable-docs --disable-tools --disable-install-blobs "${@:2}" >configure.log 2>&1
}

# build NAME TARGET OPTION...
build()
{
	[ -e "$dir/$1/build.ninja" ] || configure "$1" "${@:3}" || { tail -n 30 "$dir/$1/configure.log"; return 1; }
	ninja -C "$dir/$1" -j"$JOBS" "$2" >"$dir/$1/build.log" 2>&1 || { tail -n 30 "$dir/$1/build.log"; return 1; }
}

# offers NAME TARGET: whether the machine has the model's switch
offers()
{
	"$dir/$1/$2" -machine q35,help | grep '^  snp-host=' >/dev/null
}

# uses NAME LIBRARY
uses()
{
	grep -q "^#define CONFIG_$2\$" "$dir/$1/config-host.h"
}

lacks()
{
	! offers "$@"
}

# no_igvm NAME PROGRAM: neither object nor option of the machine, and it says so
no_igvm()
{
	! uses "$1" IGVM && ! "$dir/$1/$2" -machine q35,help | grep igvm &&
		! "$dir/$1/$2" -object igvm-cfg,id=i,file=/dev/null -machine none -S </dev/null 2>"$dir/$1/said" &&
		grep -q "does not accept value 'igvm-cfg'" "$dir/$1/said"
}

# refuses LIBRARY: a machine whose pkg-config does not know it
refuses()
{
	# shellcheck disable=SC2016 # that script expands them
	printf '#!/bin/sh\nfor word; do [ "$word" != %s ] || exit 1; done\nexec pkg-config "$@"\n' "$1" >"$dir/pkg-config"
	chmod +x "$dir/pkg-config"
	rm -rf "$dir/none"
	! PKG_CONFIG=$dir/pkg-config configure none --target-list=x86_64-softmmu --enable-tcg || return 1
	grep -q "The SNP host model needs nettle, hogweed and gmp, and there is no $1 " "$dir/none/configure.log" || {
		tail -n 5 "$dir/none/configure.log"
		return 1
	}
}

mkdir -p "$dir"
t "gcrypt: qemu-system-x86_64 links" build gcrypt qemu-system-x86_64 \
	--target-list=x86_64-softmmu,i386-softmmu --enable-tcg --enable-kvm --enable-gcrypt --disable-nettle \
	--disable-igvm
t "it has gcrypt" uses gcrypt GCRYPT
t "and the model" offers gcrypt qemu-system-x86_64
t "and takes no IGVM file" no_igvm gcrypt qemu-system-x86_64
t "which signs and measures" env L1_QEMU="$dir/gcrypt/qemu-system-x86_64" "$TOP"/tools/testing/selftest/test-snp-arch.sh snp-launch
t "qemu-system-i386 links" build gcrypt qemu-system-i386
t "and has no model" lacks gcrypt qemu-system-i386
t "without TCG, with gnutls: qemu-system-x86_64 links" build no-tcg qemu-system-x86_64 \
	--target-list=x86_64-softmmu --disable-tcg --enable-kvm --enable-gnutls
t "it has gnutls" uses no-tcg GNUTLS_CRYPTO
t "and no model" lacks no-tcg qemu-system-x86_64
t "with TCG, the model turned off: qemu-system-x86_64 links" build no-model qemu-system-x86_64 \
	--target-list=x86_64-softmmu --enable-tcg --with-devices-x86_64=no-snp-host
t "and has no model" lacks no-model qemu-system-x86_64
t "without nettle configure says so" refuses nettle
t "without hogweed, too" refuses hogweed
finish
