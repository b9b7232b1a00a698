#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make Debian packages of the host kernel with patches/linux, by the kernel's own
# bindeb-pkg.
#
# usage: kernel.sh [--configure]
#
# The result is linux-image-VERSION+snp and linux-headers-VERSION+snp in $O/deb.  The
# configuration is x86_64_defconfig with arch/x86/configs/epyc_host.config: it boots EPYC
# servers and the host model.  KCONFIG=FILE takes that configuration instead, which is
# completed with defaults; KCONFIG=FRAGMENT.config in arch/x86/configs or elsewhere is one,
# too.  With --configure, only the configuration is made and judged.
#
# example: KCONFIG=/boot/config-$(uname -r) tools/deb/kernel.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/lib/kernel.sh
. "$TOP/tools/lib/kernel.sh"
usage_if_asked "$@"

tree=$O/linux
out=$O/deb/kernel
fragment=$TOP/arch/x86/configs/epyc_host.config

configure()
{
	mkdir -p "$out"
	if [ -n "${KCONFIG-}" ]; then
		cp "$KCONFIG" "$out/.config"
	else
		make -C "$tree" O="$out" x86_64_defconfig
		"$tree"/scripts/kconfig/merge_config.sh -m -O "$out" "$out/.config" "$fragment"
	fi
	make -C "$tree" O="$out" olddefconfig
}

# What an SNP host needs, whoever has made the configuration
without_snp()
{
	local option
	for option in AMD_MEM_ENCRYPT AMD_IOMMU CRYPTO_DEV_SP_PSP KVM_AMD KVM_AMD_SEV; do
		grep -q "^CONFIG_$option=[ym]" "$out/.config" || echo "CONFIG_$option"
	done
}

judge()
{
	local missing
	missing=$(without_snp | paste -sd' ')
	[ -z "$missing" ] || die "the configuration is of no SNP host, it lacks $missing"
	[ -n "${KCONFIG-}" ] || missing=$(not_honoured "$out" "$fragment" | paste -sd' ')
	[ -z "$missing" ] || die "kconfig did not honour: $missing"
}

# Those of an older version would be installed as well.
build()
{
	rm -f "$O"/deb/linux-{image,headers}-*.deb
	make_kernel "$tree" "$out" "$time" LOCALVERSION=+snp KDEB_PKGVERSION="$version" \
		KDEB_CHANGELOG_DIST=UNRELEASED KDEB_SOURCENAME=linux-snp bindeb-pkg
	rm -f "$O"/deb/linux-libc-dev_*.deb "$O"/deb/linux-snp_*.{buildinfo,changes}
}

[ -z "${KCONFIG-}" ] || [ -f "$KCONFIG" ] || die "KCONFIG: there is no file '$KCONFIG'"
"$TOP"/tools/deps.sh --check packaging
"$TOP"/tools/queue.sh linux ready
lock deb-kernel
key=$(tree_key "$tree")
time=$(git -C "$tree" log -1 --format=%cI)
# Each in an assignment of its own, which fails as its last command does.
version=$(git -C "$tree" log -1 --format=%s base | sed 's/^linux //')
version+=-$(git -C "$TOP" log -1 --format=%cd --date=format:%Y%m%d)
inputs=("$key" "$version" "${KCONFIG:-$fragment}")
if ! fresh "$out/.stamp-config" "${inputs[@]}"; then
	mkdir -p "$out"
	step deb-kernel-config configure
	judge
	mark_fresh "$out/.stamp-config"
fi
[ "${1-}" != --configure ] || exit 0
if ! fresh "$out/.stamp" "${inputs[@]}" || ! compgen -G "$O/deb/linux-image-*+snp_${version}_*.deb" >/dev/null; then
	need_space 12000 "$O"
	step deb-kernel build
	mark_fresh "$out/.stamp"
fi
ls "$O"/deb/linux-*.deb
