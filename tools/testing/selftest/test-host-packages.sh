#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The project's Debian packages on the host of `make host`: installed, used and removed as
# Documentation/virtual-host.rst says.  Guests are started by Debian's QEMU, by ours and by
# libvirt.  Prints TAP.
#
# usage: test-host-packages.sh [FOLDER]
#
# With a FOLDER, the packages are those that are in it, as another machine has made them;
# else they are made.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/host-lib.sh
. "$TOP/tools/testing/selftest/host-lib.sh"

if [ $# -gt 0 ]; then
	packages=$(realpath "$1")
else
	"$TOP"/tools/deb/build.sh >&2
	"$TOP"/tools/deb/kernel.sh >&2
	packages=$O/deb
fi
compgen -G "$packages/linux-image-*+snp_*.deb" >/dev/null || die "$packages has no kernel"
"$TOP"/tools/build-snp-guest.sh >&2
built=$O
own_host host-packages

copy()
{
	local debs
	debs=$(cd "$packages" && echo *.deb)
	# shellcheck disable=SC2086 # several names, none with a blank
	tar -c --transform 's|^[^/]*\.deb$|deb/&|' -C "$packages" $debs \
		-C "$built" snp-guest/debian/boot snp-guest/debian/usr/share/ovmf \
		-C "$TOP" tools/guest tools/testing/selftest/libvirt-guest.xml |
		RUN="tar -x" "$TOP"/tools/host.sh
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

host_up
t "packages and guest are copied" copy
t "the packages install" on_host "apt-get -q update && $apt_get install ./deb/*.deb qemu-system-x86 ovmf"
host_down
host_up
t "the next start is of their kernel" on_host 'uname -r | grep -qx ".*+snp"'
t "snp-ready is green" on_host 'modprobe msr && snp-ready --qemu /usr/bin/snp-qemu-system-x86_64'
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
