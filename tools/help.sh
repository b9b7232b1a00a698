#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `make` without a target says.
#
# usage: help.sh
set -euo pipefail

cat <<'TEXT'
Try it
  make run            launch SNP guests in both modes, print what comes of it
  make guest          a shell in an SNP guest  (VCPUS=4 VMSA=direct|kvm ...)
  make shell          a shell on an SNP-capable host, with guests at hand
  make host           Debian on that host, with a disk, apt and ssh  (RUN="COMMAND"
                      CPUS=2 MEM=6G GDB=PORT)
Test it
  make check          everything a change must pass (minutes)
  make check-quick    the most telling of them, for the edit loop (90 s at most)
  make check-full     the same and what takes longer
  make soak           many guests, started and killed  (STARTS=1000 SEED=1)
  make bench          what the model costs, in CPU time  (PAIRS=5 OLD_QEMU=FILE)
  make check TESTS=x86/cpuid_test,harness*
  make coverage       which lines of Linux's SNP host code the tests run (TIER=full)
  make check-tree LINUX=DIR|GIT-TREE|TARBALL
                      the selftests of any kernel from 6.12 on and guests on that
                      kernel, beside those of the released version; KVM_UNIT_TESTS=DIR
                      runs kvm-unit-tests, too
  make series-check   what can be said of patches/linux/direct-vmsa without running it
  make series-mutants whether the tests notice each line of the series mutated
                      (PIECE=1/4 ONLY=snp_launch_finish SAMPLE=20)
Post it: mails for a person to send; nothing is sent
  make post-dry       a topic of patches/linux as mails     -> build/post
                      (TOPIC=fixes FROM='NAME <ADDRESS>' BASE=COMMIT PREVIOUS=COMMIT)
  make post-check     whether they could be sent as they are
Build it
  make deps           the Debian packages that the build needs
  make kernel         Linux with all topics of patches/linux/ -> build/kernel
  make qemu           QEMU with patches/qemu/         -> build/qemu-build
  make selftests      the kernel's kvm selftests      -> build/selftests
  make igvm           the library for IGVM files      -> build/igvm
  make snp-measure    predicts launch digests         -> build/snp-measure
  make snp-ready      tells what a host lacks for SNP -> build/snp-ready
  make snp-guest      Debian's QEMU, OVMF and kernel  -> build/initramfs
  make more-guests    a 32-bit kernel, Debian's newest QEMU, for check-full
  make hw-kit         an archive that asks a real host   -> build/hw-kit
  make deb            Debian packages, but for the kernel -> build/deb
  make deb-kernel     the kernel's  (KCONFIG=FILE)      -> build/deb
  make debug-kernel   the same Linux with KASAN, lockdep and so on
Change it: commit in build/linux or build/qemu (a commit belongs to the topic that
began last before it), then export the commits
  make linux-status   how tree and queue compare      (qemu-status ...)
  make linux-refresh  apply patches/linux/ to the tree, never losing work
  make linux-export   write the tree's commits to patches/linux/
  make linux-verify   fail when tree and queue differ
Clean up
  make clean          remove what was built, keep sources, downloads, make host's disk
  make distclean      remove the build directory, unless it holds unexported work or
                      that disk was written to

O=DIR builds in DIR instead of build/.  V=1 shows the commands.
LINUX=FILE|DIR|GIT-TREE and QEMU=FILE name other sources; to check-tree and shell,
LINUX is the kernel that runs.
Documentation/index.rst says more.
TEXT
