#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# -machine snp-host=on with a machine that cannot work: QEMU says in one line
# what is missing and exits, and never aborts.  Prints TAP.
#
# usage: test-snp-switch.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

qemu=$O/qemu-build/qemu-system-x86_64
iommu=(-device "amd-iommu,intremap=on")

# refusal PATTERN QEMU-WORD...
refusal()
{
	local pattern=$1 said status=0
	shift
	said=$(timeout 20 "$qemu" -L "$O/firmware" -nodefaults -display none -bios qboot.rom "$@" 2>&1 </dev/null) ||
		status=$?
	said=$(grep -v "warning: TCG doesn't support" <<<"$said" || true)
	same $status 1
	same "$(wc -l <<<"$said")" 1
	grep -qiE "$pattern" <<<"$said" || { echo "$said"; return 1; }
}

# refused DESCRIPTION PATTERN QEMU-WORD...
refused() { t "$1" refusal "${@:2}"; }

refused "another accelerator than TCG" 'TCG' \
	-M q35,snp-host=on,accel=qtest -cpu EPYC-Milan -m 4G "${iommu[@]}"
refused "another machine than q35" 'q35' \
	-M pc,snp-host=on,accel=tcg -cpu EPYC-Milan -m 4G
refused "no IOMMU" 'amd-iommu' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan -m 4G
refused "an Intel IOMMU" 'amd-iommu' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan -m 4G -device intel-iommu
refused "too little memory" 'memory|GiB' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan -m 1G "${iommu[@]}"
refused "a CPU that shows a hypervisor" 'hypervisor' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan,+hypervisor -m 4G "${iommu[@]}"
refused "a CPU without SVM" 'svm' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan,-svm -m 4G "${iommu[@]}"
refused "a CPU that never had SNP" 'EPYC' \
	-M q35,snp-host=on,accel=tcg -cpu qemu64,+svm -m 4G "${iommu[@]}"
refused "a CPU of another generation" 'turin: use -cpu EPYC-Genoa,family=26' \
	-M q35,snp-host=on,snp-generation=turin,accel=tcg -cpu EPYC-Genoa -m 4G "${iommu[@]}"
refused "a generation that there is not" 'milan, genoa or turin' \
	-M q35,snp-host=on,snp-generation=rome,accel=tcg -cpu EPYC-Milan -m 4G "${iommu[@]}"
refused "an RMP in segments where the CPU has none" 'use snp-generation=turin' \
	-M q35,snp-host=on,snp-rmp-segment-bits=32,accel=tcg -cpu EPYC-Milan -m 4G "${iommu[@]}"
refused "segments of a size that there is not" 'from 30 to 40' \
	-M q35,snp-host=on,snp-rmp-segment-bits=29,accel=tcg -cpu EPYC-Milan -m 4G "${iommu[@]}"
refused "more segments than there are" 'a larger snp-rmp-segment-bits' \
	-M q35,snp-host=on,snp-generation=turin,snp-rmp-segment-bits=30,accel=tcg \
	-cpu EPYC-Genoa,family=26,model=2,stepping=1 -m 4G,slots=2,maxmem=100G "${iommu[@]}"
refused "addresses that are wider than 52 bits before the reduction" 'phys-bits' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan,phys-bits=48 -m 4G "${iommu[@]}"
refused "a root bus that bypasses the IOMMU" 'bypass_iommu' \
	-M q35,snp-host=on,default-bus-bypass-iommu=on,accel=tcg -cpu EPYC-Milan -m 4G "${iommu[@]}"
refused "another bus that bypasses the IOMMU" 'bypass_iommu' \
	-M q35,snp-host=on,accel=tcg -cpu EPYC-Milan -m 4G "${iommu[@]}" \
	-device pxb-pcie,bus_nr=9,bypass_iommu=on
refused "a PSP of one's own" 'pluggable device type' \
	-M q35,accel=tcg -cpu EPYC-Milan -device amd-psp
finish
