#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian on the SNP host model: a host that keeps what is installed on it.
#
# usage: [RUN="COMMAND"] host.sh [boot.sh's options]
#
# The host's console is this one (root, no password; Ctrl-a x ends QEMU), and it is
# reached by ssh at a port that is printed, or as `build/host/ssh COMMAND`; scp and others
# take `-F build/host/ssh-config` and the name snp-host.  With RUN it is started in the
# background unless it runs already, has COMMAND run, and ends with its status, and, if it
# was started, with the last RUN that uses it.
# /mnt/checkout there is this checkout.  CPUS=N and MEM=SIZE are the machine's, 2 and 6G by
# default.  With GDB=PORT, its kernel is debugged by gdb at that port of 127.0.0.1.
# tools/host/disk.sh makes snapshots of the disk, and a new one.
#
# example: RUN="apt-get install -y qemu-system-x86" tools/host.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

state=$O/host

# The host's lock is QEMU's as well, and free when that has ended.
try_lock()
{
	exec {host_fd}>>"$O/locks/host"
	flock -n "$host_fd" || { exec {host_fd}>&-; return 1; }
}

# Each RUN shares this one; whose end is the host's gets it alone.
lock_users()
{
	exec {users_fd}>>"$O/locks/host-users"
	flock -s "$users_fd"
}

# The first port from 2222 at which nothing answers
free_port()
{
	local port=2222
	while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

write_ssh()
{
	cat >"$state/ssh-config" <<-EOF
	Host snp-host
	HostName 127.0.0.1
	Port $1
	User root
	IdentityFile $state/user-key
	IdentitiesOnly yes
	UserKnownHostsFile $state/known-hosts
	HostKeyAlias snp-host
	StrictHostKeyChecking yes
	ConnectTimeout 20
	LogLevel QUIET
	EOF
	cat >"$state/ssh" <<-EOF
	#!/bin/sh
	exec ssh -F "$state/ssh-config" snp-host "\$@"
	EOF
	chmod +x "$state/ssh"
}

# boot CONSOLE OPTION...
boot()
{
	local port console=$1
	shift
	port=$(free_port)
	write_ssh "$port"
	note "ssh: port $port, or $state/ssh"
	[ -z "${GDB-}" ] || set -- --qemu-arg -gdb --qemu-arg "tcp:127.0.0.1:$GDB" "$@"
	exec "$TOP"/tools/boot.sh --snp --cpus "${CPUS:-2}" --mem "${MEM:-6G}" --console "$console" \
		--firmware "$state/OVMF.fd" --disk "$state/disk.qcow2" \
		--qemu-arg -netdev --qemu-arg "user,id=net,hostfwd=tcp:127.0.0.1:$port-:22" \
		--qemu-arg -device --qemu-arg virtio-net-pci,netdev=net,romfile= \
		--qemu-arg -virtfs --qemu-arg "local,path=$TOP,mount_tag=checkout,security_model=none,multidevs=remap" \
		"$@"
}

# Modules may still be loading when sshd answers.
answers()
{
	[ -x "$state/ssh" ] && "$state/ssh" 'udevadm settle --timeout=300' >/dev/null 2>&1 </dev/null
}

# start OPTION...: leaves QEMU's process in pid
start()
{
	local end=$((SECONDS + ${BOOT_TIMEOUT:-600}))
	rm -f "$state/ssh"
	(exec {users_fd}>&-; boot "$state/console.log" "$@") </dev/null &
	pid=$!
	# A host that is busy, or waits for its disk, answers late.
	until answers; do
		kill -0 "$pid" 2>/dev/null || die "the host ended before it answered, see $state/console.log"
		[ $SECONDS -lt $end ] || { end_qemu; die "the host does not answer, see $state/console.log"; }
		sleep 1
	done
}

# The disk is whole then: QEMU closes it.
end_qemu()
{
	kill "$pid" 2>/dev/null || :
	wait "$pid" || :
}

# Not under somebody else's command
stop()
{
	local end
	flock -n "$users_fd" || {
		note "waiting for another RUN, whose host this is as well"
		flock "$users_fd"
	}
	"$state/ssh" poweroff 2>/dev/null </dev/null || :
	end=$((SECONDS + ${HALT_TIMEOUT:-600}))
	while kill -0 "$pid" 2>/dev/null; do
		[ $SECONDS -lt $end ] || { note "the host does not power off, see $state/console.log: it is killed"; break; }
		sleep 1
	done
	end_qemu
}

# run COMMAND OPTION...: on the host that runs, if there is one.  One that ends before it
# answers is none.
run()
{
	local rc=0 mine='' pid command=$1 end=$((SECONDS + ${BOOT_TIMEOUT:-600}))
	shift
	lock_users
	until answers; do
		if try_lock; then
			mine=1
			start "$@"
			break
		fi
		[ $SECONDS -lt $end ] || die "a host runs, but does not answer"
		sleep 1
	done
	"$state/ssh" "$command" || rc=$?
	[ -z "$mine" ] || stop
	return $rc
}

[[ ${GDB-} =~ ^[0-9]*$ ]] || die "GDB is a port: '$GDB' is none"
"$TOP"/tools/host/image.sh
if [ -n "${RUN-}" ]; then
	run "$RUN" "$@"
else
	try_lock || die "the host runs already: use $state/ssh"
	rm -f "$state/ssh"
	boot stdio "$@"
fi
