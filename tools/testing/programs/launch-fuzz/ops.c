// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "fuzz.h"

static const struct op *const tables[] = { vm_ops, vcpu_ops, sev_ops, ghcb_ops, fail_ops };

static const struct op *all[MAX_OPS];
static unsigned int nr_all;

static void collect(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct op *op = tables[i]; op->name; op++)
			all[nr_all++] = op;
}

unsigned int nr_ops(void)
{
	if (!nr_all)
		collect();
	return nr_all;
}

const struct op *op_at(unsigned int i)
{
	return i < nr_ops() ? all[i] : NULL;
}

const struct op *op_find(const char *name)
{
	for (unsigned int i = 0; i < nr_ops(); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

unsigned int op_index(const struct op *op)
{
	unsigned int i = 0;

	while (op_at(i) != op)
		i++;
	return i;
}

bool op_is_command(const struct op *op)
{
	for (const struct op *command = sev_ops; command->name; command++)
		if (command == op)
			return true;
	return false;
}

unsigned int op_nr_args(const struct op *op)
{
	unsigned int nr = 0;

	while (op->args[nr].name)
		nr++;
	return nr;
}
