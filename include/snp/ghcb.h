/* SPDX-License-Identifier: GPL-2.0-only */
/* What guests ask by the GHCB's MSR (GHCB specification 2.3) */
#ifndef SNP_GHCB_H
#define SNP_GHCB_H

#define GHCB_MSR_FEATURES_REQ	0x080
#define GHCB_MSR_TERMINATE_REQ	0x100

#define GHCB_PSC_PRIVATE	1ull	/* the operation of a page state change, at bit 52 */

/* Hypervisor features */
#define GHCB_FEATURE_APIC_IDS	(1ull << 4)

#endif
