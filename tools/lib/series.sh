# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# The kernel series step by step, for tools/series/.  Sourced after common.sh and
# build.sh.
#
#   linux, tree         $O/linux, and a work tree of it that is at one step at a time
#   topic               $TOPIC, or direct-vmsa
#   series              what linux calls the topic's last commit: on the pristine source,
#                       or on the topic that it is mailed on top of
#   below               that one's last commit, or the source
#   find_series         makes it so
#   out                 the object directory that kbuild uses
#   kbuild TARGET...    make, in tree and out
#   checkout COMMIT     moves tree to what linux calls so; it is kept, so that only what differs is rebuilt
#   step_commits        the commit of each step, that of the base first
#   need_kvm_objects    makes out ready to build KVM's modules for the kernel in host,
#                       which is $O/kernel
#   build_modules       KVM's modules of what is checked out, in out
#   strip_modules DIR   KVM's modules as built in out, without debug sections

linux=$O/linux
topic=${TOPIC:-direct-vmsa}
series=refs/queue/alone/$topic
below=base
[ ! -e "$TOP/patches/linux/$topic/on" ] || below=refs/queue/alone/$(cat "$TOP/patches/linux/$topic/on")
tree=$O/series/tree
out=$O/series/kernel
host=$O/kernel
ko=(arch/x86/kvm/kvm.ko arch/x86/kvm/kvm-amd.ko)

find_series()
{
	"$TOP"/tools/queue.sh linux ready >&2
	[ "$below" = base ] || "$TOP"/tools/queue.sh linux alone "${below##*/}" >/dev/null
	"$TOP"/tools/queue.sh linux alone "$topic" >/dev/null
}

kbuild()
{
	make -C "$tree" O="$out" -j"$JOBS" CC="$CC" LOCALVERSION= "$@"
}

checkout()
{
	local commit
	commit=$(git -C "$linux" rev-parse "$1^{commit}")
	if [ ! -e "$tree/.git" ]; then
		git -C "$linux" worktree prune
		git -C "$linux" worktree add -q -f --detach "$tree" "$commit"
	fi
	git -C "$tree" checkout -q -f --detach "$commit"
}

step_commits()
{
	git -C "$linux" rev-parse 'base^{commit}'
	git -C "$linux" rev-list --reverse "base..$series"
}

prepare_kvm_objects()
{
	checkout base
	mkdir -p "$out"
	cp "$host/.config" "$out/.config"
	kbuild olddefconfig
	kbuild modules_prepare
	grep -v "	arch/x86/kvm/" "$host/Module.symvers" >"$out/others.symvers"
}

# Without the rest of the kernel in out, modpost has to be told what that exports.
build_modules()
{
	kbuild MODPOST="$out/scripts/mod/modpost -i $out/others.symvers" \
		modpost-deps="$out/others.symvers modules.order" "${ko[@]}"
}

need_kvm_objects()
{
	local inputs=("$host/.config" "$host/Module.symvers")
	mkdir -p "$O/series" "$O/initramfs"
	! fresh "$out/.stamp" "${inputs[@]}" || return 0
	step series-prepare prepare_kvm_objects
	mark_fresh "$out/.stamp"
}

strip_modules()
{
	local module
	mkdir -p "$1"
	for module in "${ko[@]}"; do
		strip -g -o "$1/${module##*/}" "$out/$module"
	done
}
