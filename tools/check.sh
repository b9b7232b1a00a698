#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests of a tier; the last line is "N passed, N failed, N skipped".
#
# usage: check.sh quick|check|full [check.py's options]
#
# example: tools/check.sh check --tests 'x86/*'
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

# A test that runs make is to see the same whoever started it.
unset MAKELEVEL MAKEFLAGS MFLAGS MAKEOVERRIDES

tier=${1:?quick, check or full}
shift
exec "$TOP"/tools/testing/check.py --tier "$tier" "$@"
