/* SPDX-License-Identifier: GPL-2.0-or-later */
static inline void trace_snp_fw_command(unsigned id, const char *name,
                                        uint64_t buffer, unsigned status,
                                        const char *status_name)
{
}
