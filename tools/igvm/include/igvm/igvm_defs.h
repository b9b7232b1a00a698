/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of IGVM files: what is in them, little endian and as laid out here.
 * The names are those that QEMU takes from libigvm.
 */
#ifndef IGVM_DEFS_H
#define IGVM_DEFS_H

#include <stdint.h>

#define IGVM_MAGIC_VALUE	0x4d564749	/* "IGVM" */
#define IGVM_FORMAT_VERSION_1	1
#define IGVM_FORMAT_VERSION_2	2
#define IGVM_ARCHITECTURE_X64	0
#define IGVM_PAGE_SIZE_4K	0x1000
#define IGVM_PAGE_SIZE_2M	0x200000

/* The first 24 bytes are all that version 1 has. */
typedef struct {
	uint32_t magic;
	uint32_t format_version;
	uint32_t variable_header_offset;
	uint32_t variable_header_size;
	uint32_t total_file_size;
	uint32_t checksum;
	uint32_t architecture;
	uint32_t page_size;
} IGVM_FIXED_HEADER;

#define IGVM_FIXED_HEADER_V1_LEN	24
#define IGVM_FIXED_HEADER_V2_LEN	32

typedef uint32_t IgvmVariableHeaderType;
enum {
	IGVM_VHT_SUPPORTED_PLATFORM = 0x1,
	IGVM_VHT_GUEST_POLICY = 0x101,
	IGVM_VHT_RELOCATABLE_REGION = 0x102,
	IGVM_VHT_PAGE_TABLE_RELOCATION_REGION = 0x103,
	IGVM_VHT_PARAMETER_AREA = 0x301,
	IGVM_VHT_PAGE_DATA = 0x302,
	IGVM_VHT_PARAMETER_INSERT = 0x303,
	IGVM_VHT_VP_CONTEXT = 0x304,
	IGVM_VHT_REQUIRED_MEMORY = 0x305,
	IGVM_VHT_VP_COUNT_PARAMETER = 0x307,
	IGVM_VHT_SRAT = 0x308,
	IGVM_VHT_MADT = 0x309,
	IGVM_VHT_MMIO_RANGES = 0x30a,
	IGVM_VHT_SNP_ID_BLOCK = 0x30b,
	IGVM_VHT_MEMORY_MAP = 0x30c,
	IGVM_VHT_ERROR_RANGE = 0x30d,
	IGVM_VHT_COMMAND_LINE = 0x30e,
	IGVM_VHT_SLIT = 0x30f,
	IGVM_VHT_PPTT = 0x310,
	IGVM_VHT_VBS_MEASUREMENT = 0x311,
	IGVM_VHT_DEVICE_TREE = 0x312,
	IGVM_VHT_ENVIRONMENT_INFO_PARAMETER = 0x313,
};

/* Whoever does not know the type may skip the header. */
#define IGVM_VHT_OPTIONAL	0x80000000u

typedef struct {
	IgvmVariableHeaderType typ;
	uint32_t length;
} IGVM_VHS_VARIABLE_HEADER;

typedef uint8_t IgvmPlatformType;
enum {
	IGVM_PLATFORM_TYPE_NATIVE = 0,
	IGVM_PLATFORM_TYPE_VSM_ISOLATION = 1,
	IGVM_PLATFORM_TYPE_SEV_SNP = 2,
	IGVM_PLATFORM_TYPE_TDX = 3,
	IGVM_PLATFORM_TYPE_SEV = 4,
	IGVM_PLATFORM_TYPE_SEV_ES = 5,
	IGVM_PLATFORM_TYPE_CCA = 6,
	IGVM_NR_PLATFORM_TYPES
};

#define IGVM_PLATFORM_VERSION	1	/* of each of them */

typedef struct {
	uint32_t compatibility_mask;
	uint8_t highest_vtl;
	IgvmPlatformType platform_type;
	uint16_t platform_version;
	uint64_t shared_gpa_boundary;
} IGVM_VHS_SUPPORTED_PLATFORM;

typedef struct {
	uint64_t policy;
	uint32_t compatibility_mask;
	uint32_t reserved;
} IGVM_VHS_GUEST_POLICY;

typedef struct {
	uint32_t compatibility_mask;
	uint16_t vp_index;
	uint8_t vtl;
	uint8_t flags;
	uint64_t relocation_alignment;
	uint64_t relocation_region_gpa;
	uint64_t relocation_region_size;
	uint64_t minimum_relocation_gpa;
	uint64_t maximum_relocation_gpa;
} IGVM_VHS_RELOCATABLE_REGION;

typedef struct {
	uint32_t compatibility_mask;
	uint16_t vp_index;
	uint8_t vtl;
	uint8_t reserved;
	uint64_t gpa;
	uint64_t size;
	uint64_t used_size;
} IGVM_VHS_PAGE_TABLE_RELOCATION;

typedef struct {
	uint64_t number_of_bytes;
	uint32_t parameter_area_index;
	uint32_t file_offset;
} IGVM_VHS_PARAMETER_AREA;

typedef struct {
	uint32_t is_2mb_page : 1;
	uint32_t unmeasured : 1;
	uint32_t shared : 1;
	uint32_t reserved : 29;
} IgvmPageDataFlags;

typedef uint16_t IgvmPageDataType;
enum {
	IGVM_PAGE_DATA_TYPE_NORMAL = 0,
	IGVM_PAGE_DATA_TYPE_SECRETS = 1,
	IGVM_PAGE_DATA_TYPE_CPUID_DATA = 2,
	IGVM_PAGE_DATA_TYPE_CPUID_XF = 3,
};

typedef struct {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t file_offset;
	IgvmPageDataFlags flags;
	IgvmPageDataType data_type;
	uint16_t reserved;
} IGVM_VHS_PAGE_DATA;

typedef struct {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t parameter_area_index;
} IGVM_VHS_PARAMETER_INSERT;

typedef struct {
	uint32_t parameter_area_index;
	uint32_t byte_offset;
} IGVM_VHS_PARAMETER;

/* 20 bytes in a file: the C structure is padded, and so is what igvm_get_header() gives. */
typedef struct {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t file_offset;
	uint16_t vp_index;
	uint16_t reserved;
} IGVM_VHS_VP_CONTEXT;

#define IGVM_VP_CONTEXT_LEN	20

typedef struct {
	uint32_t vtl2_protectable : 1;
	uint32_t reserved : 31;
} RequiredMemoryFlags;

typedef struct {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t number_of_bytes;
	RequiredMemoryFlags flags;
	uint32_t reserved;
} IGVM_VHS_REQUIRED_MEMORY;

typedef struct {
	uint64_t gpa;
	uint32_t compatibility_mask;
	uint32_t size_bytes;
} IGVM_VHS_ERROR_RANGE;

typedef struct {
	uint8_t r_comp[72];
	uint8_t s_comp[72];
} IGVM_VHS_SNP_ID_BLOCK_SIGNATURE;

typedef struct {
	uint32_t curve;
	uint32_t reserved;
	uint8_t qx[72];
	uint8_t qy[72];
} IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY;

typedef struct {
	uint32_t compatibility_mask;
	uint8_t author_key_enabled;
	uint8_t reserved[3];
	uint8_t ld[48];
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t version;
	uint32_t guest_svn;
	uint32_t id_key_algorithm;
	uint32_t author_key_algorithm;
	IGVM_VHS_SNP_ID_BLOCK_SIGNATURE id_key_signature;
	IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY id_public_key;
	IGVM_VHS_SNP_ID_BLOCK_SIGNATURE author_key_signature;
	IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY author_public_key;
} IGVM_VHS_SNP_ID_BLOCK;

typedef struct {
	uint32_t compatibility_mask;
	uint32_t version;
	uint32_t product_id;
	uint32_t module_id;
	uint32_t security_version;
	uint32_t policy_flags;
	uint32_t boot_digest_algo;
	uint32_t signing_algo;
	uint8_t boot_measurement_digest[64];
	uint8_t signature[256];
	uint8_t public_key[512];
} IGVM_VHS_VBS_MEASUREMENT;

/* What loaders put into parameter areas */

typedef uint16_t IgvmMemoryMapEntryType;
enum {
	IGVM_MEMORY_MAP_ENTRY_TYPE_MEMORY = 0,
	IGVM_MEMORY_MAP_ENTRY_TYPE_PLATFORM_RESERVED = 1,
	IGVM_MEMORY_MAP_ENTRY_TYPE_PERSISTENT = 2,
	IGVM_MEMORY_MAP_ENTRY_TYPE_VTL2_PROTECTABLE = 3,
};

typedef struct {
	uint16_t is_shared : 1;
	uint16_t reserved : 15;
} MemoryMapEntryFlags;

/* Sorted; number_of_pages is 0 in the last one. */
typedef struct {
	uint64_t starting_gpa_page_number;
	uint64_t number_of_pages;
	IgvmMemoryMapEntryType entry_type;
	MemoryMapEntryFlags flags;
	uint32_t reserved;
} IGVM_VHS_MEMORY_MAP_ENTRY;

typedef struct {
	uint64_t starting_gpa_page_number;
	uint64_t number_of_pages;
} IGVM_VHS_MEMORY_RANGE;

typedef struct {
	IGVM_VHS_MEMORY_RANGE mmio_ranges[2];
} IGVM_VHS_MMIO_RANGES;

typedef struct {
	uint32_t memory_is_shared : 1;
	uint32_t reserved : 31;
} IgvmEnvironmentInfo;

#define IGVM_PAGE_2M		0x1	/* IgvmPageDataFlags */
#define IGVM_PAGE_UNMEASURED	0x2
#define IGVM_PAGE_SHARED	0x4

#define IGVM_UINT32_FLAGS_VALUE(flags)	(*(const uint32_t *)&(flags))

#endif /* IGVM_DEFS_H */
