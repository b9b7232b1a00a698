/*
 * SNP host model: what the CPU may ask the PSP firmware
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_FW_H
#define SNP_MODEL_FW_H

/* ASID space, the same in CPUID 8000001F and in the firmware. */
#define SNP_ASID_MAX        509     /* highest ASID of an encrypted guest */
#define SNP_ASID_MIN_SEV    100     /* lowest ASID of a plain SEV guest */

typedef enum SnpAsidUse {
    SNP_ASID_FREE,          /* no guest is active on it */
    SNP_ASID_LAUNCHING,     /* active, its launch is not finished */
    SNP_ASID_RUNNING,
} SnpAsidUse;

typedef enum SnpGuestKind {
    SNP_GUEST_SEV,
    SNP_GUEST_SEV_ES,
    SNP_GUEST_SNP,
} SnpGuestKind;

/*
 * What runs on @asid; @kind and @key (the guest's memory key, 32 bytes) may
 * be NULL.  For a free ASID they are those of the last guest, because pages
 * outlive DECOMMISSION and an ASID that still has pages cannot be activated
 * again; zeros before the first one.  Any thread, takes no other lock: the
 * caller may hold the RMP lock.
 *
 * Memory contents: a page whose entry has asid != 0 and immutable == 0 (or is
 * validated) holds what the guest sees, every other page what the hypervisor
 * sees.  Whoever moves a page between the two kinds scrambles it
 * (snp_page_scramble() with the guest's key), except that LAUNCH_UPDATE does
 * not: it encrypts.  Whoever reads a page of the first kind without its key
 * reads it at SNP_CIPHERTEXT (rmp.h).
 */
SnpAsidUse snp_fw_asid(uint32_t asid, SnpGuestKind *kind, uint8_t *key);

/* Who reads this guest's pages without its key sees FFh, no ciphertext. */
bool snp_fw_asid_hidden(uint32_t asid);

/* The CPU with this index executed WBINVD (not WBNOINVD).  Any thread. */
void snp_fw_note_wbinvd(int cpu_index);

#endif
