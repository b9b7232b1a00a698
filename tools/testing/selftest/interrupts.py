# SPDX-License-Identifier: GPL-2.0-only
"""check.py interrupted, killed and called with arguments that make no sense."""
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from harness import kept
from harness.config import REPO
from tap_out import Tap

SLEEPER = """\
sleeper boot append=fake=silent
asleep run cmd=true
host-asleep run host cmd="sh {script}"
"""
# A process of the script's session, and one that has left it.
SCRIPT = """\
setsid -f sleep {seconds}
sleep {seconds}
exit 1
"""
BAD_LISTS = {
    "a known-fail host fails=b cmd=true": "bad.list:1: a needs a reason",
    "a known-fail host cmd=true # b": "bad.list:1: known-fail and fails= belong together",
    "a run host fails=b cmd=true": "bad.list:1: known-fail and fails= belong together",
    "a known-fail host fails=( cmd=true # b": 'bad.list:1: fails="("',
    "a maybe host cmd=true": "bad.list:1: verdict 'maybe'",
    "a run host": "bad.list:1: host needs cmd=",
    "a run host cmd=true timeout=soon": "bad.list:1: timeout=soon is not a number",
    "a run host cmd=true colour=red": "bad.list:1: unknown option colour",
    "a run boot=none": "bad.list:1: no boot line declares none",
    "a run": "bad.list:1: a has no boot line above it",
    'a run host cmd="true': "bad.list:1: unbalanced quotes",
    'a run host cmd="b\tc"': "no way to pass a tab",
    'm boot expect="WARNING"': 'bad.list:1: expect="WARNING" is not "COUNTx REGEX"',
    "../a run host cmd=true": "bad.list:1: bad name",
    "a run host cmd=true expect-skip": "bad.list:1: expect-skip needs a value",
    'a run host cmd=true expect-skip="no c"': 'bad.list:1: expect-skip="no c" is not',
    "a run host cmd=true leaks=Reclaim": 'bad.list:1: leaks="Reclaim" is not "COUNTx STATE"',
    "a run host cmd=true fault=SNP_INIT,0,ACTIVE": 'bad.list:1: fault="SNP_INIT,0,ACTIVE" is not',
    "a run host cmd=true fault=SNP_INIT,1,ACTIVE":
        "bad.list:1: fault=, leaks=, moves= and counts= need machine=snp",
    'a run host cmd=true counts="0x vmrun"': 'bad.list:1: counts="0x vmrun" is not',
}


def _running(*words: str) -> list[str]:
    """Processes with all of the words on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if all(word in line for word in words) and "check.py" not in line:
            found.append(line)
    return found


def _wait(condition, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _stop(tap: Tap, check: Path, boot: Path, work: Path, number: signal.Signals) -> None:
    work = work / number.name
    work.mkdir()
    seconds = f"1000.{os.getpid()}{number.value}"       # no other process sleeps for so long
    (work / "script").write_text(SCRIPT.format(seconds=seconds))
    (work / "sleeper.list").write_text(SLEEPER.format(script=work / "script"))
    (work / "manifest").write_text("asleep 0\nhost-asleep 0\n")
    machine, script = (boot.name, str(work)), ("sleep", seconds)
    with subprocess.Popen([str(check), "--lists", str(work), "--built", "/dev/null",
                           "--results", str(work / "results"), "--boot", str(boot)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        tap.check(_wait(lambda: bool(_running(*machine))), f"{number.name}: a machine runs", "")
        tap.check(_wait(lambda: len(_running(*script)) == 2), f"{number.name}: a script runs", "")
        os.kill(run.pid, number)
        output = run.communicate()[0].decode()
    for name, words in ("machine", machine), ("process of the script", script):
        tap.check(_wait(lambda: not _running(*words)), f"{number.name}: no {name} is left",
                  "\n".join(_running(*words)))
    if number != signal.SIGKILL:
        tap.equal(run.returncode, 130, f"{number.name}: exit status")
        tap.equal(output.splitlines()[-1:], ["0 passed, 2 failed, 0 skipped"],
                  f"{number.name}: last line")
        tap.check("asleep: interrupted" in output, f"{number.name}: is named", output)


def _goes_on(tap: Tap, check: Path, work: Path) -> None:
    """A run of everything that is interrupted does not repeat what it has seen."""
    work = work / "goes-on"
    work.mkdir()
    runs, released = work / "runs", work / "released"
    (work / "two.list").write_text(
        f"first run host time=9 cmd=\"sh -c 'echo >>{runs}'\"\n"
        f"second run host cmd=\"sh -c 'echo >>{runs}; test -e {released} || sleep 1000'\"\n")
    (work / "manifest").write_text("first 0\nsecond 0\n")
    command = [str(check), "--tier", "full", "--jobs", "1", "--lists", str(work),
               "--built", "/dev/null", "--results", str(work / "results")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        tap.check(_wait(lambda: runs.exists() and len(runs.read_text()) == 2),
                  "everything: the second test runs", "")
        run.send_signal(signal.SIGINT)
    released.touch()
    again = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    output = again.stdout.decode()
    known = 1 if kept.state_of(REPO) else 0     # nobody can know outside of a git checkout
    tap.equal(len(runs.read_text()), 4 - known, "everything: what has a result is not repeated")
    tap.check(f"goes on: {known} of 2" in output or not known, "everything: says so", output)
    tap.equal(output.splitlines()[-1:], ["2 passed, 0 failed, 0 skipped"],
              "everything: counts all of it")
    tap.check(re.search(r"^host +2 +0 ", output, re.MULTILINE) is not None,
              "everything: a line for each group", output)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    tap.equal(len(runs.read_text()), 6 - known, "everything: a complete run is not continued")


def _refused(tap: Tap, check: Path, work: Path, arguments: list[str], message: str) -> None:
    run = subprocess.run([str(check), "--results", str(work / "none"), *arguments],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = run.stdout.decode()
    tap.check(run.returncode == 2 and message in output and not re.search("passed", output)
              and not (work / "none").exists(), f"refused: {message}", output)


def run(tap: Tap, check: Path, boot: Path, work: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        _stop(tap, check, boot, work, number)
    _goes_on(tap, check, work)
    lists = work / "bad"
    lists.mkdir()
    (lists / "manifest").write_text("a 0\n")
    for text, message in BAD_LISTS.items():
        (lists / "bad.list").write_text(text + "\n")
        _refused(tap, check, work, ["--lists", str(lists), "--built", "/dev/null"], message)
    (lists / "bad.list").write_text("m boot\na run\n")
    _refused(tap, check, work, ["--lists", str(lists), "--built", str(work / "nothing")],
             "build the selftests first")
    _refused(tap, check, work, ["--lists", str(lists), "--built", "/dev/null",
                                "--tests", "a,b*"], "no test is called b*")
