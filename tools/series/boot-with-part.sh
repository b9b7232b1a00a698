#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools/boot.sh with the initramfs part PART (from the environment) behind the
# others, for check.py --boot: what it holds replaces what they hold.
#
# usage: PART=FILE boot-with-part.sh [boot.sh's options]
#
# example: PART=build/initramfs/step-1.cpio tools/series/boot-with-part.sh --snp
set -euo pipefail

arguments=()
while [ $# -gt 0 ]; do
	if [ "$1" = --initrd ]; then
		arguments+=(--initrd "$2,${PART:?}")
		shift 2
	else
		arguments+=("$1")
		shift
	fi
done
exec "$(dirname "$0")/../boot.sh" "${arguments[@]}"
