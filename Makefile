# SPDX-License-Identifier: GPL-2.0-only
#
# Names the targets; tools/ does the work.  `make help` explains them.

# A name with a blank in it would be two to make: tools/ makes it absolute.
O ?= build
V ?= 0
TESTS ?=
PATCHES ?= linux qemu
export O V VCPUS VMSA FIRMWARE HASHES ON RUN CPUS MEM GDB FROM BASE PREVIOUS ASSISTED_BY KCONFIG

# As seen from here, whatever the folder above is called.
T := tools

.DEFAULT_GOAL := help
.PHONY: help deps ready kernel qemu selftests initramfs stock steps igvm snp-measure \
	snp-guest more-guests run guest guest-values shell check check-quick check-full soak bench \
	coverage host tree check-tree series-check series-mutants debug-kernel sources clean distclean \
	post-check post-dry snp-ready hw-kit deb deb-kernel \
	$(foreach verb,refresh export verify status,$(addsuffix -$(verb),$(PATCHES)))

help:
	@$(T)/help.sh

deps:
	@$(T)/deps.sh

ready:
	@$(T)/deps.sh --check

sources: ready
	@$(T)/queue.sh linux ready
	@$(T)/queue.sh qemu ready

kernel: ready
	@$(T)/build-kernel.sh

qemu: ready
	@$(T)/build-qemu.sh
	@$(T)/snp-keys.sh

selftests: ready
	@$(T)/build-selftests.sh

igvm: ready
	@$(T)/build-igvm.sh

snp-measure: ready
	@$(T)/build-snp-measure.sh

snp-ready: ready
	@$(T)/build-snp-ready.sh

hw-kit: ready
	@$(T)/testing/hw/build-kit.sh

deb: ready
	@$(T)/deb/build.sh

deb-kernel: ready
	@$(T)/deb/kernel.sh

initramfs: kernel qemu selftests snp-measure
	@$(T)/build-initramfs.sh base selftests guest igvm

run: kernel qemu
	@$(T)/run.sh

guest: guest-values kernel qemu
	@$(T)/guest.sh

# Before anything is built: what was asked for is possible.
guest-values:
	@$(T)/guest.sh --check

# The kernel that LINUX names as it is, not with patches/linux.
shell: $(if $(LINUX),tree,kernel) qemu
	@$(T)/shell.sh

# As a server, with a disk that keeps what is installed
host: qemu
	@$(T)/host.sh

stock: ready
	@$(T)/stock-kernel.sh

snp-guest: ready
	@$(T)/build-snp-guest.sh

more-guests: snp-guest
	@$(T)/build-more-guests.sh

steps: kernel
	@$(T)/series/steps.sh

check: initramfs stock steps snp-measure snp-guest
	@$(T)/check.sh check $(if $(TESTS),--tests "$$TESTS")

# What quick names needs no more than this.
check-quick: initramfs snp-measure
	@$(T)/check.sh quick $(if $(TESTS),--tests "$$TESTS")

coverage: ready qemu
	@$(T)/coverage.sh $(TIER)

check-full: initramfs stock steps snp-measure snp-guest more-guests debug-kernel
	@$(T)/check.sh full $(if $(TESTS),--tests "$$TESTS")

soak: initramfs snp-guest
	@$(T)/soak.sh $(or $(STARTS),100) $(SEED)

bench: kernel qemu
	@$(T)/bench.sh $(or $(PAIRS),5) $(OLD_QEMU)

# Before anything is built: what was named can be.
tree: ready
	@$(T)/check-tree.sh --check

check-tree: tree qemu $(if $(LINUX),snp-guest,kernel)
	@$(T)/check-tree.sh

series-check: ready
	@$(T)/series/check.sh

series-mutants: initramfs
	@$(T)/series/mutation/mutants.sh --piece $(or $(PIECE),1/1) --only '$(ONLY)' --sample $(or $(SAMPLE),0)

post-check: ready
	@$(T)/post/check.sh $(TOPIC)

post-dry: ready
	@$(T)/post/dry.sh $(TOPIC)

debug-kernel: ready
	@$(T)/build-kernel.sh --debug
	@$(T)/build-initramfs.sh debug

# linux-export, qemu-refresh and so on: a patch queue and its tree
define queue_verbs
$(1)-refresh $(1)-export $(1)-verify $(1)-status: $(1)-%: ready
	@$(T)/queue.sh $(1) $$*
endef
$(foreach queue,$(PATCHES),$(eval $(call queue_verbs,$(queue))))

clean:
	@$(T)/clean.sh built

distclean:
	@$(T)/clean.sh all
