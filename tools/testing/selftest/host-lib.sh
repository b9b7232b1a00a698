# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of `make host`, sourced after common.sh.  It gives them
#
#   own_host NAME     a new disk in $O/NAME, which O is from then on
#   on_host COMMAND   on that host, which is started for it unless it is up; its status is
#                     the command's
#   host_up, host_down  start it and end it, outside of t
#   documented SECTION  the commands of a section of Documentation/virtual-host.rst, as
#                     they are there, but for the build directory, and QEMU is built
#   here COMMAND      runs one as a person does, in the checkout

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

documented()
{
	awk -v title="$1" '/^====/ { inside = last == title } { last = $0 } inside && sub(/^    /, "")' \
		"$TOP/Documentation/virtual-host.rst" |
		sed -E "s#(^|[ (])build/#\1$O/#g; s/^make host/make -o qemu host/"
}

here()
{
	(cd "$TOP"; unset MAKELEVEL MAKEFLAGS MFLAGS MAKEOVERRIDES; exec sh -c "$1") </dev/null
}

on_host()
{
	RUN=$1 "$TOP"/tools/host.sh </dev/null
}

host_up()
{
	local end=$((SECONDS + ${BOOT_TIMEOUT:-1200}))
	rm -f "$O/host/ssh"
	"$TOP"/tools/host.sh </dev/null >"$O/console" 2>&1 &
	HOST_PID=$!
	# Modules may still be loading when sshd answers.
	until [ -x "$O/host/ssh" ] && "$O/host/ssh" 'udevadm settle --timeout=300' >/dev/null 2>&1 </dev/null; do
		if [ $SECONDS -ge $end ] || ! kill -0 $HOST_PID 2>/dev/null; then
			kill $HOST_PID 2>/dev/null || :
			tail -n 20 "$O/console" >&2
			die "the host does not answer"
		fi
		sleep 1
	done
}

host_down()
{
	"$O/host/ssh" poweroff 2>/dev/null </dev/null || :
	wait $HOST_PID || :
}
