/*
 * SNP host model: halting the machine where a program in it asks for that
 *
 * A test wants to know what is in the RMP before and after it, and who looks
 * from outside needs the machine to stand still there.  A program marks such
 * a point with CPUID of a leaf that no CPU has; it gets what it always gets.
 * If that mark is one to halt at, the machine goes on when the monitor says.
 *
 * The vCPU waits in exclusive work: no other vCPU runs meanwhile either, and
 * a machine that counts instructions has executed none.  The work is done at
 * every mark, since vCPUs that take turns take them otherwise after it.  The
 * BQL is free, so that the monitor works.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/notify.h"
#include "qemu/thread.h"
#include "hw/core/cpu.h"
#include "system/runstate.h"
#include "hold.h"
#include "../cpu/snp-cpu.h"

#define HOLD_LEAF   0x534e5048      /* "SNPH", in EAX; the mark is in ECX */

static uint32_t marks;
static uint32_t held;
static bool leaving;                /* QEMU shuts down: halt no more */
static QemuMutex lock;
static QemuCond released;

static void __attribute__((constructor)) hold_init(void)
{
    qemu_mutex_init(&lock);
    qemu_cond_init(&released);
}

static void hold_work(CPUState *cpu, run_on_cpu_data data)
{
    int mark = data.host_int;

    qemu_mutex_lock(&lock);
    if (!leaving && qatomic_read(&marks) & (1U << mark)) {
        qatomic_set(&held, mark);
    }
    while (held) {
        qemu_cond_wait(&released, &lock);
    }
    qemu_mutex_unlock(&lock);
}

void snp_hold_cpuid(CPUX86State *env)
{
    uint32_t mark = env->regs[R_ECX];

    if ((uint32_t)env->regs[R_EAX] == HOLD_LEAF && mark && mark < 32) {
        async_safe_run_on_cpu(env_cpu(env), hold_work,
                              RUN_ON_CPU_HOST_INT(mark));
    }
}

uint32_t snp_held(void)
{
    return qatomic_read(&held);
}

static void release(bool for_good)
{
    qemu_mutex_lock(&lock);
    leaving |= for_good;
    qatomic_set(&held, 0);
    qemu_cond_broadcast(&released);
    qemu_mutex_unlock(&lock);
}

void snp_hold_release(void)
{
    release(false);
}

/* QEMU could not stop a vCPU that waits here. */
static void shutting_down(Notifier *n, void *opaque)
{
    release(true);
}

uint32_t snp_hold_marks(void)
{
    return marks;
}

void snp_hold_set_marks(uint32_t new)
{
    static Notifier notifier = { .notify = shutting_down };

    if (!notifier.node.le_prev) {
        qemu_register_shutdown_notifier(&notifier);
    }
    qatomic_set(&marks, new);
}
