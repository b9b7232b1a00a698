# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2153
#
# A kernel and its kvm selftests out of any tree, which is only read: TMPOUT is where
# makefiles try what the compiler can, by default in the tree.  Sourced after common.sh
# and build.sh.
#
#   configure_kernel TREE OUT FRAGMENT...  tinyconfig and the fragments
#   not_honoured OUT FRAGMENT...           their lines that the configuration lacks:
#                                          kconfig drops what it cannot satisfy without
#                                          a word
#   make_kernel TREE OUT TIME TARGET...    TIME is what the image says of when it was built
#   make_selftests TREE OUT                into OUT/kvm, with a list of the binaries in
#                                          OUT/kvm/MANIFEST

configure_kernel()
{
	local tree=$1 out=$2
	shift 2
	mkdir -p "$out"
	make -C "$tree" O="$out" tinyconfig
	"$tree"/scripts/kconfig/merge_config.sh -m -O "$out" "$out/.config" "$@"
	make -C "$tree" O="$out" olddefconfig
}

not_honoured()
{
	local text line out=$1
	shift
	text=$(cat "$@" | grep '^CONFIG_')
	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%n}" "$out/.config" && continue ;;
		*) grep -qxF "$line" "$out/.config" && continue ;;
		esac
		echo "$line"
	done < <(lines "$text")
}

make_kernel()
{
	local tree=$1 out=$2 time=$3
	shift 3
	make -C "$tree" O="$out" -j"$JOBS" CC="$CC" KBUILD_BUILD_TIMESTAMP="$time" \
		KBUILD_BUILD_USER=snp KBUILD_BUILD_HOST=localhost LOCALVERSION= "$@"
}

# declared_by TREE: what tells which selftests it has
declared_by()
{
	(cd "$1/tools/testing/selftests" && cat kvm/Makefile* && find kvm -name '*.c' | LC_ALL=C sort) | sha256sum
}

# make leaves behind what an earlier state of the tree declared.
make_selftests()
{
	local tree=$1 out=$2 headers=$2/headers/usr declared
	declared=$(declared_by "$tree")
	make -C "$tree" O="$out/headers" INSTALL_HDR_PATH="$headers" headers_install
	mkdir -p "$out/kvm"
	[ "$(cat "$out/declared" 2>/dev/null)" = "$declared" ] ||
		find "$out/kvm" -type f -perm /u=x -delete
	make -C "$tree/tools/testing/selftests/kvm" ARCH=x86 -j"$JOBS" CC="$CC" \
		OUTPUT="$out/kvm" LINUX_HDR_PATH="$headers/include" \
		KHDR_INCLUDES="-isystem $headers/include" TMPOUT="$out/.try_\$\$\$\$"
	(cd "$out/kvm" && find . -type f -perm /u=x -printf '%P\n' | LC_ALL=C sort) >"$out/manifest.tmp"
	[ -s "$out/manifest.tmp" ]
	mv "$out/manifest.tmp" "$out/kvm/MANIFEST"
	echo "$declared" >"$out/declared"
}
