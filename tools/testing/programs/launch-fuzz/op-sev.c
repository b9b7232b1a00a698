// SPDX-License-Identifier: GPL-2.0-only
/* The commands of KVM_MEMORY_ENCRYPT_OP, and /dev/sev. */
#include <linux/psp-sev.h>

#include "world.h"

/* All commands have the VM, and the file that is to be /dev/sev, first. */
static int command(const uint64_t *a, uint32_t id, void *data)
{
	struct kvm_sev_cmd cmd = {
		.id = id,
		.data = (uintptr_t)data,
		.sev_fd = file_of(a[1]),
	};

	return call_ioctl(vm_of(a[0]), KVM_MEMORY_ENCRYPT_OP, &cmd);
}

static int op_init(const uint64_t *a)
{
	return command(a, KVM_SEV_INIT, NULL);
}

static int op_es_init(const uint64_t *a)
{
	return command(a, KVM_SEV_ES_INIT, NULL);
}

static int op_init2(const uint64_t *a)
{
	struct kvm_sev_init init = {
		.vmsa_features = a[2], .flags = a[3], .ghcb_version = a[4],
	};

	return command(a, KVM_SEV_INIT2, &init);
}

static int op_launch_start(const uint64_t *a)
{
	struct kvm_sev_launch_start start = {
		.handle = a[2], .policy = a[3], .dh_uaddr = a[4], .dh_len = a[5],
		.session_uaddr = a[6], .session_len = a[7],
	};

	return command(a, KVM_SEV_LAUNCH_START, &start);
}

static int op_update_data(const uint64_t *a)
{
	struct kvm_sev_launch_update_data data = { .uaddr = a[2], .len = a[3] };

	return command(a, KVM_SEV_LAUNCH_UPDATE_DATA, &data);
}

static int op_update_vmsa(const uint64_t *a)
{
	return command(a, KVM_SEV_LAUNCH_UPDATE_VMSA, NULL);
}

static int op_measure(const uint64_t *a)
{
	struct kvm_sev_launch_measure measure = { .uaddr = a[2], .len = a[3] };

	return command(a, KVM_SEV_LAUNCH_MEASURE, &measure);
}

static int op_finish(const uint64_t *a)
{
	return command(a, KVM_SEV_LAUNCH_FINISH, NULL);
}

static int op_secret(const uint64_t *a)
{
	struct kvm_sev_launch_secret secret = {
		.hdr_uaddr = a[2], .hdr_len = a[3], .guest_uaddr = a[4], .guest_len = a[5],
		.trans_uaddr = a[6], .trans_len = a[7],
	};

	return command(a, KVM_SEV_LAUNCH_SECRET, &secret);
}

static int op_guest_status(const uint64_t *a)
{
	struct kvm_sev_guest_status status;

	return command(a, KVM_SEV_GUEST_STATUS, &status);
}

static int debug(const uint64_t *a, uint32_t id)
{
	struct kvm_sev_dbg dbg = { .src_uaddr = a[2], .dst_uaddr = a[3], .len = a[4] };

	return command(a, id, &dbg);
}

static int op_dbg_decrypt(const uint64_t *a)
{
	return debug(a, KVM_SEV_DBG_DECRYPT);
}

static int op_dbg_encrypt(const uint64_t *a)
{
	return debug(a, KVM_SEV_DBG_ENCRYPT);
}

static int op_attestation(const uint64_t *a)
{
	struct kvm_sev_attestation_report report = { .uaddr = a[2], .len = a[3] };

	return command(a, KVM_SEV_GET_ATTESTATION_REPORT, &report);
}

static int op_send_start(const uint64_t *a)
{
	struct kvm_sev_send_start start = {
		.policy = a[2], .pdh_cert_uaddr = a[3], .pdh_cert_len = a[4],
		.plat_certs_uaddr = a[5], .plat_certs_len = a[4], .amd_certs_uaddr = a[5],
		.amd_certs_len = a[4], .session_uaddr = a[6], .session_len = a[7],
	};

	return command(a, KVM_SEV_SEND_START, &start);
}

static int op_send_update(const uint64_t *a)
{
	struct kvm_sev_send_update_data data = {
		.hdr_uaddr = a[2], .hdr_len = a[3], .guest_uaddr = a[4], .guest_len = a[5],
		.trans_uaddr = a[6], .trans_len = a[7],
	};

	return command(a, KVM_SEV_SEND_UPDATE_DATA, &data);
}

static int op_send_finish(const uint64_t *a)
{
	return command(a, KVM_SEV_SEND_FINISH, NULL);
}

static int op_send_cancel(const uint64_t *a)
{
	return command(a, KVM_SEV_SEND_CANCEL, NULL);
}

static int op_receive_start(const uint64_t *a)
{
	struct kvm_sev_receive_start start = {
		.handle = a[2], .policy = a[3], .pdh_uaddr = a[4], .pdh_len = a[5],
		.session_uaddr = a[6], .session_len = a[7],
	};

	return command(a, KVM_SEV_RECEIVE_START, &start);
}

static int op_receive_update(const uint64_t *a)
{
	struct kvm_sev_receive_update_data data = {
		.hdr_uaddr = a[2], .hdr_len = a[3], .guest_uaddr = a[4], .guest_len = a[5],
		.trans_uaddr = a[6], .trans_len = a[7],
	};

	return command(a, KVM_SEV_RECEIVE_UPDATE_DATA, &data);
}

static int op_receive_finish(const uint64_t *a)
{
	return command(a, KVM_SEV_RECEIVE_FINISH, NULL);
}

static int op_snp_start(const uint64_t *a)
{
	struct kvm_sev_snp_launch_start start = { .policy = a[2], .flags = a[3] };

	return command(a, KVM_SEV_SNP_LAUNCH_START, &start);
}

static int op_snp_update(const uint64_t *a)
{
	struct kvm_sev_snp_launch_update update = {
		.gfn_start = a[2], .uaddr = a[3], .len = a[4], .type = a[5], .flags = a[6],
	};

	return command(a, KVM_SEV_SNP_LAUNCH_UPDATE, &update);
}

static int op_snp_finish(const uint64_t *a)
{
	struct kvm_sev_snp_launch_finish finish = {
		.id_block_en = a[2], .auth_key_en = a[3], .vcek_disabled = a[4],
		.id_block_uaddr = a[5], .id_auth_uaddr = a[6], .flags = a[7],
	};

	return command(a, KVM_SEV_SNP_LAUNCH_FINISH, &finish);
}

static int op_certs(const uint64_t *a)
{
	return command(a, KVM_SEV_SNP_ENABLE_REQ_CERTS, NULL);
}

static int op_apic_ids(const uint64_t *a)
{
	return command(a, KVM_SEV_SNP_ENABLE_APIC_IDS, NULL);
}

/* Commands that have no name, and data that is none */
static int op_raw(const uint64_t *a)
{
	return command(a, a[2], arena(a[3]));
}

/* The first words of the data are an address and a length, for those that take some. */
static int op_dev(const uint64_t *a)
{
	struct {
		uint64_t address;
		uint32_t len;
		uint64_t address_2;
		uint32_t len_2;
		unsigned char rest[128];
	} __attribute__((packed)) data = {
		.address = a[2], .len = a[3], .address_2 = a[2], .len_2 = a[3],
	};
	struct sev_issue_cmd cmd = { .cmd = a[1], .data = (uintptr_t)&data };

	return call_ioctl(file_of(a[0]), SEV_ISSUE_CMD, &cmd);
}

#define COMMAND		{ "vm", &vms }, { "sev", &sev_files }
#define PACKET		{ "header", &buffers }, { "header_len", &lengths }, { "guest", &buffers }, \
			{ "guest_len", &lengths }, { "data", &buffers }, { "data_len", &lengths }

const struct op sev_ops[] = {
	{ "init", op_init, { COMMAND } },
	{ "es_init", op_es_init, { COMMAND } },
	{ "init2", op_init2, { COMMAND, { "features", &features }, { "flags", &no_flags },
			       { "ghcb", &ghcb_versions } } },
	{ "launch_start", op_launch_start, { COMMAND, { "handle", &handles }, { "policy", &policies },
					     { "dh", &buffers }, { "dh_len", &lengths },
					     { "session", &buffers }, { "session_len", &lengths } } },
	{ "update_data", op_update_data, { COMMAND, { "uaddr", &buffers }, { "size", &lengths } } },
	{ "update_vmsa", op_update_vmsa, { COMMAND } },
	{ "measure", op_measure, { COMMAND, { "uaddr", &buffers }, { "size", &lengths } } },
	{ "finish", op_finish, { COMMAND } },
	{ "secret", op_secret, { COMMAND, PACKET } },
	{ "guest_status", op_guest_status, { COMMAND } },
	{ "dbg_decrypt", op_dbg_decrypt, { COMMAND, { "from", &buffers }, { "to", &buffers },
					   { "size", &lengths } } },
	{ "dbg_encrypt", op_dbg_encrypt, { COMMAND, { "from", &buffers }, { "to", &buffers },
					   { "size", &lengths } } },
	{ "attestation", op_attestation, { COMMAND, { "uaddr", &buffers }, { "size", &lengths } } },
	{ "send_start", op_send_start, { COMMAND, { "policy", &policies }, { "pdh", &buffers },
					 { "certs_len", &lengths }, { "certs", &buffers },
					 { "session", &buffers }, { "session_len", &lengths } } },
	{ "send_update", op_send_update, { COMMAND, PACKET } },
	{ "send_finish", op_send_finish, { COMMAND } },
	{ "send_cancel", op_send_cancel, { COMMAND } },
	{ "receive_start", op_receive_start, { COMMAND, { "handle", &handles },
					       { "policy", &policies }, { "pdh", &buffers },
					       { "pdh_len", &lengths }, { "session", &buffers },
					       { "session_len", &lengths } } },
	{ "receive_update", op_receive_update, { COMMAND, PACKET } },
	{ "receive_finish", op_receive_finish, { COMMAND } },
	{ "snp_start", op_snp_start, { COMMAND, { "policy", &snp_policies }, { "flags", &no_flags } } },
	{ "snp_update", op_snp_update, { COMMAND, { "gfn", &gfns }, { "uaddr", &buffers },
					 { "size", &lengths }, { "type", &page_types },
					 { "flags", &no_flags } } },
	{ "snp_finish", op_snp_finish, { COMMAND, { "id_block", &switches }, { "key", &switches },
					 { "no_vcek", &switches }, { "id_block_uaddr", &buffers },
					 { "id_auth_uaddr", &buffers }, { "flags", &no_flags } } },
	{ "certs", op_certs, { COMMAND } },
	{ "apic_ids", op_apic_ids, { COMMAND } },
	{ "raw", op_raw, { COMMAND, { "command", &command_ids }, { "data", &buffers } } },
	{ "dev", op_dev, { { "sev", &sev_files }, { "command", &dev_commands },
			   { "uaddr", &buffers }, { "size", &lengths } } },
	{ }
};
