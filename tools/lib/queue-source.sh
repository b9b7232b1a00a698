# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2015,SC2153
#
# Pristine sources and base commits, for tools/queue.sh.  Sourced after queue-tree.sh;
# TMP is the temporary directory of this run.

# version_in DIR: what the source says about itself
version_in()
{
	case $NAME in
	linux) sed -nE 's/^(VERSION|PATCHLEVEL|SUBLEVEL) = //p' "$1/Makefile" | head -n 3 | paste -sd. ;;
	qemu) cat "$1/VERSION" ;;
	esac 2>/dev/null
}

# check_version DIR SOURCE
check_version()
{
	local want found
	case $NAME in
	linux) want='7.3' ;;
	qemu) want='10.0.2' ;;
	esac
	found=$(version_in "$1") || :
	case $found in
	"$want" | "$want".*) ;;
	*) die "$2 is $NAME ${found:-of no version that can be told}; the queue needs $want" ;;
	esac
}

# source_id SOURCE: what tells one source from another
source_id()
{
	if [ -d "$1" ]; then echo "directory $1"; else checksum_of "$1"; fi
}

base_source_id()
{
	g log -1 --format=%b refs/tags/base | sed -n 's/^sha256: //p'
}

# unpack SOURCE DIR
unpack()
{
	if [ -d "$1" ]; then
		cp -a --reflink=auto "$1/." "$2"
		return
	fi
	case $1 in
	*.xz) xz -T0 -dc "$1" | tar -x --strip-components=1 -C "$2" ;;
	*) tar -x --strip-components=1 -C "$2" -f "$1" ;;
	esac
}

# drop_excluded DIR: see tools/sources/linux-digests
drop_excluded()
{
	local text p
	[ "$NAME" = linux ] || return 0
	text=$(sed -n 's/^exclude //p' "$TOP/tools/sources/linux-digests")
	while read -r p; do
		rm -rf "${1:?}/$p"
	done < <(lines "$text")
}

# unpack_pristine SOURCE: into $TMP/src
unpack_pristine()
{
	local size
	# xz makes kernels ten times smaller, and git wants its part.
	size=$(du -Dsm "$1" | cut -f1)
	[ -d "$1" ] || size=$((size * 15))
	need_space "$((size + 50))" "$O"
	mkdir "$TMP/src"
	step "$NAME: unpack ${1##*/}" unpack "$1" "$TMP/src" || die "cannot unpack $1"
	phase unpacked
	check_version "$TMP/src" "$1"
	[ ! -e "$TMP/src/.config" ] || die "$1 has been built in; run 'make mrproper' there first"
	drop_excluded "$TMP/src"
	[ "$NAME" != linux ] || grep -q " ${1##*/} .*$(source_id "$1")" "$TOP/tools/sources/table" ||
		note "$("$TOP/tools/sources/compare-linux.sh" "$TMP/src" 2>&1 || :)"
}

# commit_base SOURCE: prints the base commit of $TMP/src; GIT_DIR says where to.  One
# pack instead of a hundred thousand files: git streams files above bigFileThreshold.
commit_base()
{
	local tree version id
	git -C "$TMP/src" --work-tree=. -c core.bigFileThreshold=1 -c core.compression=1 \
		-c core.fsync=none add -Af . || return 1
	tree=$(git write-tree) || return 1
	version=$(version_in "$TMP/src") || return 1
	id=$(source_id "$1") || return 1
	printf '%s %s\n\nPristine source: %s\nsha256: %s\n' "$NAME" "$version" "${1##*/}" "$id" |
		commit_as "$ME" "$MY_EMAIL" 0 "$tree"
}

init_repository()
{
	git init -q -b snp "$1"
	git -C "$1" config gc.auto 0
	[ -n "$GLOBAL_EMAIL" ] || {
		git -C "$1" config user.name "$ME"
		git -C "$1" config user.email "$MY_EMAIL"
	}
	mkdir -p "$1/.git/info"
	write_attributes "$1"
	[ "$NAME" != qemu ] || cat >"$1/.git/info/exclude" <<-'EOF'
	# made by tools/build-qemu.sh
	/pc-bios/edk2-*.fd.bz2
	/hw/i386/snp-model
	EOF
}

# create_tree SOURCE: $TREE appears when it is whole
create_tree()
{
	local base
	unpack_pristine "$1"
	init_repository "$TMP/src"
	export GIT_DIR=$TMP/src/.git
	step "$NAME: commit the pristine source" commit_base_to "$TMP/base" "$1" || die "cannot commit $1"
	base=$(cat "$TMP/base")
	git update-ref refs/tags/base "$base"
	git update-ref refs/heads/snp "$base"
	git update-ref refs/queue/imported "$base"
	# Of no queue: even an empty one is imported, for its topics.
	git update-ref refs/queue/patches "$(git hash-object -w --stdin <<<none)"
	unset GIT_DIR
	phase committed
	chmod 755 "$TMP/src"
	mv "$TMP/src" "$TREE"
}

commit_base_to()
{
	commit_base "$2" >"$1"
}

# new_base SOURCE: commits another source into the existing repository, so that
# branches and stashes stay and only files that differ will be rewritten
new_base()
{
	unpack_pristine "$1"
	GIT_DIR=$TREE/.git GIT_INDEX_FILE=$TMP/base-index \
		step "$NAME: commit the new source" commit_base_to "$TMP/base" "$1" || die "cannot commit $1"
	rm -rf "$TMP/src"
}
