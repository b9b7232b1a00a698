# SPDX-License-Identifier: GPL-2.0-only
"""A sweep's claims hold of a result that is right, and each fails of one that is not."""
import copy

import claims
import table

COUNTS = [1, 2, 4, 8]
DIGEST = {"direct": "d" * 96, **{count: f"{count}" * 96 for count in COUNTS}}
REFUSAL = "SNP_LAUNCH_FINISH ret=-5 fw_error=11 'Bad measurement'"


def launch(vcpus: int, vmsas: int, block: str, reported: str | None) -> dict:
    return {"id_block": block, "verdict": "accepted", "error": None, "kvm_vcpus": vcpus,
            "reported": reported, "genuine": reported is not None,
            "online": claims.cpu_list(vcpus) if reported else None,
            "loaded": vcpus if reported else 0, "left": [], "vmsas": vmsas,
            "commands": 1075 + vmsas}


def direct_row(vcpus: int) -> dict:
    digest = DIGEST["direct"]
    return {"mode": "direct", "vcpus": vcpus, "predicted": digest, "reported": digest,
            "launches": [launch(vcpus, 1, "once", digest)]}


def kvm_row(vcpus: int) -> dict:
    digest = DIGEST[vcpus]
    reported = digest if vcpus == 1 else None
    refused = {**launch(vcpus, vcpus, "once", None), "verdict": "refused", "error": REFUSAL,
               "kvm_vcpus": None}
    return {"mode": "kvm", "vcpus": vcpus, "predicted": digest, "reported": reported,
            "launches": [refused, launch(vcpus, vcpus, "own", reported)]}


def good() -> dict:
    return {"counts": COUNTS, "counters": True, "id_block": {"digest": DIGEST["direct"]},
            "rows": [direct_row(n) for n in COUNTS] + [kvm_row(n) for n in COUNTS]}


def put(row: int, key: str, value: object, number: int | None = None):
    """Change a row, or the launch of this number in it."""
    def change(result: dict) -> None:
        target = result["rows"][row]
        (target if number is None else target["launches"][number])[key] = value
    return change


# what is wrong, the claim that has to fail, the change
WRONG = (
    ("a launch is missing", "every launch", lambda result: result["rows"].pop()),
    ("a guest reports another digest", "one launch digest", put(3, "reported", "e" * 96)),
    ("a guest reports nothing", "one launch digest", put(2, "reported", None)),
    ("a count has another prediction", "one launch digest", put(1, "predicted", "e" * 96)),
    ("the ID block is for something else", "one launch digest",
     lambda result: result["id_block"].update(digest="e" * 96)),
    ("the ID block is refused", "one ID block", put(1, "verdict", "refused", 0)),
    ("a launch fails", "one ID block", put(0, "verdict", "failed", 0)),
    ("a CPU is offline", "brings up all its CPUs", put(3, "online", "0-6 of 0-7", 0)),
    ("a CPU does no work", "brings up all its CPUs", put(3, "loaded", 7, 0)),
    ("two counts of KVM mode share a digest", "another digest for each count",
     put(6, "predicted", DIGEST[2])),
    ("the firmware measures something else", "another digest for each count",
     put(7, "verdict", "refused", 1)),
    ("the guest of KVM mode reports something else", "another digest for each count",
     put(4, "reported", "e" * 96)),
    ("KVM mode accepts the ID block", "refuses that ID block", put(5, "verdict", "accepted", 0)),
    ("KVM mode fails otherwise", "refuses that ID block", put(5, "verdict", "failed", 0)),
    ("KVM mode has direct mode's digest", "refuses that ID block",
     put(4, "predicted", DIGEST["direct"])),
    ("a vCPU does not exist", "exist in KVM", put(3, "kvm_vcpus", 1, 0)),
    ("direct mode measures two VMSAs", "one VMSA is measured", put(1, "vmsas", 2, 0)),
    ("KVM mode measures one", "one VMSA is measured", put(5, "vmsas", 1, 1)),
    ("a launch takes a command more", "one VMSA is measured", put(6, "commands", 1080, 1)),
    ("a page is left", "left behind", put(6, "left", ["census: 1 page left"], 0)),
    ("a report is forged", "each report is genuine", put(0, "genuine", False, 0)),
)


def without_counters(result: dict) -> dict:
    """As a real host has it."""
    result["counters"] = False
    for row in result["rows"]:
        for one in row["launches"]:
            one.update(vmsas=None, commands=None, left=None, genuine=False)
    return result


def proven(tap, result: dict, what: str) -> None:
    judged = claims.judge(result)
    tap.equal([claim.text for claim in judged if not claim.holds], [], f"{what}: all claims hold")
    tap.check(claims.sentence(result, judged).startswith("Proven: "), f"{what}: it says so", "")


def run(tap) -> None:
    proven(tap, good(), "a good result")
    proven(tap, without_counters(good()), "a good result of a real host")
    for what, claim, change in WRONG:
        result = copy.deepcopy(good())
        change(result)
        judged = claims.judge(result)
        failed = [one.text for one in judged if not one.holds]
        tap.check(any(claim in text for text in failed), f"{what}: noticed", f"failed: {failed}")
        tap.check(claims.sentence(result, judged).startswith("NOT PROVEN: "), f"{what}: said", "")
    lines = [table.line(table.cells(row)) for row in good()["rows"]] + table.NOTE.splitlines()
    tap.equal([line for line in lines if len(line) > 79], [], "the table is no wider than a screen")
