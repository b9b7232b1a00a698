/*
 * SNP host model: the switch -machine q35,snp-host=on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_HOST_H
#define SNP_MODEL_HOST_H

#include "hw/i386/pc.h"
#include "cpu/snp-cpu.h"

/* snp_model_enabled() says what it was set to. */
void snp_host_set_enabled(bool on);
/* The machine's options beside snp-host. */
void snp_host_add_properties(ObjectClass *oc);

/* Before a CPU is realized: refuse what SNP cannot have. */
bool snp_host_cpu_pre_plug(X86CPU *cpu, Error **errp);
/* What the BIOS of an SNP host leaves in the MSRs. */
void snp_host_cpu_reset(CPUX86State *env);

/* Refuse a machine that cannot be an SNP host: an error message and exit. */
void snp_host_check_machine(PCMachineState *pcms);
/* Describe the RAM above 4 GiB, with the RMP carved out of its start. */
void snp_host_add_e820(PCMachineState *pcms);
void snp_host_create_devices(PCMachineState *pcms);
/* Once all devices exist. */
void snp_host_machine_done(PCMachineState *pcms);

#endif
