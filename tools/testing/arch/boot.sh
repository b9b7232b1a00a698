#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot one of the freestanding programs of this directory on the SNP host model.
# Prints its TAP; the exit status says whether it is complete and without a failure.
#
# usage: boot.sh PROGRAM [QEMU [FILE [QEMU-ARG...]]]
#
# QEMU is $L1_QEMU, else $O/qemu-build/qemu-system-x86_64, unless named; FILE is what build.sh has
# made, if that was done before.  It may take $BOOT_TIMEOUT seconds, by default 60.
#
# example: tools/testing/arch/boot.sh snp-rmp
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=../../lib/build.sh
. "$TOP/tools/lib/build.sh"

usage_if_asked "$@"
need_cmd timeout
program=${1:?which program}
qemu=${2:-${L1_QEMU:-$O/qemu-build/qemu-system-x86_64}}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
file=${3:-$O/snp-arch/$program}

build()
{
	local files=("$TOP"/tools/testing/arch/*.[chS] "$TOP/tools/testing/arch/build.sh")
	local stamp=$O/snp-arch/.stamp-$program
	mkdir -p "$O/snp-arch"
	if ! fresh "$stamp" "${files[@]}" || [ ! -e "$file" ]; then
		"$TOP/tools/testing/arch/build.sh" "$program" "$file.$$"
		mv "$file.$$" "$file"
		mark_fresh "$stamp"
	fi
}

[ $# -ge 3 ] || build

# What isa-debug-exit makes of EXIT_PASS in lib.c
passed=33

turin=(-machine "snp-generation=turin" -cpu "EPYC-Genoa,family=26,model=2,stepping=1")
segments=("${turin[@]}" -machine "snp-rmp-segment-bits=30")
again=(-action "reboot=reset")
machine=()
case $program in
snp-cores | snp-invlpgb) machine=(-smp 2) ;;
snp-turin) machine=("${turin[@]}") ;;
snp-segments) machine=("${segments[@]}") ;;
snp-holes) machine=("${segments[@]}" "${again[@]}") ;;
snp-features) machine=(-global "amd-psp.x86-shutdown=on" -global "amd-psp.ciphertext-hiding=on") ;;
snp-reset) machine=("${again[@]}") ;;
snp-dma) machine=(-device "edu,dma_mask=0xffffffff") ;;
esac

status=0
timeout -k 10 "${BOOT_TIMEOUT:-60}" "$qemu" -L "$O/firmware" -M q35,snp-host=on -accel tcg \
	-cpu EPYC-Milan -device amd-iommu,intremap=on -m 4G -nodefaults -display none \
	-bios qboot.rom -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
	"${machine[@]}" "${@:4}" -kernel "$file" </dev/null >"$out/tap" 2>"$out/messages" || status=$?
cat "$out/tap"
grep -v "warning: TCG doesn't support" "$out/messages" | sed 's/^/# /' || true

# Numbered from 1 with no gap, all ok, and as many as the plan, at the end, says
complete='
/^(not )?ok / { if ($1 == "not" || $2 != ++n || plan) bad = 1 }
/^Bail out!/ { bad = 1 }
/^1\.\./ { if (plan) bad = 1; plan = substr($0, 4) }
END { exit bad || !n || plan != n }'
if [ "$status" -ne "$passed" ] || ! awk "$complete" "$out/tap"; then
	echo "# FAILED: QEMU's exit status is $status ($passed is good, 124 a time-out)"
	exit 1
fi
