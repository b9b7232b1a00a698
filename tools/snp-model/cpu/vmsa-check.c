/*
 * SNP host model: register files that VMRUN of a SEV-ES guest refuses
 *
 * AMD APM volume 2, sections 15.5.1, 15.25.4 and 15.35.8: illegal state is
 * VMEXIT_INVALID, and so is what would fault while it is loaded.  QEMU's
 * helper_vmrun() looks at the control and debug registers and EFER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmsa.h"
#include "exec/cpu-common.h"

#define RFLAGS_FIXED_1  (1 << 1)
#define ATTRIB_DPL(a)   ((a) >> 5 & 3)
#define PAT_TYPES       8

/* What XSETBV would take. */
static bool xcr0_is_valid(CPUX86State *env, uint64_t xcr0)
{
    uint64_t known = (uint64_t)env->features[FEAT_XSAVE_XCR0_HI] << 32 |
                     env->features[FEAT_XSAVE_XCR0_LO];

    /* A CPU without XSAVE has x87 and SSE all the same. */
    known |= XSTATE_FP_MASK | XSTATE_SSE_MASK;
    return (xcr0 & XSTATE_FP_MASK) && !(xcr0 & ~known) &&
           (!(xcr0 & XSTATE_YMM_MASK) || (xcr0 & XSTATE_SSE_MASK));
}

/* Each byte is UC, WC, WT, WP, WB or UC-: 0, 1, 4, 5, 6 or 7. */
static bool pat_is_valid(uint64_t pat)
{
    for (int i = 0; i < PAT_TYPES; i++) {
        uint8_t type = pat >> (8 * i);

        if (type > 7 || type == 2 || type == 3) {
            return false;
        }
    }
    return true;
}

/* Real and virtual 8086 mode have the CPL that they have.  U26. */
static bool cpl_is_valid(const SnpVmsa *v)
{
    bool forced = !(le64_to_cpu(v->cr0) & CR0_PE_MASK) ||
                  (le64_to_cpu(v->rflags) & VM_MASK);

    return forced || v->cpl == ATTRIB_DPL(le16_to_cpu(v->ss.attrib));
}

const char *snp_vmsa_illegal(CPUX86State *env, hwaddr spa)
{
    SnpVmsa v;

    cpu_physical_memory_read(spa, &v, sizeof(v));
    if (!xcr0_is_valid(env, le64_to_cpu(v.xcr0))) {
        return "XCR0 that XSETBV would not take";
    }
    if (!pat_is_valid(le64_to_cpu(v.g_pat))) {
        return "memory type in G_PAT that does not exist";
    }
    if (!(le64_to_cpu(v.rflags) & RFLAGS_FIXED_1)) {
        return "RFLAGS with bit 1 clear";                       /* U26 */
    }
    if (!cpl_is_valid(&v)) {
        return "CPL that is not SS.DPL";
    }
    return NULL;
}
