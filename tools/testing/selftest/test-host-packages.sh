#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The project's Debian packages on the host of `make host`: made, installed and removed by
# the commands of that section of Documentation/virtual-host.rst.  Guests are started by
# Debian's QEMU, by ours and by libvirt.  Prints TAP.
#
# usage: test-host-packages.sh [FOLDER]
#
# With a FOLDER, the packages are those that are in it, as another machine has made them,
# and the command that makes them is left out.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/host-lib.sh
. "$TOP/tools/testing/selftest/host-lib.sh"

section="The project's packages"
packages=$(realpath -m "${1:-$O/deb}")
if [ $# -eq 0 ]; then
	make=$(documented "$section" | head -n 1)
	t "$make" here "$make"
fi
compgen -G "$packages/linux-image-*+snp_*.deb" >/dev/null || die "$packages has no kernel"
"$TOP"/tools/build-snp-guest.sh >&2
built=$O
own_host host-packages

# The host sees the checkout; what is elsewhere is copied.
reach_packages()
{
	case $packages in
	"$TOP"/*) there=/mnt/checkout/${packages#"$TOP"/} ;;
	*)
		there=/root/deb
		(cd "$packages" && tar -c --transform 's|^|deb/|' -- *.deb) | RUN="tar -x" "$TOP"/tools/host.sh
		;;
	esac
}

copy_guest()
{
	tar -c -C "$built" snp-guest/debian/boot snp-guest/debian/usr/share/ovmf \
		-C "$TOP" tools/guest tools/testing/selftest/libvirt-guest.xml |
		RUN="tar -x" "$TOP"/tools/host.sh
}

their_kernel_is_ready()
{
	here "$1" >"$O/ready"
	cat "$O/ready"
	grep -qx '.*+snp' "$O/ready"
	grep -qx 'This machine is ready to run SEV-SNP guests.' "$O/ready"
}

# No recommended packages: each takes its time to install here.
apt_get="DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends"

# launch QEMU OPTION...: the guest's report verifies, and has the predicted digest
launch()
{
	local qemu=$1
	shift
	on_host "
		set -e
		export SNP_FILES=\$PWD/snp-guest/debian SNP_QEMU='$qemu'
		sh tools/guest/snp-guest --plain $* </dev/null | tr -d '\r' | tee console | grep -av '^report.hex'
		grep -qx 'report.verified: yes' console
		digest=\$(sh tools/guest/snp-guest --plain $* --predict)
		grep -qx \"report.measurement: \$digest\" console"
}

# Where libvirt's QEMU may read
libvirt_launch()
{
	on_host '
		set -e
		images=/var/lib/libvirt/images
		cp snp-guest/debian/boot/vmlinuz snp-guest/debian/boot/initrd.img $images
		virsh -q create tools/testing/selftest/libvirt-guest.xml
		while virsh -q domstate snp >/dev/null 2>&1; do sleep 1; done
		tr -d "\r" <$images/snp.console | grep -qx "report.verified: yes"'
}

reach_packages
text=$(documented "$section" | sed "1d; s#/mnt/checkout/build/deb/#$there/#")
mapfile -t commands < <(lines "$text")
same "${#commands[@]}" 2
t "${commands[0]}" here "${commands[0]}"
t "${commands[1]}: their kernel, and it is ready" their_kernel_is_ready "${commands[1]}"
host_up
t "a guest is copied" copy_guest
t "Debian's QEMU installs" on_host "apt-get -q update && $apt_get install qemu-system-x86"
t "an SNP guest by Debian's QEMU" launch qemu-system-x86_64 --cpus 1
t "an SNP guest by ours, in direct mode" launch snp-qemu-system-x86_64 --cpus 1 --direct
t "libvirt installs" on_host "$apt_get install libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients dbus"
# dbus, which comes with it, was not there to have its sockets opened.
host_down
host_up
t "an SNP guest by libvirt" libvirt_launch
t "the kernel is removed" on_host "$apt_get remove 'linux-image-*+snp'"
host_down
host_up
t "what was there before starts, with SNP" on_host '! uname -r | grep -q "+snp" && grep -qx Y /sys/module/kvm_amd/parameters/sev_snp'
host_down
finish
