#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build one of the freestanding programs of this directory.
#
# usage: build.sh PROGRAM FILE
#
# example: tools/testing/arch/build.sh snp-rmp /tmp/snp-rmp
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"

usage_if_asked "$@"
need_cmd gcc
program=${1:?which program}
to=${2:?which file}
arch=$TOP/tools/testing/arch

flags=(-m64 -std=gnu11 -O2 -Wall -Wextra -Werror -I "$arch"
	-ffreestanding -fno-pic -mcmodel=small -mno-red-zone -mgeneral-regs-only -mno-sse
	-fcf-protection=none -fno-stack-protector -fno-asynchronous-unwind-tables)
link=(-nostdlib -static -no-pie
	"-Wl,--build-id=none,-z,noexecstack,-z,max-page-size=4096,--no-warn-rwx-segments"
	"-Wl,-Ttext-segment=0x100000,-e,start")
library=(start.S lib.c cpu.c paging.c pci.c iommu.c psp.c rmp.c sev.c svm.c svm-run.S npt.c guest.c ap.c ap-start.S)
# In the order of the pages that the guest gets
guest=(guest-code.S guest-swap.S)
sources=("$program.c" "${library[@]}")

# ID blocks are signed here, with fresh keys.
make_idblocks()
{
	gcc -std=gnu11 -O2 -Wall -Wextra -I "$arch" -DOPENSSL_API_COMPAT=0x10100000L \
		-Wno-deprecated-declarations -o "$1/make-idblocks" "$arch/make-idblocks.c" -lcrypto
	"$1/make-idblocks" >"$1/idblocks.c"
}

cd "$arch"
case $program in
snp-fuzz)
	sources+=(fuzz-{numbers,pages,guests,mailbox,rmp,vmcb,vmsa}.c)
	guest+=(guest-fuzz.S)
	;;
snp-decode) sources+=(decode.c decode-rows.c decode-run.S) ;;
snp-platform | snp-rmp) sources+=(rows.c) ;;
snp-swap) sources+=(swap-run.S) ;;
hw-rows)
	sources+=(rows.c decode.c decode-rows.c decode-run.S hw-memory.S)
	link+=("-Wl,--section-start=.regions=0x10000000")
	;;
esac
case $program in
snp-mailbox | snp-fuzz)
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	make_idblocks "$tmp"
	sources+=("$tmp/idblocks.c")
	;;
esac
gcc "${flags[@]}" "${link[@]}" -o "$to" "${sources[@]}" "${guest[@]}" guest-end.S
