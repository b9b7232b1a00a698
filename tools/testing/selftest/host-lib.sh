# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of `make host`, sourced after common.sh.  It gives them
#
#   own_host NAME     a new disk in $O/NAME, which O is from then on
#   on_host COMMAND   on that host, which is started for it; its status is the command's

own_host()
{
	local dir=$O/$1
	"$TOP"/tools/host/image.sh >&2
	rm -rf "$dir"
	mkdir -p "$dir"/{host,locks,logs}
	ln -s "$O"/{firmware,qemu-build,snp-keys,tsc-khz} "$dir"
	ln -s "$O"/host/{base.qcow2,OVMF.fd,user-key,known-hosts} "$dir/host"
	export O=$dir
	"$TOP"/tools/host/disk.sh new
}

on_host()
{
	RUN=$1 "$TOP"/tools/host.sh </dev/null
}
