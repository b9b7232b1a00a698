#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The bootable image of the hardware kit, started by UEFI on the host model: is its report
# whole, does compare accept it and find what is planted, and is nothing touched that was
# not said?  Prints TAP.
#
# usage: test-hw-image.sh
# shellcheck disable=SC2154 # hw-lib.sh sets hw and tmp
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/hw-lib.sh
. "$TOP/tools/testing/selftest/hw-lib.sh"

"$TOP"/tools/build-selftests.sh >&2
archive=$("$hw"/build-kit.sh | tail -n 1)
dpkg-deb --fsys-tarfile "$("$TOP"/tools/fetch.sh ovmf)" | tar -xO ./usr/share/ovmf/OVMF.fd >"$tmp/OVMF.fd"
tar -C "$tmp" -xJf "$archive" snp-hw-kit/snp-rows.img
image=$tmp/snp-hw-kit/snp-rows.img

machine()
{
	exec timeout -k 10 600 "${L1_QEMU:-$O/qemu-build/qemu-system-x86_64}" -L "$O/firmware" \
		-M q35,snp-host=on -accel tcg,thread=multi -cpu EPYC-Milan -smp 2 -m 4G \
		-device amd-iommu,intremap=on -nodefaults -display none -bios "$tmp/OVMF.fd" \
		-drive "if=none,id=disk,format=raw,readonly=on,file=$image" -device virtio-blk-pci,drive=disk \
		-serial "file:$tmp/console" -global "amd-psp.counters-file=$tmp/counters"
}

# It halts in the end, as on a server.
boot_image()
{
	local pid
	: >"$tmp/console"
	machine </dev/null 2>"$tmp/messages" &
	pid=$!
	while kill -0 $pid 2>/dev/null && ! grep -qE '^(end|Bail out!)' "$tmp/console"; do
		sleep 1
	done
	kill $pid 2>/dev/null || :
	wait $pid || :
	tr -d '\r' <"$tmp/console" | sed -n '/^snp-hw-report 1$/,/^end$/p' >"$tmp/report"
	[ -s "$tmp/report" ] || { cat "$tmp/messages"; tail -n 20 "$tmp/console"; return 1; }
}

# All rows that rows.table says the image checks, and no other
has_all_rows()
{
	same "$(sed -n 's/^ok [0-9]* - \([a-z]*-[0-9.]*\): .*/\1/p' "$tmp/report" | sort -u)" \
		"$("$TOP"/tools/testing/arch/rows.sh hw-rows | sort -u)"
}

# confirms N: rows, and the unconfirmed facts that they stand for
confirms()
{
	"$hw"/compare --all "$tmp/report" >"$tmp/compared"
	same "$(grep -c '^confirmed ' "$tmp/compared")" "$1"
}

# No command, no update of the RMP, and no guest but those without encryption
touches_nothing_else()
{
	python3 - "$tmp/counters" <<-'END'
	import json, sys
	def total(told):
	    return sum(map(total, told.values())) if isinstance(told, dict) else told
	told = json.load(open(sys.argv[1]))
	plain = told["vmruns"].pop("plain")
	del told["exits"]["plain"]
	print(plain, told)
	sys.exit(not plain or total(told))
	END
}

t "the image boots by UEFI, and its program ends" boot_image
t "the report has each row that rows.table says" has_all_rows
t "compare contradicts nothing" accepted
t "it confirms 45 rows and facts" confirms 45
t "neither the firmware nor the RMP nor an encrypted guest was used" touches_nothing_else
t "planted: a C-bit within the address" planted "pl-2.03 U1" '/pl-2.03.*C-bit/s/^ok/not ok/'
t "planted: RMPUPDATE that is an instruction without SNP_EN" planted "rmp-5.12 U16" '/rmp-5.12: RMPUPDATE/s/^ok/not ok/'
t "planted: the host may read the GHCB MSR" planted "pl-3.05" '/pl-3.05/s/^ok/not ok/'
t "planted: SEV_STATUS in the host" planted "pl-3.06 U5" '/pl-3.06/s/^ok/not ok/'
t "planted: another EXITINFO1 of IN and OUT in one mode" planted "vm-12.10" '/vm-12.10.*64-bit/s/^ok/not ok/'
t "a row that no table has is refused" broken 's/pl-3.06/pl-3.99/'
t "and so is half a report" broken '$d'
finish
