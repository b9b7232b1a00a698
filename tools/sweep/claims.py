# SPDX-License-Identifier: GPL-2.0-only
"""What a sweep has shown, computed from its result and nothing else."""
from dataclasses import dataclass


@dataclass
class Claim:
    text: str           # what was to be shown
    failures: list[str]

    @property
    def holds(self) -> bool:
        return not self.failures


def numbers(counts: list[int]) -> str:
    texts = list(map(str, counts))
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def cpu_list(vcpus: int) -> str:
    last = str(vcpus - 1) if vcpus == 1 else f"0-{vcpus - 1}"
    return f"{last} of {last}"


def name(row: dict) -> str:
    return f"{row['mode']}, {row['vcpus']} vCPUs"


def each(rows: list[dict], text: str, wrong) -> Claim:
    """wrong(row): what contradicts the claim, or nothing."""
    return Claim(text, [f"{name(row)}: {why}" for row in rows if (why := wrong(row))])


def complete(result: dict) -> Claim:
    wanted = [(mode, n) for mode in ("direct", "kvm") for n in result["counts"]]
    seen = [(row["mode"], row["vcpus"]) for row in result["rows"]]
    return Claim("every launch took place", [] if seen == wanted and wanted else
                 [f"launched: {seen}, wanted: {wanted}"])


def one_digest(direct: list[dict], digest: str) -> Claim:
    def wrong(row: dict) -> str:
        if row["predicted"] != digest:
            return "another digest is predicted"
        return "" if row["reported"] == digest else f"the guest reports {row['reported']}"
    return each(direct, "one launch digest, predicted before, is what each guest reports", wrong)


def accepted_once(direct: list[dict]) -> Claim:
    return each(direct, "one ID block, signed once, is accepted for all",
                lambda row: "" if row["launches"][0]["verdict"] == "accepted" else
                f"{row['launches'][0]['error'] or row['launches'][0]['verdict']}")


def all_cpus(booted: list[dict]) -> Claim:
    def wrong(row: dict) -> str:
        last = row["launches"][-1]
        if last["online"] != cpu_list(row["vcpus"]):
            return f"online: {last['online']}"
        return "" if last["loaded"] == row["vcpus"] else f"{last['loaded']} CPUs did work"
    return each(booted, "each guest brings up all its CPUs and puts a load on each", wrong)


def genuine(booted: list[dict]) -> Claim:
    return each(booted, "each report is genuine",
                lambda row: "" if row["launches"][-1]["genuine"] else "its report is not")


def kvm_digests(kvm: list[dict]) -> Claim:
    """The firmware took an ID block with it, or the guest reports it, or both."""
    def wrong(row: dict) -> str:
        if [other["predicted"] for other in kvm].count(row["predicted"]) != 1:
            return "its digest is another launch's, too"
        if row["launches"][-1]["verdict"] != "accepted":
            return f"the predicted digest is not the firmware's: {row['launches'][-1]['error']}"
        return "" if row["reported"] in (None, row["predicted"]) else \
            f"the guest reports {row['reported']}"
    return each(kvm, "KVM mode has another digest for each count, each as predicted", wrong)


def refused(kvm: list[dict], digest: str) -> Claim:
    def wrong(row: dict) -> str:
        if row["predicted"] == digest:
            return "it has the digest of direct mode"
        first = row["launches"][0]
        return "" if first["verdict"] == "refused" else f"it is {first['verdict']}: {first['error']}"
    return each(kvm, "and refuses that ID block each time", wrong)


def vcpus_exist(rows: list[dict]) -> Claim:
    def wrong(row: dict) -> str:
        found = row["launches"][-1]["kvm_vcpus"]
        return "" if found == row["vcpus"] else f"KVM has {found}"
    return each(rows, "all vCPUs exist in KVM when the launch is finished", wrong)


def measured(rows: list[dict]) -> Claim:
    """As many VMSAs as each mode says; nothing else differs between two launches."""
    others = {one["commands"] - one["vmsas"] for row in rows for one in row["launches"]}

    def wrong(row: dict) -> str:
        wanted = 1 if row["mode"] == "direct" else row["vcpus"]
        found = [one["vmsas"] for one in row["launches"]]
        if any(vmsas != wanted for vmsas in found):
            return f"VMSAs measured: {found}"
        return "" if len(others) == 1 else f"commands but for those of VMSAs: {sorted(others)}"
    return each(rows, "one VMSA is measured in direct mode, one for each vCPU in KVM mode", wrong)


def nothing_left(rows: list[dict]) -> Claim:
    return each(rows, "no page, guest or ASID is left behind",
                lambda row: "; ".join(text for one in row["launches"] for text in one["left"]))


def judge(result: dict) -> list[Claim]:
    rows, digest = result["rows"], (result["id_block"] or {}).get("digest")
    direct = [row for row in rows if row["mode"] == "direct"]
    kvm = [row for row in rows if row["mode"] == "kvm"]
    booted = [row for row in rows if row["mode"] == "direct" or row["reported"]]
    claims = [complete(result), one_digest(direct, digest), accepted_once(direct),
              all_cpus(booted), kvm_digests(kvm), refused(kvm, digest), vcpus_exist(rows)]
    if result["counters"]:
        claims += [measured(rows), nothing_left(rows), genuine(booted)]
    return claims


def sentence(result: dict, claims: list[Claim]) -> str:
    if broken := [claim for claim in claims if not claim.holds]:
        return "NOT PROVEN: " + "; ".join(
            f"that {claim.text} ({', '.join(claim.failures)})" for claim in broken)
    counts, kvm = numbers(result["counts"]), len(result["counts"])
    return (f"Proven: with a VMSA from QEMU, {counts} vCPUs have one launch digest, known beforehand; "
            f"one ID block, signed once, is accepted for all of them. With the VMSAs that KVM builds "
            f"there {'is 1 digest' if kvm == 1 else f'are {kvm} digests'}, and that ID block is "
            f"refused each time.")
