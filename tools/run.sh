#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Launch SNP guests with 1, 2, 4 and 8 vCPUs, in direct mode and in KVM mode, and print
# what comes of it as a table: on this machine if it has SEV-SNP, else on the host model.
#
# usage: run.sh [sweep.py's options]
#
# The result is in $O/results/run.json, the host's console in $O/logs/run.console.
# ON=model or ON=host says where it is to run, if you know better.
#
# example: O=/tmp/b tools/run.sh --counts 1,2
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

"$TOP"/tools/build-initramfs.sh base guest
"$TOP"/tools/build-snp-guest.sh
exec "$TOP"/tools/sweep/sweep.py "$@"
