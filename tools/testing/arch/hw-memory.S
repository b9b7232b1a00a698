/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The regions of guest.h as part of the image, so that a boot loader that finds
 * anything else there refuses it.
 */
	.section .regions, "aw", @nobits
	.skip	0xa00000

	.section .note.GNU-stack, "", @progbits
