/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * launch-fuzz: a sequence is a list of calls, a call is an operation with arguments.
 *
 *   pools.c     where arguments come from
 *   ops.c       all operations, of which the files op-*.c have tables
 *   world.c     the VMs, vCPUs, files and memory that operations work on
 *   plans.c     launches as they should be
 *   generate.c  sequences out of a recipe: plans, and what is done to them
 *   text.c      sequences as text
 *   execute.c   takes a sequence's calls
 *   oracle.c    what no call may have succeeded in
 *   judge.c     whether something was found, in the log, by the oracle, in what is left
 *   cover.c     which code was reached
 *   minimise.c  the fewest calls that still show it
 *   campaign.c  all of that, until something is found
 *   replay.c    sequences that are known
 *   count.c     what was done, so that nothing found is worth something
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

#define MAX_CALLS	64
#define MAX_ARGS	10
#define MAX_STEPS	24	/* of a recipe */
#define MAX_OPS		96
#define ANY_ERROR	-1

/* pools.c */
struct pool {
	const uint64_t *good, *bad;
	size_t nr_good, nr_bad;
	bool loose;		/* any other number is worth a try, too */
};

struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
unsigned int rng_below(struct rng *r, unsigned int n);
bool rng_percent(struct rng *r, unsigned int percent);
uint64_t pool_pick(const struct pool *pool, struct rng *r, unsigned int wrong);

extern const struct pool vms, vm_types, sev_files, vcpus, vcpu_ids, memfds, gpas, gfns,
	lengths, buffers, page_types, no_flags, policies,
	snp_policies, features, ghcb_versions, switches, slots, slot_flags, slot_sizes,
	memfd_sizes, memfd_flags, offsets, attributes, registers, debug_controls,
	mp_states, msrs, msr_values, run_times, tsc_khzs, dev_commands, handles,
	command_ids, ghcb_msrs, ghcb_exits, ghcb_infos, psc_ops, allocations, caps,
	cap_values, bitmaps;

/* ops.c */
struct op {
	const char *name;
	int (*take)(const uint64_t *a);		/* returns an errno */
	struct {
		const char *name;
		const struct pool *pool;
	} args[MAX_ARGS + 1];
};

/* Each ends with one without a name. */
extern const struct op vm_ops[], vcpu_ops[], sev_ops[], ghcb_ops[], fail_ops[];

unsigned int nr_ops(void);
const struct op *op_at(unsigned int i);
const struct op *op_find(const char *name);
unsigned int op_index(const struct op *op);
unsigned int op_nr_args(const struct op *op);
bool op_is_command(const struct op *op);

struct call {
	const struct op *op;
	bool beside;		/* in the second thread, beside what follows */
	int wanted;		/* an errno, or ANY_ERROR */
	uint64_t args[MAX_ARGS];
};

struct sequence {
	int nr;
	struct call calls[MAX_CALLS];
};

/* generate.c: how a sequence came about, which is all there is to tell about it */
struct recipe {
	uint64_t seed;
	int nr;
	uint32_t steps[MAX_STEPS];	/* the first makes it, each other one changes it */
};

void recipe_cook(const struct recipe *recipe, struct sequence *seq);
bool recipe_parse(const char *text, struct recipe *recipe);
const char *recipe_name(const struct recipe *recipe);

/* plans.c */
enum plan {
	PLAN_KVM, PLAN_DIRECT, PLAN_ID_BLOCK, PLAN_SEV_ES, PLAN_SEV, PLAN_MOVE, PLAN_MOVE_ES,
	PLAN_MIRROR, PLAN_SEND, NR_PLANS,
};

void plan_write(enum plan plan, struct sequence *seq);

/* text.c */
void sequence_print(const struct sequence *seq, const int *results);
bool sequence_read(const char *path, struct sequence *seq);
const char *errno_name(int error);

/* execute.c */
struct outcome {
	int results[MAX_CALLS];
	bool new_code;
};

void execute_init(void);
void execute(const struct sequence *seq, struct outcome *outcome);

/* judge.c */
struct finding {
	const char *kind;	/* the same of the same; NULL if nothing was found */
	char text[240];
};

void judge_init(void);
void judge_mark(const char *name);
void judge(struct finding *finding);
void judge_forget(void);
bool judge_sees_leaks(void);
bool judge_leaks(const struct sequence *seq, struct finding *finding);
long free_pages(void);

/* oracle.c */
void oracle_begin(const struct sequence *seq);
void oracle_see(const struct call *call, int result);
const char *oracle_verdict(void);

/* cover.c */
bool cover_init(void);
void cover_begin(void);
bool cover_end(void);		/* whether something new was reached */
unsigned int cover_edges(void);

/* minimise.c */
void minimise(struct sequence *seq, const struct finding *finding);

/* count.c */
enum kind { OF_KVM, OF_DIRECT, OF_SEV_ES, OF_SEV, NR_KINDS };

void count_call(const struct call *call, int result);
void count_launch(enum kind kind);
void count_run(enum kind kind);
unsigned int count_pairs(void);
unsigned long count_launches(enum kind kind);
unsigned long count_runs(enum kind kind);
void count_print(void);

/* op-fail.c */
void fail_init(void);
void fail_end(void);
bool fail_allowed(void);

/* campaign.c, replay.c */
int run_campaign(bool guided);
int replay_all(const char *what);
int show(const char *recipe);
bool launches_work(void);

/* main.c */
#define MAX_KNOWN	16

extern struct options {
	uint64_t seed;
	unsigned long count;
	unsigned int pairs;
	bool guided, faults, counts;
	const char *replay, *show;
	const char *known[MAX_KNOWN];
	int nr_known;
} options;

void tap_result(bool ok, const char *what, unsigned long number);
bool tap_failed(void);
int tap_end(void);

#endif
