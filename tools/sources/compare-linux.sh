#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Says whether an unpacked kernel tree equals one that tools/sources/linux-digests knows,
# where it matters to this project: arch/x86, virt, include, drivers/crypto/ccp,
# drivers/iommu/amd and tools/testing/selftests/kvm.
#
#   tools/sources/compare-linux.sh TREE                compare those subtrees
#   tools/sources/compare-linux.sh --all TREE          and all files of the tree
#   tools/sources/compare-linux.sh --files TREE OTHER  name the files that differ from OTHER
#   tools/sources/compare-linux.sh --record TREE       print lines for linux-digests
#
# Example:  tools/sources/compare-linux.sh build/linux
#
# The exit code is 0 if the tree equals a recorded version, else 1.
set -euo pipefail

export NO_BUILD_DIR=1
# shellcheck source=tools/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

DIGESTS=$TOP/tools/sources/linux-digests
SUBTREES=(arch/x86 virt include drivers/crypto/ccp drivers/iommu/amd tools/testing/selftests/kvm)

# Prunes excluded paths, git's own directory, and nothing else.
find_in()
{
	local text prune=(-path ./.git) p top=./$1
	[ "$1" != . ] || top=.
	text=$(sed -n 's/^exclude //p' "$DIGESTS")
	while read -r p; do
		prune+=(-o -path "./$p")
	done < <(lines "$text")
	find "$top" \( "${prune[@]}" \) -prune -o "${@:2}"
}

# digest TREE SUBTREE
digest()
(
	cd "$1"
	{
		find_in "$2" -type f -print0 | sort -z | xargs -0 -r sha256sum
		find_in "$2" -type l -printf '%p -> %l\n' | sort
	} | sha256sum | cut -d' ' -f1
)

version_of()
{
	sed -nE 's/^(VERSION|PATCHLEVEL|SUBLEVEL) = //p' "$1/Makefile" | head -n 3 | paste -sd.
}

recorded_versions()
{
	sed -nE 's/^([0-9][0-9.]*) .*/\1/p' "$DIGESTS" | sort -uV
}

# differing VERSION: the subtrees whose digests (in mine) are not those of VERSION
differing()
{
	local s
	for s in "${subtrees[@]}"; do
		grep -qxF "$1 $s ${mine[$s]}" "$DIGESTS" || echo "$s"
	done
}

case ${1-} in
-h | --help) usage; exit 0 ;;
--all) subtrees=("${SUBTREES[@]}" .); shift ;;
--record) subtrees=("${SUBTREES[@]}" .) record=1; shift ;;
--files) files=1; shift ;;
esac
subtrees=("${subtrees[@]-${SUBTREES[@]}}")
tree=${1:?name a tree (see --help)}
[ -f "$tree/Makefile" ] || die "$tree: no kernel tree"
version=$(version_of "$tree")

if [ -n "${files-}" ]; then
	for s in "${SUBTREES[@]}"; do
		diff -rq "$tree/$s" "${2:?name the other tree}/$s" && continue
		differs=1
	done
	exit "${differs-0}"
fi

declare -A mine=()
for s in "${subtrees[@]}"; do
	[ -d "$tree/$s" ] || die "$tree: no directory $s"
	mine[$s]=$(digest "$tree" "$s")
	[ -z "${record-}" ] || echo "$version $s ${mine[$s]}"
done
[ -z "${record-}" ] || exit 0

versions=$(recorded_versions)
for v in $versions; do
	[ -z "$(differing "$v")" ] || continue
	echo "$tree ($version) equals the known Linux $v in: ${subtrees[*]}"
	exit 0
done

# Against the same version if it is recorded, else against the newest one.
against=$(recorded_versions | grep -xF "$version" || recorded_versions | tail -n 1)
echo "$tree ($version) differs from the known Linux $against in: $(differing "$against" | paste -sd' ')"
exit 1
