# SPDX-License-Identifier: GPL-2.0-only
"""A sweep on the model, whose result is added up again from the firmware's counters."""
import json
import os
import subprocess
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
PAGE = 4096
ONE_EACH = ("SNP_GCTX_CREATE", "SNP_LAUNCH_START", "SNP_ACTIVATE")


def image_pages(build: Path) -> int:
    return (build / "snp-guest/debian/usr/share/ovmf/OVMF.amdsev.fd").stat().st_size // PAGE


def predicted(build: Path, row: dict) -> str:
    """The same on this machine, away from the host that launches."""
    mode = ["--direct"] if row["mode"] == "direct" else []
    command = [REPO / "tools/on-host.sh", "snp-guest", *mode, "--cpus", str(row["vcpus"]),
               "--append", "snp.cpus=all", "--predict"]
    return subprocess.run(command, env={**os.environ, "O": str(build)}, check=True,
                          capture_output=True, text=True).stdout.strip()


def one_launch(tap, what: str, launch: dict, vmsas: int, image: int) -> None:
    commands, pages = launch["by_command"], launch["pages"]
    finish = "BAD_MEASUREMENT" if launch["verdict"] == "refused" else "SUCCESS"
    tap.equal(commands["SNP_LAUNCH_FINISH"], {finish: 1}, f"{what}: how the launch is finished")
    tap.equal([commands[name] for name in ONE_EACH], [{"SUCCESS": 1}] * len(ONE_EACH),
              f"{what}: it is one launch")
    tap.equal(commands["SNP_LAUNCH_UPDATE"], {"SUCCESS": sum(pages.values())},
              f"{what}: one update for each page")
    tap.equal((pages["VMSA"], pages["CPUID"], pages["SECRETS"], pages["NORMAL"]),
              (vmsas, 1, 1, image + 1),
              f"{what}: VMSAs, CPUID and secrets page, the image and a page of hashes")
    tap.equal((launch["vmsas"], launch["commands"]), (vmsas, sum(pages.values()) + 4),
              f"{what}: what the table has")
    tap.equal(commands.get("SNP_GUEST_REQUEST", {}), {"SUCCESS": 1} if launch["reported"] else {},
              f"{what}: a report, if the guest was booted")


def sums(tap, build: Path, result: dict) -> None:
    digests = {row["predicted"] for row in result["rows"]}
    tap.equal(len(digests), len(result["counts"]) + 1, "one digest of direct mode, one a count of KVM's")
    for row in result["rows"]:
        what = f"{row['mode']}, {row['vcpus']} vCPUs"
        vmsas = row["vcpus"] if row["mode"] == "kvm" else 1
        for launch in row["launches"]:
            one_launch(tap, f"{what}, ID block {launch['id_block']}", launch, vmsas,
                       image_pages(build))
        tap.equal(row["predicted"], predicted(build, row), f"{what}: predicted here as well")
    tap.equal([len(row["launches"]) for row in result["rows"]],
              [1] * len(result["counts"]) + [2] * len(result["counts"]), "launches of each row")
    tap.check(all(one["holds"] for one in result["claims"]) and len(result["claims"]) == 10,
              "ten claims hold", json.dumps(result["claims"], indent=1))


def run(tap, build: Path, counts: str) -> None:
    with tempfile.TemporaryDirectory(dir=build) as name:
        path = Path(name) / "run.json"
        done = subprocess.run([REPO / "tools/sweep/sweep.py", "--on", "model", "--counts", counts,
                               "--build", build, "--json", path], capture_output=True, text=True)
        print("".join(f"# {line}\n" for line in done.stdout.splitlines()), end="", flush=True)
        tap.check(done.returncode == 0, "the sweep proves all it claims", done.stdout + done.stderr)
        if path.exists():
            sums(tap, build, json.loads(path.read_text()))
