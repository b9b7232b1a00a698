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
read -ra more <<<"${QEMU_CONFIGURE:-}"
if [ "${QEMU_SANITIZE:-}" = 1 ]; then
	out=$O/qemu-asan
	CC="$TOP/tools/lib/cc-sanitized $CC"
fi

unpack_firmware()
{
	local data seabios
	data=$("$TOP"/tools/fetch.sh qemu-data)
	seabios=$("$TOP"/tools/fetch.sh seabios)
	rm -rf "$O/firmware" "$O/firmware.tmp"
	mkdir "$O/firmware.tmp"
	dpkg-deb -x "$data" "$O/firmware.tmp/x"
	dpkg-deb -x "$seabios" "$O/firmware.tmp/x"
	cp "$O"/firmware.tmp/x/usr/share/qemu/{qboot.rom,linuxboot_dma.bin,pvh.bin,kvmvapic.bin} \
		"$O"/firmware.tmp/x/usr/share/seabios/bios-256k.bin "$O/firmware.tmp"
	rm -r "$O/firmware.tmp/x"
	mv "$O/firmware.tmp" "$O/firmware"
}

# QEMU 10 needs a newer meson than Debian 12 has; nothing is installed.
unpack_meson()
{
	local item package
	rm -rf "$O/meson" "$O/meson.tmp"
	mkdir "$O/meson.tmp"
	for item in meson pycotap; do
		package=$("$TOP"/tools/fetch.sh "$item")
		dpkg-deb -x "$package" "$O/meson.tmp"
	done
	mv "$O/meson.tmp" "$O/meson"
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
[ -d "$O/firmware" ] || step firmware unpack_firmware
[ -d "$O/meson" ] || step meson unpack_meson
link_model
mapfile -t model < <(find "$TOP/tools/snp-model" -type f | LC_ALL=C sort)
wait $!
configured=("$CC" "${options[@]}" "${more[@]}")
if ! fresh "$out/.stamp-config" "${configured[*]}"; then
	step qemu-configure configure
	mark_fresh "$out/.stamp-config"
fi
key=$(tree_key "$tree")
if ! fresh "$out/.stamp-build" "$key" "$out/.stamp-config" "$O/igvm/.stamp" "${model[@]}"; then
	step qemu unattended "$out" build
	mark_fresh "$out/.stamp-build"
fi
