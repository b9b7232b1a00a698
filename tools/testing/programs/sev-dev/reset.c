// SPDX-License-Identifier: GPL-2.0-only
/* What depends on guests, and what takes the firmware down. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/kvm.h>

#include "dev.h"

#define NV_LENGTH	(32 * 1024)

static int platform_state(void)
{
	struct sev_user_data_status s = { };
	uint32_t error;

	return issue(sev_ro, SEV_PLATFORM_STATUS, &s, &error) ? -1 : s.state;
}

static int guest_command(int vm, uint32_t id, void *data)
{
	struct kvm_sev_cmd cmd = { .id = id, .data = (uintptr_t)data, .sev_fd = sev_rw };

	return ioctl(vm, KVM_MEMORY_ENCRYPT_OP, &cmd);
}

/* With a guest, keys stay as they are. */
void test_working(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = ioctl(kvm, KVM_CREATE_VM, (unsigned long)KVM_X86_SEV_VM);
	struct kvm_sev_launch_start start = { };
	struct kvm_sev_init init = { };

	ok(!guest_command(vm, KVM_SEV_INIT2, &init) &&
	   !guest_command(vm, KVM_SEV_LAUNCH_START, &start), "an SEV guest");
	ok(platform_state() == 2, "makes the platform WORKING");
	expect(sev_rw, SEV_FACTORY_RESET, NULL, EBUSY, ANY_ERROR, "FACTORY_RESET: EBUSY");
	expect(sev_rw, SEV_PEK_GEN, NULL, EIO, SEV_RET_INVALID_PLATFORM_STATE, "PEK_GEN: refused");
	close(vm);
	close(kvm);
	ok(platform_state() == 1, "without it the platform is INIT again");
}

/* Linux brings the platform up for one command, and takes it down again. */
static void test_down(void)
{
	unsigned char pdh[CERT_LEN], chain[3 * CERT_LEN], csr[CERT_LEN];
	struct sev_user_data_pek_csr c = { .address = (uintptr_t)csr, .length = CERT_LEN };
	struct sev_user_data_pdh_cert_export e = {
		.pdh_cert_address = (uintptr_t)pdh, .pdh_cert_len = CERT_LEN,
		.cert_chain_address = (uintptr_t)chain, .cert_chain_len = 3 * CERT_LEN,
	};
	struct sev_user_data_pek_cert_import i = {
		.pek_cert_address = (uintptr_t)pdh, .pek_cert_len = CERT_LEN,
		.oca_cert_address = (uintptr_t)csr, .oca_cert_len = CERT_LEN,
	};

	expect(sev_ro, SEV_PDH_CERT_EXPORT, &e, EPERM, ANY_ERROR, "PDH_CERT_EXPORT may not init");
	expect(sev_rw, SEV_PDH_CERT_EXPORT, &e, 0, 0, "PDH_CERT_EXPORT brings the platform up");
	ok(platform_state() == 0, "and down again");
	expect(sev_rw, SEV_PEK_CSR, &c, 0, 0, "PEK_CSR does, too");
	expect(sev_rw, SEV_PDH_GEN, NULL, 0, 0, "PDH_GEN");
	expect(sev_rw, SEV_PEK_CERT_IMPORT, &i, EIO, SEV_RET_INVALID_CERTIFICATE,
	       "PEK_CERT_IMPORT");
	ok(platform_state() == 0, "it is down");
}

/* If the platform's keys are in a file, Linux has written it. */
static void test_file(void)
{
	FILE *f = fopen("/sys/module/ccp/parameters/init_ex_path", "r");
	char path[256] = "";
	struct stat st;

	if (f && fscanf(f, "%255s", path) == 1 && *path == '/')
		ok(!stat(path, &st) && st.st_size == NV_LENGTH && (st.st_mode & 0777) == 0600,
		   "the platform's keys are in %s", path);
	if (f)
		fclose(f);
}

void test_reset(void)
{
	struct sev_user_data_snp_config config = { };

	ok(platform_state() == 1 && !snp_is_up(), "the platform is INIT, without SNP");
	expect(sev_rw, SEV_FACTORY_RESET, NULL, 0, 0, "FACTORY_RESET");
	ok(platform_state() == 0, "makes it UNINIT");
	expect(sev_rw, SEV_FACTORY_RESET, NULL, 0, 0, "FACTORY_RESET there");
	expect(sev_rw, SNP_SET_CONFIG, &config, ENODEV, ANY_ERROR, "SNP_SET_CONFIG without SNP");
	expect(sev_rw, SNP_VLEK_LOAD, &config, ENODEV, ANY_ERROR, "SNP_VLEK_LOAD without SNP");
	test_down();
	test_file();
	test_working();
}
