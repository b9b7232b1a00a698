// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "launch.h"
#include "vmsa.h"

#define TWO_MIB		0x200000ull
#define GPA_BITS	52

/* QEMU's q35: more RAM than fits leaves the larger hole below 4 GiB. */
#define LOW_RAM_MOST	0xb0000000ull
#define LOW_RAM_SPLIT	0x80000000ull

/* Who is told of each region */
struct visitor {
	launch_region_fn *fn;
	void *opaque;
};

static bool visit(const struct visitor *visitor, const char *what, enum page_type type,
		  uint64_t gpa, uint64_t size, const uint8_t *data)
{
	return visitor->fn(visitor->opaque, what, type, gpa, size, data);
}

static bool visit_image(const struct launch *launch, const struct visitor *visitor)
{
	const struct ovmf *ovmf = &launch->ovmf;

	return launch->ovmf_ld ||
	       visit(visitor, "firmware image", PAGE_NORMAL, ovmf->gpa, ovmf->size, ovmf->image);
}

static enum page_type section_page_type(enum ovmf_section_type type)
{
	switch (type) {
	case OVMF_SECRETS:	return PAGE_SECRETS;
	case OVMF_CPUID:	return PAGE_CPUID;
	default:		return PAGE_ZERO;
	}
}

/* The table lies somewhere in the section, which is zero around it. */
static bool visit_hash_table(const struct launch *launch, const struct visitor *visitor,
			     const struct ovmf_section *section)
{
	uint8_t *data = calloc(1, section->size);
	bool good;

	if (!data)
		return fail("out of memory");
	hash_table_fill(data + (launch->ovmf.hashes_gpa - section->gpa), launch->hashes);
	good = visit(visitor, ovmf_section_name(section->type), PAGE_NORMAL, section->gpa,
		     section->size, data);
	free(data);
	return good;
}

static bool visit_sections(const struct launch *launch, const struct visitor *visitor)
{
	unsigned int n;

	for (n = 0; n < launch->ovmf.nr_sections; n++) {
		const struct ovmf_section *section = &launch->ovmf.sections[n];
		bool good;

		if (section->type == OVMF_KERNEL_HASHES && launch->hashes)
			good = visit_hash_table(launch, visitor, section);
		else
			good = visit(visitor, ovmf_section_name(section->type),
				     section_page_type(section->type), section->gpa,
				     section->size, NULL);
		if (!good)
			return false;
	}
	return true;
}

static unsigned int count_vmsas(const struct launch *launch)
{
	return launch->mode == VMSA_DIRECT ? 1 : launch->vcpus;
}

static bool visit_vmsas(const struct launch *launch, const struct visitor *visitor)
{
	bool direct = launch->mode == VMSA_DIRECT;
	uint64_t gpa = direct ? launch->vmsa_gpa : VMSA_GPA_KVM;
	uint8_t page[PAGE_SIZE];
	unsigned int n;

	for (n = 0; n < count_vmsas(launch); n++) {
		if (direct && launch->vmsa_page)
			memcpy(page, launch->vmsa_page, PAGE_SIZE);
		else
			vmsa_fill(page, n ? launch->ovmf.ap_eip : VMSA_EIP_RESET,
				  launch->signature, launch->features);
		if (!visit(visitor, n ? "VMSA of an AP" : "VMSA of the BSP", PAGE_VMSA, gpa,
			   PAGE_SIZE, page))
			return false;
	}
	return true;
}

static unsigned int count_sections(const struct ovmf *ovmf, enum ovmf_section_type type)
{
	unsigned int n, count = 0;

	for (n = 0; n < ovmf->nr_sections; n++)
		count += ovmf->sections[n].type == type;
	return count;
}

/* QEMU puts the table into each section of its type, and into that one's first page. */
static bool check_hash_table(const struct ovmf *ovmf)
{
	const struct ovmf_section *section = ovmf_find(ovmf, OVMF_KERNEL_HASHES);
	uint64_t offset;

	if (!ovmf->hashes_gpa || !section)
		return fail("the firmware has no SEV hash table: QEMU refuses kernel-hashes=on "
			    "with it; --kernel-hashes=off predicts a launch that does not measure "
			    "the kernel");
	if (count_sections(ovmf, OVMF_KERNEL_HASHES) > 1)
		return fail("the firmware's SEV metadata has more than one section for the SEV "
			    "hash table");
	offset = (uint64_t)ovmf->hashes_gpa - section->gpa;
	if (ovmf->hashes_gpa < section->gpa || ovmf->hashes_size < HASH_TABLE_LEN ||
	    offset >= PAGE_SIZE || offset + HASH_TABLE_LEN > section->size)
		return fail("the firmware's SEV hash table, 0x%x bytes at 0x%x, is not in the "
			    "first page of its metadata section (0x%x bytes at 0x%x)",
			    ovmf->hashes_size, ovmf->hashes_gpa, section->size, section->gpa);
	return true;
}

static bool in_ram(uint64_t gpa, uint64_t mem)
{
	uint64_t low = mem >= LOW_RAM_MOST ? LOW_RAM_SPLIT : LOW_RAM_MOST;

	if (mem <= low)
		return gpa < mem;
	return gpa < low || (gpa >= FOUR_GIB && gpa - FOUR_GIB < mem - low);
}

/* The page may not be measured twice, nor be where VMRUN hits an erratum. */
static bool check_vmsa_gpa(const struct launch *launch)
{
	unsigned long long gpa = launch->vmsa_gpa;
	const struct ovmf *ovmf = &launch->ovmf;
	unsigned int n;

	if (gpa >> GPA_BITS || !PAGE_ALIGNED(gpa))
		return fail("the VMSA GPA 0x%llx is not the address of a page below 2^%u",
			    gpa, GPA_BITS);
	if (!(gpa % TWO_MIB))
		return fail("the VMSA GPA 0x%llx is on a 2 MiB boundary, where hardware has an "
			    "erratum: KVM refuses it",
			    gpa);
	if (in_ram(gpa, launch->mem))
		return fail("the VMSA GPA 0x%llx is in the guest's RAM, of 0x%llx bytes: the guest "
			    "would validate the page once more",
			    gpa, (unsigned long long)launch->mem);
	if (gpa >= ovmf->gpa && gpa < FOUR_GIB)
		return fail("the VMSA GPA 0x%llx is in the firmware image", gpa);
	for (n = 0; n < ovmf->nr_sections; n++) {
		const struct ovmf_section *section = &ovmf->sections[n];

		if (gpa >= section->gpa && gpa - section->gpa < section->size)
			return fail("the VMSA GPA 0x%llx is in the firmware's %s", gpa,
				    ovmf_section_name(section->type));
	}
	return true;
}

static bool check_launch(const struct launch *launch)
{
	if (launch->hashes && !check_hash_table(&launch->ovmf))
		return false;
	if (!vmsa_check_features(launch->features))
		return false;
	if (launch->mode == VMSA_KVM)
		return true;
	return check_vmsa_gpa(launch) &&
	       (!launch->vmsa_page || vmsa_check(launch->vmsa_page, launch->features));
}

bool launch_walk(const struct launch *launch, launch_region_fn *fn, void *opaque)
{
	const struct visitor visitor = { fn, opaque };

	return check_launch(launch) && visit_image(launch, &visitor) &&
	       visit_sections(launch, &visitor) && visit_vmsas(launch, &visitor);
}

static bool measure(void *opaque, const char *what, enum page_type type, uint64_t gpa,
		    uint64_t size, const uint8_t *data)
{
	struct prediction *prediction = opaque;
	struct region *region = &prediction->regions[prediction->nr_regions++];

	if (!digest_extend(prediction->ld, type, gpa, size, data))
		return false;
	*region = (struct region){ what, type, gpa, size, {} };
	memcpy(region->ld, prediction->ld, LD_LEN);
	return true;
}

bool launch_predict(const struct launch *launch, struct prediction *prediction)
{
	size_t most = 1 + launch->ovmf.nr_sections + launch->vcpus;

	*prediction = (struct prediction){ .nr_vmsas = count_vmsas(launch) };
	if (launch->ovmf_ld)
		memcpy(prediction->ld, launch->ovmf_ld, LD_LEN);
	prediction->regions = calloc(most, sizeof(*prediction->regions));
	if (!prediction->regions)
		return fail("out of memory");
	if (launch_walk(launch, measure, prediction))
		return true;
	prediction_free(prediction);
	return false;
}

void prediction_free(struct prediction *prediction)
{
	free(prediction->regions);
	*prediction = (struct prediction){};
}
