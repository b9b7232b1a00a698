// SPDX-License-Identifier: GPL-2.0-only
/* The commands of /dev/sev for SNP. */
#include <errno.h>
#include <string.h>

#include "dev.h"

static struct sev_user_data_snp_status status(void)
{
	struct sev_user_data_snp_status s = { };
	uint32_t error;

	issue(sev_ro, SNP_PLATFORM_STATUS, &s, &error);
	return s;
}

bool snp_is_up(void)
{
	return status().state == 1;
}

static void test_config(void)
{
	uint64_t tcb = status().current_tcb_version;
	struct sev_user_data_snp_config c = { .reported_tcb = tcb + 1, };

	expect(sev_rw, SNP_SET_CONFIG, &c, EIO, SEV_RET_INVALID_PARAM,
	       "a TCB version above the firmware's");
	c.reported_tcb = tcb - 1;
	c.mask_chip_id = 1;
	expect(sev_rw, SNP_SET_CONFIG, &c, 0, 0, "SNP_SET_CONFIG");
	ok(status().reported_tcb_version == tcb - 1 && status().mask_chip_id, "it is so");
	memset(&c, 0, sizeof(c));
	expect(sev_rw, SNP_SET_CONFIG, &c, 0, 0, "SNP_SET_CONFIG of nothing");
	ok(status().reported_tcb_version == tcb && !status().mask_chip_id, "all is as it was");
}

static void test_vlek(void)
{
	struct sev_user_data_snp_wrapped_vlek_hashstick blob = { };
	struct sev_user_data_snp_vlek_load v = {
		.vlek_wrapped_address = (uintptr_t)&blob,
	};

	expect(sev_rw, SNP_VLEK_LOAD, &v, EINVAL, NO_CALL, "a VLEK without a length");
	v.len = sizeof(v);
	v.vlek_wrapped_version = 1;
	expect(sev_rw, SNP_VLEK_LOAD, &v, EINVAL, NO_CALL, "a VLEK of another version");
	v.vlek_wrapped_version = 0;
	v.vlek_wrapped_address = (uintptr_t)BAD_POINTER;
	expect(sev_rw, SNP_VLEK_LOAD, &v, EFAULT, NO_CALL, "a VLEK that cannot be read");
	v.vlek_wrapped_address = (uintptr_t)&blob;
	expect(sev_rw, SNP_VLEK_LOAD, &v, EIO, ANY_ERROR, "a VLEK that nobody has wrapped");
}

void test_snp(void)
{
	ok(snp_is_up() && status().is_rmp_initialized, "SNP_PLATFORM_STATUS: INIT");
	expect(sev_rw, SNP_COMMIT, NULL, 0, 0, "SNP_COMMIT");
	test_config();
	test_vlek();
}
