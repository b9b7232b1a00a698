#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the initramfs parts that L1 boots from.  A boot concatenates those it
# needs, so a fast one does not carry what only a slow one uses.
#
# usage: build-initramfs.sh PART...
#
#   base       busybox, init, the test agent and the host kernel's modules
#   selftests  the kvm selftests and their libraries in /selftests/kvm, and, in
#              /tests, the project's own programs; snp-ready
#   upstream   the kvm selftests and their libraries alone
#   debug      the modules of the debug kernel, behind base
#   coverage   the same of the kernel that counts which lines run
#   guest      QEMU, firmware, a kernel and an initramfs for a nested guest
#   igvm       IGVM files of a guest of a few pages, in /igvm
#
# A part is $O/initramfs/PART.cpio; the same inputs give the same bytes, but for the
# signatures of igvm.
#
# example: tools/build-initramfs.sh base guest
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
usage_if_asked "$@"

out=$O/initramfs
kernel=$O/kernel
agent_sources=("$TOP"/tools/testing/agent/*.c)

# strip_modules KERNEL DIR
strip_modules()
{
	local text module
	text=$(sed 's/\.o$/.ko/' "$1/modules.order")
	while read -r module; do
		strip -g -o "$2/$(basename "$module")" "$1/$module"
	done < <(lines "$text")
}

fill_base()
{
	local root=$1
	mkdir -p "$root"/{bin,etc,lib/modules,proc,sys,dev,tmp}
	install /bin/busybox "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	install "$TOP/tools/testing/agent/init" "$root/init"
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$root/bin/snp-agent" "${agent_sources[@]}"
	strip_modules "$kernel" "$root/lib/modules"
	cp -r "$TOP/tools/testing/tests" "$root/tests"
	echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
	printf '%s\n' ccp irqbypass kvm kvm-amd >"$root/etc/modules-load"
}

fill_debug()
{
	mkdir -p "$1/lib/modules"
	strip_modules "$O/kernel-debug" "$1/lib/modules"
}

fill_coverage()
{
	mkdir -p "$1/lib/modules"
	strip_modules "$O/kernel-coverage" "$1/lib/modules"
}

# link_with_libkvm PROGRAM SOURCE...: a program of ours on the library of the kvm
# selftests, compiled as they are, but that their headers may warn
link_with_libkvm()
{
	local text tree=$O/linux/tools objects
	local kvm=$tree/testing/selftests/kvm
	text=$(find "$O/selftests/kvm/lib" -name '*.o' | LC_ALL=C sort)
	mapfile -t objects < <(lines "$text")
	gcc -D_GNU_SOURCE -std=gnu11 -O2 -g -Wall -Werror -U_FORTIFY_SOURCE -fno-strict-aliasing \
		-fno-stack-protector -fno-pie -no-pie -pthread -march=x86-64-v2 -DCONFIG_64BIT \
		-I"$TOP/tools/testing/programs/tiny-vm" -I"$TOP/include" \
		-isystem "$tree/include" -isystem "$tree/arch/x86/include" \
		-isystem "$O/selftests/headers/usr/include" -isystem "$kvm/include" \
		-isystem "$kvm/include/x86" -isystem "$kvm/x86" -isystem "$tree/testing/selftests" \
		-o "$1" "${@:2}" "${objects[@]}"
	strip "$1"
}

# Other trees may lack them.
fill_upstream()
{
	local root=$1 binary libgcc
	[ -s "$O/selftests/kvm/MANIFEST" ] || return 0
	while read -r binary; do
		mkdir -p "$root/selftests/kvm/$(dirname "$binary")"
		strip -o "$root/selftests/kvm/$binary" "$O/selftests/kvm/$binary"
	done <"$O/selftests/kvm/MANIFEST"
	copy_libraries "$root" "$O/selftests/kvm/$(head -n 1 "$O/selftests/kvm/MANIFEST")"
	# glibc loads this one when a thread is cancelled.
	libgcc=$(gcc -print-file-name=libgcc_s.so.1)
	install -D -t "$root/lib/x86_64-linux-gnu" "$libgcc"
}

fill_selftests()
{
	local root=$1 programs=$TOP/tools/testing/programs binary
	fill_upstream "$root"
	cp "$O/linux/tools/testing/selftests/kvm/x86/nx_huge_pages_test.sh" "$root/selftests/kvm/x86/"
	mkdir "$root/tests"
	for binary in launch-fuzz snp-launch; do
		gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -I"$TOP/include" \
			-isystem "$O/selftests/headers/usr/include" \
			-o "$root/tests/$binary" "$programs/$binary"/*.c
	done
	cp -r "$programs/launch-fuzz/sequences" "$root/tests/sequences"
	for binary in sev-dev sev-move; do
		gcc -std=gnu11 -O2 -Wall -Wextra -Werror -DOPENSSL_API_COMPAT=0x10100000L \
			-Wno-deprecated-declarations -isystem "$O/selftests/headers/usr/include" \
			-I"$programs/verdicts" -o "$root/tests/$binary" "$programs/$binary"/*.c \
			"$programs"/verdicts/*.c -lcrypto
		strip "$root/tests/$binary"
		copy_libraries "$root" "$root/tests/$binary"
	done
	for binary in invalid-vmcb snp-bench snp-certs snp-failslab snp-races; do
		link_with_libkvm "$root/tests/$binary" "$programs/$binary"/*.c "$programs"/tiny-vm/*.c
	done
	mkdir "$root/bin"
	strip -o "$root/bin/snp-ready" "$O/snp-ready/snp-ready"
}

fill_guest()
{
	local root=$1
	mkdir -p "$root/guest/firmware" "$root/etc"
	strip -o "$root/guest/qemu" "$O/qemu-build/qemu-system-x86_64"
	copy_libraries "$root" "$O/qemu-build/qemu-system-x86_64"
	cp "$O"/firmware/* "$root/guest/firmware"
	cp "$kernel/arch/x86/boot/bzImage" "$root/guest/"
	cp "$out/base.cpio" "$root/guest/initrd"
	install "$TOP/tools/guest/run-nested" "$root/etc/snp-run"
}

fill_igvm()
{
	local root=$1 from=$TOP/tools/testing/igvm name
	mkdir "$root/igvm"
	for name in tiny starts_cpu; do
		gcc "-D${name^^}" -nostdlib -static -Wl,-Ttext=0x10000,--build-id=none -o "$root/$name.elf" "$from/tiny.S"
		objcopy -O binary -j .text "$root/$name.elf" "$root/$name.bin"
	done
	python3 "$from/make-images.py" "$root"/{tiny,starts_cpu}.bin "$O/snp-measure/snp-measure" "$root/igvm"
	rm "$root"/{tiny,starts_cpu}.*
}

pack()
{
	local part=$1 root=$out/$1.tmp
	rm -rf "$root"
	mkdir -p "$root"
	"fill_$part" "$root"
	pack_cpio "$root" "$out/$part.cpio"
	rm -rf "$root"
}

inputs()
{
	case $1 in
	base) printf '%s\n' /bin/busybox "$TOP"/tools/testing/{agent,tests}/* "$kernel/.stamp-build" ;;
	debug | coverage) echo "$O/kernel-$1/.stamp-build" ;;
	upstream) echo "$O/selftests/.stamp" ;;
	selftests) printf '%s\n' "$O/selftests/.stamp" "$O/snp-ready/.stamp" "$TOP"/{tools/testing/programs,include}/*/* \
		"$TOP"/tools/testing/programs/launch-fuzz/sequences/* ;;
	guest) printf '%s\n' "$O/qemu-build/.stamp-build" "$O/firmware/.stamp" "$kernel/.stamp-build" "$out/base.cpio" "$TOP/tools/guest/run-nested" ;;
	igvm) printf '%s\n' "$O/snp-measure/.stamp" "$TOP"/tools/testing/igvm/* "$TOP"/tools/igvm/tests/igvmfile.py ;;
	*) die "no initramfs part is called '$1' (base, coverage, debug, selftests, upstream, guest, igvm)" ;;
	esac
}

[ $# -gt 0 ] || die "name the parts to make, e.g. '$0 base'"
[[ " $* " != *" selftests "* ]] || "$TOP"/tools/build-snp-ready.sh
mkdir -p "$out"
lock initramfs
for part in "$@"; do
	text=$(inputs "$part" && echo "$0")
	mapfile -t files < <(lines "$text")
	fresh "$out/.stamp-$part" "${files[@]}" && [ -e "$out/$part.cpio" ] && continue
	step "initramfs-$part" pack "$part"
	mark_fresh "$out/.stamp-$part"
done
