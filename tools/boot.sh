#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot L1: the one place that knows what machine it is.
#
# usage: boot.sh [OPTION]...
#
#   --profile fast|exact  multi-threaded TCG, or instruction counting: time is
#                         virtual, two runs are alike to the byte
#   --cpus N, --mem SIZE  default 2 and 4G
#   --firmware FILE       default qboot.rom, which starts a kernel at once
#   --kernel FILE         default $O/kernel/vmlinux
#   --initrd A,B,...      initramfs parts, file names; default $O/initramfs/base.cpio
#   --append WORDS        added to the kernel's command line
#   --disk FILE           what is on this qcow2 disk instead of a kernel; a reboot is one
#   --console FILE|stdio  where ttyS0 goes; default stdio
#   --channel FILE        where the agent's frames go
#   --iommu               with an AMD IOMMU that remaps interrupts
#   --snp                 as an SEV-SNP capable host: the model, and the IOMMU
#   --generation G        with --snp: milan, genoa or turin; default milan
#   --qmp FD              QEMU's monitor protocol on this inherited socket
#   --hold MARKS          with --snp: halt at these marks until the monitor says go on
#   --seed N              of the exact profile's randomness, RDRAND's included
#   --qemu FILE           default $L1_QEMU, else $O/qemu-build/qemu-system-x86_64
#   --qemu-arg WORD       handed to QEMU as it is; repeat for more
#
# QEMU replaces this process; its exit status is 0 after a power-off and also
# after a panic, which ends in a reboot that is not carried out.
#
# example: tools/boot.sh --cpus 4 --append snp.mode=shell
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

# tsc_khz: measured once in the life of this machine, by a program that is not
# misled by a busy machine as the kernel in L1 would be.
tsc_khz()
{
	local id khz cache=$O/tsc-khz
	id=$(cat /proc/sys/kernel/random/boot_id)
	if ! grep -qs "$id" "$cache"; then
		gcc -O2 -o "$cache.$$" "$TOP/tools/lib/tsc-khz.c"
		khz=$("$cache.$$")
		echo "$khz $id" >"$cache.new.$$"
		mv "$cache.new.$$" "$cache"
		rm "$cache.$$"
	fi
	cut -d' ' -f1 "$cache"
}

profile=fast cpus=2 mem=4G firmware=qboot.rom kernel=$O/kernel/vmlinux disk=''
machine=q35 cpu=EPYC-Milan generation='' snp='' iommu='' initrd=$O/initramfs/base.cpio append='' console=stdio channel='' seed=1
qemu=${L1_QEMU:-$O/qemu-build/qemu-system-x86_64}
args=()
while [ $# -gt 0 ]; do
	case $1 in
	--iommu) iommu=1 && shift && continue ;;
	--snp) snp=1 iommu=1 && shift && continue ;;
	--*) [ $# -ge 2 ] || die "$1 needs a value" ;;&
	--profile) profile=$2 ;;
	--cpus) cpus=$2 ;;
	--mem) mem=$2 ;;
	--firmware) firmware=$2 ;;
	--kernel) kernel=$2 ;;
	--initrd) initrd=$2 ;;
	--append) append=$2 ;;
	--disk) disk=$2 ;;
	--console) console=$2 ;;
	--channel) channel=$2 ;;
	--generation) generation=$2 ;;
	--hold) args+=(-global "amd-psp.hold=$2") ;;
	--qmp) args+=(-chardev "socket,id=qmp,fd=$2" -mon "chardev=qmp,mode=control") ;;
	--seed) seed=$2 ;;
	--qemu) qemu=$2 ;;
	--qemu-arg) args+=("$2") ;;
	*) die "boot.sh: unknown option '$1', see --help" ;;
	esac
	shift 2
done

if [ -n "$snp" ]; then
	machine=q35,snp-host=on${generation:+,snp-generation=$generation}
	[ ! -d "$O/snp-keys" ] || args+=(-global "amd-psp.keys=$O/snp-keys")
fi
# What QEMU calls them; it knows no model of Turin.
case $generation in
genoa) cpu=EPYC-Genoa ;;
turin) cpu=EPYC-Genoa,family=26,model=2,stepping=1 ;;
esac
[ -z "$iommu" ] || args+=(-device "amd-iommu,intremap=on")
case $profile in
fast) args+=(-accel "tcg,thread=multi")
	append="tsc_early_khz=$(tsc_khz) $append"
	;;
exact)
	args+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -seed "$seed"
		-rtc "base=2026-01-01T00:00:00,clock=vm")
	append="nokaslr random.trust_cpu=off $append"
	;;
*) die "boot.sh: no profile is called '$profile' (fast, exact)" ;;
esac
case $console in
stdio) args+=(-serial mon:stdio) ;;
*) args+=(-serial "file:$console") ;;
esac
# Without ioeventfd the port's notifications are handled by the vCPU that
# makes them, at a moment that the exact profile can repeat.
[ -z "$channel" ] || args+=(-device "virtio-serial-pci,ioeventfd=off"
	-chardev "file,id=channel,path=$channel"
	-device "virtserialport,chardev=channel,name=org.snp.harness")

load_kernel()
{
	local joined parts
	# One file for QEMU, already unlinked: nothing to clean up however this ends.
	joined=$(mktemp "$O/initrd.XXXXXX")
	exec {initrd_fd}<>"$joined"
	rm "$joined"
	IFS=, read -ra parts <<<"$initrd"
	cat "${parts[@]}" >"/dev/fd/$initrd_fd"
	# A vCPU may wait long for its turn on a busy machine; the kernel is not to blame
	# the TSC or the timer's interrupt for it.
	args+=(-no-reboot -kernel "$kernel" -initrd "/dev/fd/$initrd_fd"
		-append "console=ttyS0 panic=-1 tsc=reliable no_timer_check $append")
}

if [ -n "$disk" ]; then
	args+=(-drive "if=none,id=disk,format=qcow2,discard=unmap,file=$disk"
		-device "virtio-blk-pci,drive=disk")
else
	load_kernel
fi

# That TCG lacks features of the CPU model is no news.
exec 2> >(grep -v "warning: TCG doesn't support requested feature" >&2)
exec "$qemu" -L "$O/firmware" -M "$machine" -cpu "$cpu" -smp "$cpus" -m "$mem" \
	-nodefaults -no-user-config -display none -bios "$firmware" "${args[@]}"
