#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pack the kvm-unit-tests of a directory, with QEMU, as an initramfs part for L1, and
# make the lists to run them by.
#
# usage: KVM_UNIT_TESTS=DIR unit-tests.sh --check
#        KVM_UNIT_TESTS=DIR unit-tests.sh BUILD-DIR LISTS
#
# DIR has unittests.cfg and flat binaries, as x86/ of a kvm-unit-tests checkout where
# make has run; the checkout itself will do.  It is only read.  --check says whether it is that.
#
# example: KVM_UNIT_TESTS=~/kvm-unit-tests tools/tree/unit-tests.sh build /tmp/lists
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
usage_if_asked "$@"

# multiboot_dma.bin is how SeaBIOS starts a flat binary.
pack()
{
	local tests=$1 root=$2/unit-tests qemu=$O/qemu-build/qemu-system-x86_64 data
	rm -rf "$2"
	mkdir -p "$root/firmware"
	"$TOP"/tools/tree/unit-tests.py "$tests" "$root" "$4"
	strip -o "$root/qemu" "$qemu"
	copy_libraries "$2" "$qemu"
	data=$("$TOP"/tools/fetch.sh qemu-data)
	dpkg-deb --fsys-tarfile "$data" | tar -xO ./usr/share/qemu/multiboot_dma.bin >"$root/firmware/multiboot_dma.bin"
	cp "$O"/firmware/{bios-256k,kvmvapic}.bin "$root/firmware"
	pack_cpio "$2" "$3"
	rm -rf "$2"
}

tests=${KVM_UNIT_TESTS:?name a directory (see --help)}
[ ! -e "$tests/x86/unittests.cfg" ] || tests=$tests/x86
[ -e "$tests/unittests.cfg" ] || die "KVM_UNIT_TESTS=$KVM_UNIT_TESTS has no unittests.cfg"
compgen -G "$tests/*.flat" >/dev/null ||
	die "KVM_UNIT_TESTS=$KVM_UNIT_TESTS has no *.flat: build them first (./configure --arch=x86_64 && make)"
[ "${1-}" != --check ] || exit 0
build=${1:?name the build directory (see --help)}
lock "unit-tests"
step unit-tests pack "$tests" "$build/unit-tests" "$build/initramfs/unit-tests.cpio" "${2:?name the lists}"
grep 'not applicable' "$(log_of unit-tests)" || :
