// SPDX-License-Identifier: GPL-2.0-only
/*
 * What #VMEXIT says of instructions, on an SNP host.
 *
 * With -append stock it runs on any machine that has SVM, and leaves decode assists out.
 */
#include "decode.h"

int main(void)
{
	bool stock = same_bytes(command_line(), "stock", 5);

	if (stock)
		plain_up();
	else
		platform_up();
	decode_init(!stock);
	decode_rows();
	tap_finish();
}
