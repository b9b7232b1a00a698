#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build QEMU's x86-64 system emulator with the project's patches and model.
#
# usage: build-qemu.sh [--help]
#
# The result is in $O/qemu-build: qemu-system-x86_64, and in $O/firmware the
# boot ROMs that it loads, which Debian packages apart from QEMU's source.
# Further words for QEMU's configure are taken from QEMU_CONFIGURE.  QEMU_SANITIZE=1
# builds with sanitizers (lib/cc-sanitized), in $O/qemu-asan.
#
# example: QEMU_CONFIGURE=--enable-debug O=/tmp/b tools/build-qemu.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

tree=$O/qemu
out=$O/qemu-build
options=(--target-list=x86_64-softmmu --without-default-features
	--enable-tcg --enable-kvm --enable-fdt=system --enable-nettle --enable-igvm
	--enable-slirp --enable-virtfs --enable-attr
	--disable-docs --disable-tools --disable-install-blobs)
roms=(qemu/{qboot.rom,linuxboot_dma.bin,pvh.bin,kvmvapic.bin} seabios/bios-256k.bin)
read -ra more <<<"${QEMU_CONFIGURE:-}"
if [ "${QEMU_SANITIZE:-}" = 1 ]; then
	out=$O/qemu-asan
	CC="$TOP/tools/lib/cc-sanitized $CC"
fi

# unpack DIR PACKAGE...
unpack()
{
	local package dir=$1
	shift
	rm -rf "$dir"
	mkdir "$dir"
	for package; do
		dpkg-deb -x "$package" "$dir"
	done
}

unpack_firmware()
{
	unpack "$O/firmware.x" "$@"
	rm -rf "$O/firmware" "$O/firmware.tmp"
	mkdir "$O/firmware.tmp"
	cp "${roms[@]/#/$O/firmware.x/usr/share/}" "$O/firmware.tmp"
	rm -r "$O/firmware.x"
	mv "$O/firmware.tmp" "$O/firmware"
}

# QEMU 10 needs a newer meson than Debian 12 has; nothing is installed.
unpack_meson()
{
	unpack "$O/meson.tmp" "$@"
	rm -rf "$O/meson"
	mv "$O/meson.tmp" "$O/meson"
}

# need_unpacked WHAT ITEM...: another package, or other files of it, are taken anew
need_unpacked()
{
	local text what=$1 packages
	shift
	text=$("$TOP"/tools/fetch.sh "$@")
	mapfile -t packages < <(lines "$text")
	! fresh "$O/$what/.stamp" "${packages[*]}" "${roms[*]}" || return 0
	step "$what" "unpack_$what" "${packages[@]}"
	mark_fresh "$O/$what/.stamp"
}

# Debian's source leaves out blobs that meson.build names; none is unpacked
# or installed by this build, so empty ones will do.
stub_blobs()
{
	local blob
	sed -n "s/^ *'\(edk2-.*\.fd\)',$/\1/p" "$tree/pc-bios/meson.build" | while read -r blob; do
		[ -e "$tree/pc-bios/$blob.bz2" ] || : >"$tree/pc-bios/$blob.bz2"
	done
}

# The model's files are built in the tree, where patches/qemu/ calls for them.
link_model()
{
	ln -sfnT "$TOP/tools/snp-model" "$tree/hw/i386/snp-model"
}

configure()
{
	stub_blobs
	rm -rf "$out"
	mkdir "$out"
	cd "$out"
	PYTHONPATH=$O/meson/usr/lib/python3/dist-packages \
		PKG_CONFIG_PATH=$O/igvm/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} \
		"$tree/configure" --python=/usr/bin/python3 --cc="$CC" "${options[@]}" "${more[@]}"
}

build()
{
	PYTHONPATH=$O/meson/usr/lib/python3/dist-packages \
		ninja -C "$out" -j"$JOBS" qemu-system-x86_64
}

"$TOP"/tools/queue.sh qemu ready
"$TOP"/tools/build-igvm.sh
lock "${out##*/}"
need_unpacked firmware qemu-data seabios
need_unpacked meson meson pycotap
link_model
text=$(find "$TOP/tools/snp-model" -type f | LC_ALL=C sort)
mapfile -t model < <(lines "$text")
configured=("$CC" "${options[@]}" "${more[@]}")
if ! fresh "$out/.stamp-config" "${configured[*]}" "$O/meson/.stamp"; then
	step qemu-configure configure
	mark_fresh "$out/.stamp-config"
fi
key=$(tree_key "$tree")
if ! fresh "$out/.stamp-build" "$key" "$out/.stamp-config" "$O/igvm/.stamp" "${model[@]}"; then
	step qemu unattended "$out" build
	mark_fresh "$out/.stamp-build"
fi
