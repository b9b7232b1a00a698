#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the disk of `make host` once: Debian's current stable on GPT and ext4, started
# by GRUB from an EFI partition.
#
# usage: image.sh
#
# $O/host/base.qcow2 is the disk as it was made, which is said if it was of other files of
# tools/host than those of today; $O/host/disk.qcow2 is what is written since; beside them are the keys of ssh.  apt in the host has the machine's own
# mirror and proxies.  Needs root, or user namespaces (mmdebstrap finds out).
#
# example: sudo tools/host/image.sh
set -euo pipefail
# shellcheck source=../lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=../lib/apt-private.sh
. "$TOP/tools/lib/apt-private.sh"
usage_if_asked "$@"

suite=trixie
here=$TOP/tools/host
out=$O/host
work=$out/work
efi_mib=64
root_mib=12288

# What the disk is made from, but for Debian
ingredients()
{
	echo "$suite $efi_mib $root_mib"
	(cd "$here" && find files packages fill-root -type f | sort | xargs -d '\n' sha256sum)
}

make_keys()
{
	local key
	for key in user host; do
		[ -e "$out/$key-key" ] ||
			ssh-keygen -q -t ed25519 -N '' -C "snp-host $key" -f "$out/$key-key"
	done
	echo "snp-host $(cat "$out/host-key.pub")" >"$out/known-hosts"
}

# What differs from machine to machine, and so is in no file of the checkout.
write_settings()
{
	local d=$work/settings
	mkdir -p "$d/etc/apt/sources.list.d" "$d/etc/apt/apt.conf.d" "$d/etc/ssh" "$d/root/.ssh"
	sed '/^Targets:/d' "$O/apt/$suite-deb/sources/debian.sources" >"$d/etc/apt/sources.list.d/debian.sources"
	apt-config dump --format '%f "%v";%n' Acquire::http::Proxy Acquire::https::Proxy \
		>"$d/etc/apt/apt.conf.d/proxy"
	install -m 600 "$out/host-key" "$d/etc/ssh/ssh_host_ed25519_key"
	install -m 644 "$out/host-key.pub" "$d/etc/ssh/ssh_host_ed25519_key.pub"
	install -m 600 "$out/user-key.pub" "$d/root/.ssh/authorized_keys"
	chmod 700 "$d/root/.ssh"
}

# The root is seen with its true owners only in mmdebstrap's own namespace, so the hook
# makes the file systems, and no archive is made.
debootstrap()
{
	local packages
	packages=$(sed 's/[[:space:]]*#.*//; /^$/d' "$here/packages" | paste -sd,)
	mmdebstrap --variant=minbase --include="$packages" --format=null \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
		--customize-hook="$here/fill-root \"\$1\" $work $efi_mib $root_mib" \
		"$suite" - "$O/apt/$suite-deb/sources/debian.sources"
}

# One disk of a table, the EFI partition and the root, sparse.
join_disk()
{
	local disk=$work/disk
	truncate -s $((1 + efi_mib + root_mib + 1))M "$disk"
	sfdisk -q "$disk" <<-EOF
	label: gpt
	start=1MiB, size=${efi_mib}MiB, type=uefi, name=efi
	size=${root_mib}MiB, type=linux, name=root
	EOF
	dd if="$work/efi" of="$disk" bs=1M seek=1 conv=notrunc,sparse status=none
	dd if="$work/root" of="$disk" bs=1M seek=$((1 + efi_mib)) conv=notrunc,sparse status=none
	qemu-img convert -q -O qcow2 "$disk" "$out/base.qcow2.tmp"
	rm -f "$out/disk.qcow2"
	mv "$out/made-from.tmp" "$out/made-from"
	mv "$out/base.qcow2.tmp" "$out/base.qcow2"
}

unpack_firmware()
{
	local ovmf
	ovmf=$("$TOP"/tools/fetch.sh ovmf)
	dpkg-deb --fsys-tarfile "$ovmf" | tar -xO ./usr/share/ovmf/OVMF.fd >"$out/OVMF.fd"
}

build()
{
	rm -rf "$work"
	mkdir -p "$work"
	ingredients >"$out/made-from.tmp"
	make_keys
	apt_update "$suite" deb
	write_settings
	unpack_firmware
	debootstrap
	join_disk
	rm -rf "$work"
}

"$TOP"/tools/deps.sh --check host
need_space 6000 "$O"
lock host-image
mkdir -p "$out"
[ -e "$out/base.qcow2" ] || step host-image build
# Also if that was all there was time for
[ -e "$out/disk.qcow2" ] || "$here/disk.sh" new
made_from=$(ingredients)
[ "$made_from" = "$(cat "$out/made-from" 2>/dev/null)" ] ||
	note "the disk was made from other files of tools/host than those of today. It stays, with what was installed; for a new one, move $out/base.qcow2 and disk.qcow2 away"
