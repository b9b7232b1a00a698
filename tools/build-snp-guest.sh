#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the initramfs part with an SNP guest for L1: Debian's QEMU, Debian's OVMF and
# Debian's stock kernel, none of which was built here, with a small initrd.
#
# usage: build-snp-guest.sh [--help]
#
# The result is $O/initramfs/snp-guest.cpio.  In L1, /debian is what a Debian machine
# would have, and /bin gets
#
#   snp-guest           runs an SNP guest
#   snp-console         runs one with a shell in it, and all its CPUs
#   snp-serve           launches guests as `make run` asks it to
#   qemu-system-x86_64  is Debian's QEMU
#   make-id-block       makes ID blocks, and keys for them
#   snp-measure         predicts launch digests, verifies attestation reports
#
# example: tools/build-snp-guest.sh && tools/boot.sh --snp --mem 6G \
#              --initrd build/initramfs/base.cpio,build/initramfs/snp-guest.cpio
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
# shellcheck source=lib/debian-qemu.sh
. "$TOP/tools/lib/debian-qemu.sh"
usage_if_asked "$@"

out=$O/snp-guest
guest=$TOP/tools/guest
verifier=$TOP/tools/snp-measure
keys=$O/snp-keys
measure=$O/snp-measure/snp-measure

# fill_firmware PACKAGE...
fill_firmware()
{
	local package
	for package; do
		dpkg-deb --fsys-tarfile "$package" | tar -xC "$out/debian" --wildcards './usr/share/ovmf/*.fd'
	done
}

# copy_certificates DIR: of all generations
copy_certificates()
{
	mkdir "$1/turin"
	cp "$keys"/{ark,ask,vcek}.pem "$1"
	cp "$keys"/turin/{ark,ask,vcek}.pem "$1/turin"
}

fill_initrd()
{
	local root=$out/initrd
	rm -rf "$root"
	mkdir -p "$root"/{bin,certificates,proc,sys,dev} "$out/debian/boot"
	install /bin/busybox "$root/bin/busybox"
	gcc -D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra -Werror -static -s -I "$TOP/include" -I "$verifier" \
		-o "$root/bin/snp-report" "$guest/snp-report.c" \
		"$verifier"/{report,report-verify,certs,p384,json,util}.c -lcrypto
	install "$guest/init" "$root/init"
	cp -r "$O"/stock/guest/* "$root/"
	copy_certificates "$root/certificates"
	pack_cpio "$root" "$out/debian/boot/initrd.img"
	cp "$O/stock/vmlinuz" "$out/debian/boot/vmlinuz"
}

fill_host()
{
	local root=$out/root
	rm -rf "$root"
	mkdir -p "$root"/{bin,lib/snp,certificates,debian/{dev,proc,sys,tmp}}
	cp -r "$out/debian/." "$root/debian"
	install "$guest"/{snp-guest,snp-serve,snp-console,make-id-block} "$root/bin/"
	install -m 644 "$guest/guest-control" "$root/lib/snp/"
	install "$guest/qemu" "$root/bin/qemu-system-x86_64"
	copy_certificates "$root/certificates"
	install -D "$(command -v openssl)" "$root/usr/bin/openssl"
	install "$measure" "$root/bin/snp-measure"
	copy_libraries "$root" "$(command -v openssl)" "$measure"
}

build()
{
	mkdir -p "$out" "$O/initramfs"
	rm -rf "$out/debian"
	fill_qemu "$out/debian" "${qemu[@]}"
	fill_firmware "${ovmf[@]}"
	fill_initrd
	fill_host
	pack_cpio "$out/root" "$O/initramfs/snp-guest.cpio"
	rm -rf "${out:?}"/{root,initrd}
}

"$TOP"/tools/stock-kernel.sh
"$TOP"/tools/snp-keys.sh
"$TOP"/tools/build-snp-measure.sh
lock snp-guest
text=$("$TOP"/tools/fetch.sh debian-qemu)
mapfile -t qemu < <(lines "$text")
text=$("$TOP"/tools/fetch.sh ovmf ovmf-amdsev)
mapfile -t ovmf < <(lines "$text")
inputs=("${qemu[*]}" "${ovmf[@]}" "$guest"/* "$TOP"/include/snp/* "$O/stock/vmlinuz" "$keys"/{,turin/}{ark,ask,vcek}.pem
	/bin/busybox "$(command -v openssl)" "$measure" "$TOP/tools/lib/debian-qemu.sh" "$0")
if ! fresh "$out/.stamp" "${inputs[@]}" || [ ! -e "$O/initramfs/snp-guest.cpio" ]; then
	step initramfs-snp-guest build
	mark_fresh "$out/.stamp"
fi
