# SPDX-License-Identifier: GPL-2.0-only
"""A real host: is it noticed, and does a sweep go through on it?  Both are made up."""
import os
import subprocess
import tempfile
from pathlib import Path

import claims
import realhost
from host import HostError, RealHost
from launches import Sweep

REPO = Path(__file__).resolve().parents[3]
SERVE = REPO / "tools/guest/snp-serve"

# What QEMU, OVMF, a guest and snp-measure would do, for snp-serve.
SNP_GUEST = r"""#!/bin/sh
mode=kvm id= start=
while [ $# -gt 0 ]; do
	case $1 in
	--direct) mode=direct ;;
	--cpus) cpus=$2 && shift ;;
	--snp) id=$2 && shift ;;
	--predict) predict=1 ;;
	--start) start=$2 && shift ;;
	--starts) echo $PRETENDED_STARTS; exit ;;
	esac
	shift
done
[ $mode = direct ] && digest=d || digest=$cpus
digest=$(printf "%096d" 0 | tr 0 $digest)
[ -z "${predict-}" ] || { echo $digest; exit; }
case $id in
*$digest*) ;;
*) echo "qemu: SNP_LAUNCH_FINISH ret=-5 fw_error=11 'Bad measurement'" && exit 1 ;;
esac
for vcpu in $(seq $cpus); do	# open files that look like KVM's
	eval "exec $((vcpu + 2))>'$TMPDIR/anon_inode:kvm-vcpu:$vcpu'"
done
read -r line <$TMPDIR/guest.monitor.in
echo "state: running" >$TMPDIR/guest.monitor.out
until [ -e $TMPDIR/go ]; do	# else it may have ended before anybody looks
	sleep 0.05
done
rm $TMPDIR/go
echo "guest.waiting: $cpus CPUs"
last=$((cpus - 1)) plugged=1
[ $last = 0 ] || last=0-$last
while [ $mode$start = directplug ] && [ $plugged -lt $cpus ]; do
	read -r line <$TMPDIR/guest.monitor.in
	case $line in
	device_add*) plugged=$((plugged + 1)) ;;
	esac
done
echo "guest.loaded: $cpus"
echo "guest.cpus: $last of $last"
echo "report.measurement: $digest"
"""
MAKE_ID_BLOCK = """#!/bin/sh
mkdir -p $2
echo $1 >$2/id-block
echo $1 >$2/id-auth
echo key >$2/id-key-digest
"""


class Pretended(RealHost):
    command = ("sh", str(SERVE))


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def sweep(tap, directory: Path, starts: str) -> None:
    script(directory / "snp-guest", SNP_GUEST)
    script(directory / "make-id-block", MAKE_ID_BLOCK)
    os.environ.update(PATH=f"{directory}:{os.environ['PATH']}", TMPDIR=str(directory),
                      SNP_LIBRARY=str(SERVE.parent), PRETENDED_STARTS=starts)
    host = Pretended(directory, directory / "log")
    try:
        host.wait_ready(10)
        host.progress = lambda text: (directory / "go").touch() if "start" in text else None
        swept = Sweep(host, [1, 3], boot_all=True)
        swept.sign_once()
        swept.result["rows"] = [swept.row(mode, vcpus) for mode, vcpus in swept.rows()]
        judged = claims.judge(swept.result)
        tap.equal([claim.failures for claim in judged if not claim.holds], [],
                  f"a sweep on a pretended host goes through, CPUs start by {starts}")
        tap.equal(dict(host.ask("host"))["starts"], starts, "the host says so")
        tap.equal([row["launches"][-1]["kvm_vcpus"] for row in swept.result["rows"]],
                  [1, 3, 1, 3], "its vCPUs are counted")
        tap.equal([row["reported"] == row["predicted"] for row in swept.result["rows"]], [True] * 4,
                  "each of its guests reports what was predicted")
        tap.equal(host.ask("dance"), [("error", "no request is called 'dance'")],
                  "a request that does not exist is refused")
    finally:
        host.close()
    try:
        host.ask("host")
        tap.check(False, "a host that has ended is noticed", "")
    except (HostError, ValueError):
        tap.check(True, "a host that has ended is noticed", "")


def answer(result: bool | OSError):
    def check(_: Path) -> bool:
        if isinstance(result, OSError):
            raise result
        return result
    return check


def detection(tap, root: Path) -> None:
    """One obstacle after the other is taken out of the way."""
    def seen(what: str, wanted: str | None, check=answer(True)) -> None:
        found = realhost.obstacle(root, check)
        good = found == wanted if not wanted else wanted in (found or "")
        tap.check(good, f"real host: {what}", f"is: {found!r}, want: {wanted!r}")

    seen("no kvm_amd", "")
    parameter = root / realhost.SEV_SNP
    parameter.parent.mkdir(parents=True)
    parameter.write_text("N\n")
    seen("sev_snp=N", "")
    parameter.write_text("Y\n")
    seen("no devices", "/dev/kvm cannot be opened")
    (root / "dev").mkdir()
    (root / "dev/kvm").touch()
    seen("no /dev/sev", "/dev/sev cannot be opened")
    (root / "dev/sev").touch()
    seen("no capability", "lacks KVM_CAP_SNP_DIRECT_VMSA", answer(False))
    seen("a device that does not answer", "does not answer: No such device",
         answer(OSError(19, "No such device")))
    seen("a file for a device", "does not answer", realhost.has_direct_vmsa)
    seen("all is there", None)
    done = subprocess.run([REPO / "tools/lib/realhost.py", "--root", root], capture_output=True,
                          text=True)
    tap.check(done.returncode == 1 and done.stderr.count("\n") == 1,
              "real host: the program says why not in one line", done.stderr)


def run(tap) -> None:
    with tempfile.TemporaryDirectory() as name:
        detection(tap, Path(name))
    for starts in ("plug", "list"):
        with tempfile.TemporaryDirectory() as name:
            sweep(tap, Path(name), starts)
