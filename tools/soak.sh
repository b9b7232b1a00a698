#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Start many guests on the SNP host model, and count those that do not end as they
# should.
#
# usage: soak.sh [STARTS [SEED [FAULT]]]
#
# STARTS is 100 by default, of which two run at a time; tools/testing/tests/guest-soak
# says what kinds there are.  The machine is one as of `make check`, which also looks
# for what the guests have left in the RMP.  $O/results/soak.json has the result:
# `starts`, `failed`, `seed`, and how many of each kind.
#
# FAULT, as fault= in a list, is armed: a guest that it hits has to be counted as failed.
#
# example: tools/soak.sh 1000
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

starts=${1:-100}
seed=${2:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
[[ $starts =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]] || die "STARTS and SEED are numbers"

lock soak
lists=$O/soak
mkdir -p "$lists"
cat >"$lists/soak.list" <<END
snp-soak boot machine=snp cpus=2 mem=6G initrd=base,guest,snp-guest

soak run timeout=$((600 + starts * 60)) ${3:+fault=$3} cmd="/tests/guest-soak $starts $seed"
END
echo "soak 1" >"$lists/manifest"
rc=0
"$TOP"/tools/testing/check.py --lists "$lists" --results "$lists/results" --tests soak || rc=$?
/usr/bin/python3 "$TOP/tools/testing/soak/result.py" --starts "$starts" --seed "$seed" \
	--commit "$(git -C "$TOP" rev-parse HEAD)" --json "$O/results/soak.json" \
	"$lists/results/latest/tests/soak.log"
exit $rc
