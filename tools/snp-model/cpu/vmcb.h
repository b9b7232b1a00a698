/*
 * SNP host model: VMCB fields that QEMU's svm.h lacks
 *
 * AMD APM volume 2, appendix B.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_VMCB_H
#define SNP_MODEL_VMCB_H

/* VMCB fields, offsets in the page. */
#define VMCB_INTERCEPT_A0       0x014   /* of exit codes A0h to BFh */
#define VMCB_INT_STATE          0x068
#define VMCB_EXITCODE           0x070
#define VMCB_EXITINFO1          0x078
#define VMCB_EXITINFO2          0x080
#define VMCB_EXITINTINFO        0x088
#define VMCB_EXITINTINFO_ERR    0x08c
#define VMCB_NESTED_CTL         0x090
#define VMCB_GHCB               0x0a0
#define VMCB_EVENTINJ           0x0a8
#define VMCB_EVENTINJ_ERR       0x0ac
#define VMCB_LBR_CTL            0x0b8
#define VMCB_NRIP               0x0c8
#define VMCB_INSN_LEN           0x0d0
#define VMCB_INSN_BYTES         0x0d1
#define VMCB_VMSA               0x108
#define VMCB_GUEST_SEV_FEATURES 0x140
#define VMCB_SAVE               0x400

#define NESTED_CTL_SEV          (1 << 1)
#define NESTED_CTL_SEV_ES       (1 << 2)
#define NESTED_CTL_INVLPGB      (1 << 7)    /* and TLBSYNC are no #UD */

#define LBR_CTL_LBRV            (1 << 0)

#define SNP_EXIT_INVLPGB            0x0a0
#define SNP_EXIT_INVLPGB_ILLEGAL    0x0a1
#define SNP_EXIT_TLBSYNC            0x0a4

#endif
