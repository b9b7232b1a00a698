#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An SNP guest with its console here, and a shell in it that has all its CPUs.  It
# runs on this machine if that is an SEV-SNP host, else on the host model.
#
# usage: [VARIABLE=VALUE]... guest.sh [--check]
#
# With --check it only says whether the values are possible:
#
#   VCPUS=N           1 to 255, default 2
#   VMSA=direct|kvm   who makes the VMSA, QEMU (default) or KVM
#   FIRMWARE=amdsev   OVMF.amdsev.fd (default), which checks kernel, initrd and
#                     command line; FIRMWARE=plain: OVMF.fd, which does not
#   HASHES=on|off     whether they are in the launch digest; off with FIRMWARE=plain,
#                     which has no place for them, else on
#   ON=model|host     where it runs, if you know better
#
# example: VCPUS=4 VMSA=direct tools/guest.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

max_vcpus=255	# more would want an x2APIC
options=()

# one_of NAME VALUE WORD...
one_of()
{
	local name=$1 value=$2
	shift 2
	case " $* " in
	*" $value "*) ;;
	*) die "$name=$value: it is one of: $*" ;;
	esac
}

check_variables()
{
	vcpus=${VCPUS:-2} vmsa=${VMSA:-direct} firmware=${FIRMWARE:-amdsev}
	one_of VMSA "$vmsa" direct kvm
	one_of FIRMWARE "$firmware" amdsev plain
	hashes=${HASHES:-$([ "$firmware" = plain ] && echo off || echo on)}
	one_of HASHES "$hashes" on off
	if ! [[ $vcpus =~ ^[1-9][0-9]{0,2}$ ]] || [ "$vcpus" -gt $max_vcpus ]; then
		die "VCPUS=$vcpus: it is a number from 1 to $max_vcpus"
	fi
	[ -z "${ON-}" ] || one_of ON "$ON" model host
	[ "$firmware$hashes" != plainon ] ||
		die "HASHES=on with FIRMWARE=plain: OVMF.fd has no place for hashes; leave HASHES out"
}

snp_guest_options()
{
	[ "$vmsa" = kvm ] || options+=(--direct)
	case $firmware$hashes in
	plain*) options+=(--plain) ;;
	amdsevoff) options+=(--no-hashes) ;;
	esac
}

# What the guest's host has to say about a failure comes through the channel.
on_model()
{
	local parts=$O/initramfs words why=$O/logs/guest.why
	words=$(IFS=, && echo "snp-console,$vcpus,${options[*]}")
	: >"$why"
	"$TOP"/tools/boot.sh --snp --mem 6G --channel "$why" \
		--initrd "$parts/base.cpio,$parts/guest.cpio,$parts/snp-guest.cpio" \
		--append "quiet loglevel=3 snp.mode=run snp.run=${words%,}"
	[ ! -s "$why" ] || die "$(cat "$why")"
}

check_variables
[ "${1-}" != --check ] || exit 0
snp_guest_options
case ${ON:-$("$TOP"/tools/lib/realhost.py && echo host || echo model)} in
host)
	"$TOP"/tools/build-snp-guest.sh
	"$TOP"/tools/on-host.sh snp-console "$vcpus" "${options[@]}"
	;;
model)
	"$TOP"/tools/build-initramfs.sh base guest
	"$TOP"/tools/build-snp-guest.sh
	echo "A guest with $vcpus vCPUs (VMSA=$vmsa, FIRMWARE=$firmware, HASHES=$hashes) starts on the host model;"
	echo "that takes half a minute. Ctrl-a x ends everything at any time."
	on_model
	;;
esac
