#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make Debian packages of what an SEV-SNP host needs, with Debian's own helpers.
#
# usage: build.sh [--help]
#
# The result is in $O/deb: snp-measure, snp-ready, snp-selftests, snp-qemu and the
# metapackage snp-host, and what lintian says of them in lintian.txt.  Nothing that it
# says is an error, or the packages are not made.  The kernel is tools/deb/kernel.sh.
#
# example: tools/deb/build.sh && sudo apt install ./build/deb/*.deb
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/deb
src=$out/src
deb=$TOP/tools/deb

# version_of QUEUE: of the pristine source
version_of()
{
	git -C "$O/$1" log -1 --format=%s base | sed 's/^[a-z]* //'
}

# What was applied, to what: the base and the topics of each queue
changes()
{
	local queue topic topics version count
	for queue in linux qemu; do
		version=$(version_of "$queue")
		echo "  * $queue $version with:"
		topics=$(sed 's/[[:space:]]*#.*//; /^$/d' "$TOP/patches/$queue/topics")
		for topic in $topics; do
			count=$(find "$TOP/patches/$queue/$topic" -name '*.patch' ! -name '0000-*' | wc -l)
			echo "    - $topic ($count patches)"
		done
	done
}

# The date of the checkout's last commit, so that the same sources give the same packages
changelog()
{
	local date changes
	changes=$(changes)
	date=$(git -C "$TOP" log -1 --format=%ct)
	cat <<-END
	snp-host (1.0~$(date -ud "@$date" +%Y%m%d.%H%M)) UNRELEASED; urgency=medium

	$changes

	 -- Project developers <linux-coco@lists.linux.dev>  $(date -Rud "@$date")
	END
}

lay_out()
{
	local test tests
	rm -rf "$src"
	mkdir -p "$src"/{selftests/x86,qemu/share,headers/linux}
	cp -r "$deb/debian" "$deb/completions" "$TOP/include" "$TOP"/tools/{igvm,snp-measure,snp-ready} "$src/"
	rm -r "$src"/{igvm,snp-measure}/tests
	changelog >"$src/debian/changelog"
	mkdir "$src/debian/source"
	echo '3.0 (native)' >"$src/debian/source/format"
	cp -r "$O/selftests/headers/usr/include/." "$src/headers/"
	tests=$(cd "$O/selftests/kvm" && ls x86/sev_* guest_memfd_test pre_fault_memory_test)
	for test in $tests; do
		[ ! -x "$O/selftests/kvm/$test" ] || install "$O/selftests/kvm/$test" "$src/selftests/$test"
	done
	install "$O/qemu-build/qemu-system-x86_64" "$deb/snp-qemu-system-x86_64" "$src/qemu/"
	install -m 644 "$deb/snp-qemu-system-x86_64.1" "$src/qemu/"
	install -m 644 "$O"/firmware/* "$src/qemu/share/"
}

# The kernel's packages lie beside them.
build()
{
	lay_out
	rm -f "$out"/snp-*.deb
	cd "$src"
	dpkg-buildpackage -b -us -uc
	cd "$out"
	rm -f ./*.buildinfo ./*.changes
}

# made: whether each package is there
made()
{
	local package packages
	packages=$(sed -n 's/^Package: //p' "$deb/debian/control")
	for package in $packages; do
		compgen -G "$out/${package}_*.deb" >/dev/null || return 1
	done
}

lint()
{
	lintian --suppress-tags "$(sed 's/[[:space:]]*#.*//; /^$/d' "$deb/lintian-suppressed" | paste -sd,)" \
		--fail-on error,warning --tag-display-limit 0 "$out"/snp-*.deb >"$out/lintian.txt" || { cat "$out/lintian.txt"; return 1; }
	cat "$out/lintian.txt"
}

"$TOP"/tools/deps.sh --check packaging
"$TOP"/tools/build-qemu.sh
"$TOP"/tools/build-selftests.sh
mkdir -p "$out"
lock deb
text=$(find "$deb" "$TOP"/include "$TOP"/tools/{igvm,snp-measure,snp-ready} -type f | LC_ALL=C sort)
mapfile -t files < <(lines "$text")
head=$(git -C "$TOP" rev-parse HEAD)
inputs=("$head" "$O/qemu-build/.stamp-build" "$O/firmware/.stamp" "$O/selftests/.stamp" "${files[@]}")
if ! fresh "$out/.stamp" "${inputs[@]}" || ! made; then
	step deb build
	step deb-lintian lint
	mark_fresh "$out/.stamp"
fi
ls "$out"/snp-*.deb
