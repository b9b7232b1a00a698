/*
 * SNP host model: halting the machine where a program in it asks for that
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SNP_MODEL_HOLD_H
#define SNP_MODEL_HOLD_H

/* Marks that halt the machine, by bit; 0, the default, halts at none. */
uint32_t snp_hold_marks(void);
void snp_hold_set_marks(uint32_t marks);

/* The mark at which the machine stands, or 0. */
uint32_t snp_held(void);
void snp_hold_release(void);

#endif
