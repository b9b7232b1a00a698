/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of /dev/sev and what is expected of them. */
#ifndef DEV_H
#define DEV_H

#include <linux/psp-sev.h>

#include "verdicts.h"

#define CERT_LEN	0x824
#define BAD_POINTER	((void *)8)

/* What the firmware says, if it was asked at all */
#define NO_CALL		SEV_RET_NO_FW_CALL

extern int sev_rw, sev_ro;

/* 0 or an errno; @error gets what the firmware said. */
int issue(int fd, uint32_t cmd, void *data, uint32_t *error);

/* The call ends with this errno and this status of the firmware. */
void expect(int fd, uint32_t cmd, void *data, int err, uint32_t error, const char *what);

/* certs.c */
bool export_certs(unsigned char pdh[CERT_LEN], unsigned char chain[3 * CERT_LEN]);
void test_certs(void);
void test_import(void);

/* snp.c */
bool snp_is_up(void);
void test_snp(void);

/* reset.c */
void test_working(void);
void test_reset(void);

#endif
