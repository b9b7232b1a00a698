# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# For tools/series/check.sh: the series compiled, step by step.  Sourced after
# series.sh.  Each configuration has an object directory, all share one work tree,
# and what was built stays built.

builds=$O/series/builds
configurations=(modules builtin no-sev no-amd)

# fragment CONFIGURATION: on top of tinyconfig and snp_host.config
fragment()
{
	echo CONFIG_CPU_SUP_INTEL=y
	echo CONFIG_KVM_WERROR=y
	case $1 in
	# With HYPERV every file of svm/ is compiled.
	modules) printf 'CONFIG_%s\n' KVM=m KVM_AMD=m KVM_INTEL=m KVM_AMD_SEV=y HYPERV=y ;;
	builtin) printf 'CONFIG_%s\n' CRYPTO_DEV_CCP_DD=y KVM=y KVM_AMD=y KVM_INTEL=y KVM_AMD_SEV=y ;;
	no-sev) printf 'CONFIG_%s\n' KVM=m KVM_AMD=m KVM_INTEL=m KVM_AMD_SEV=n ;;
	no-amd) printf 'CONFIG_%s\n' KVM=m KVM_AMD=n KVM_INTEL=m ;;
	*) die "no configuration is called '$1' (${configurations[*]})" ;;
	esac
}

# Kconfig drops what it cannot satisfy without a word.
honoured()
{
	local line lines
	lines=$(fragment "$1")
	for line in $lines; do
		case $line in
		*=n) ! grep "^${line%n}" "$out/.config" ;;
		*) grep -xF "$line" "$out/.config" ;;
		esac >/dev/null || { echo "kconfig did not honour $line"; return 1; }
	done
}

configure()
{
	mkdir -p "$out"
	checkout base
	kbuild tinyconfig
	fragment "$1" >"$out/fragment"
	"$tree"/scripts/kconfig/merge_config.sh -m -O "$out" "$out/.config" \
		"$TOP/arch/x86/configs/snp_host.config" "$out/fragment"
	kbuild olddefconfig
	honoured "$1"
	kbuild W=1 prepare
}

use_configuration()
{
	out=$builds/$1
	local base fragment key
	base=$(git -C "$linux" rev-parse base)
	fragment=$(fragment "$1")
	key=("$base" "$TOP/arch/x86/configs/snp_host.config" "$fragment")
	! fresh "$out/.stamp-config" "${key[@]}" || return 0
	configure "$1"
	mark_fresh "$out/.stamp-config"
}

# What the step touches has to be among what is built.
all_compiled()
{
	local file files
	files=$(changed base "$1" AM | matching '\.c$' | matching -v '^tools/')
	for file in $files; do
		[ -e "$out/${file%.c}.o" ] || { echo "$file is not compiled"; return 1; }
	done
}

# builds_at CONFIGURATION COMMIT
builds_at()
{
	local stamp
	use_configuration "$1"
	stamp=$out/.stamp-$2
	! fresh "$stamp" "$out/.stamp-config" || return 0
	checkout "$2"
	unattended "$out" kbuild W=1 arch/x86/kvm/
	[ "$1" != modules ] || all_compiled "$2"
	mark_fresh "$stamp"
}

# What is compiled may still use what KVM or the kernel does not export.
modules_link()
{
	local out=$O/series/kernel
	"$TOP"/tools/build-kernel.sh
	need_kvm_objects
	! fresh "$O/series/.stamp-linked-$1" "$out/.stamp" || return 0
	checkout "$1"
	unattended "$out" build_modules
	mark_fresh "$O/series/.stamp-linked-$1"
}

# Nor may gcc warn of a file that the series touches.
selftests_build()
{
	local tests=$O/series/selftests-last log head
	# Not in there, where a run after one that was killed would remove it.
	log=$tests.log
	head=$(git -C "$linux" rev-parse "$series") || return 1
	! fresh "$tests/.stamp" "$head" || return 0
	checkout "$series"
	mkdir -p "$tests/kvm"
	make -C "$tree" O="$tests/headers" INSTALL_HDR_PATH="$tests/headers/usr" headers_install
	unattended "$tests" make -C "$tree/tools/testing/selftests/kvm" ARCH=x86 -j"$JOBS" CC="$CC" \
		OUTPUT="$tests/kvm" LINUX_HDR_PATH="$tests/headers/usr/include" \
		KHDR_INCLUDES="-isystem $tests/headers/usr/include" >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
	changed base "$series" AM | sed 's,^tools/testing/selftests/kvm/,,' >"$tests.changed"
	matching 'warning:' "$log" | matching -Ff "$tests.changed" | nothing
	mark_fresh "$tests/.stamp"
}

need_sparse()
{
	local archive source=$O/sparse
	archive=$("$TOP"/tools/fetch.sh sparse)
	! fresh "$source.stamp" "$archive" || return 0
	rm -rf "$source"
	mkdir -p "$source"
	tar -x --strip-components=1 -C "$source" -f "$archive"
	make -C "$source" -j"$JOBS" CC="$CC" sparse
	mark_fresh "$source.stamp"
}

# What includes a private header of KVM is looked at too.
sparse_objects()
{
	changed base "$series" AM | matching -E '\.[ch]$' | matching -v '^tools/' | while read -r file; do
		case $file in
		*.c) echo "${file%.c}.o" ;;
		arch/x86/kvm/svm/*.h) git -C "$linux" ls-files "arch/x86/kvm/svm/*.c" | sed 's/c$/o/' ;;
		esac
	done | sort -u
}

# sparse_at COMMIT: writes what sparse says, without line numbers, to a file of that name
sparse_at()
{
	local text result=$builds/sparse/$1 objects
	text=$(sparse_objects)
	mapfile -t objects < <(lines "$text")
	! fresh "$result.stamp" "$out/.stamp-config" "${objects[@]}" || return 0
	mkdir -p "$builds/sparse"
	checkout "$1"
	kbuild W=1 C=2 CHECK="$O/sparse/sparse" "${objects[@]}" >"$result.log" 2>&1 ||
		{ tail -n 20 "$result.log"; return 1; }
	same "$(grep -cE '^ *CHECK +(.*/)?arch/x86/kvm/' "$result.log")" "${#objects[@]}"
	matching -E '^[^ ]+:[0-9]+:[0-9]+: ' "$result.log" | sed -E "s,$tree/,,g; s,:[0-9]+:[0-9]+: ,: ,g" |
		sort >"$result"
	mark_fresh "$result.stamp"
}

sparse_adds_nothing()
{
	local base
	base=$(git -C "$linux" rev-parse 'base^{commit}')
	need_sparse
	use_configuration modules
	sparse_at "$base"
	sparse_at "$1"
	comm -13 "$builds/sparse/$base" "$builds/sparse/$1" | nothing
}

# warnings_of COMMIT: what Sphinx says about the documents that the series touches
warnings_of()
{
	local text result=$O/series/docs/$1 files
	text=$(changed base "$series" AM | matching '^Documentation/.*\.rst$')
	mapfile -t files < <(lines "$text")
	! fresh "$result.stamp" "${files[@]}" || return 0
	checkout "$1"
	rm -rf "$result"
	mkdir -p "$result"
	make -C "$tree" O="$result" SPHINXDIRS=virt/kvm htmldocs >"$result.log" 2>&1 ||
		{ tail -n 20 "$result.log"; return 1; }
	find "$result" -name api.html | grep . >/dev/null
	matching -E '(WARNING|ERROR|SEVERE)' "$result.log" | matching -F "${files[@]/#/-e}" |
		sed -E "s,$tree/,,g; s,:[0-9]+: ,: ," | sort >"$result.warnings"
	rm -rf "$result"
	mark_fresh "$result.stamp"
}

documents_add_no_warning()
{
	local base head
	base=$(git -C "$linux" rev-parse 'base^{commit}')
	head=$(git -C "$linux" rev-parse "$series")
	"$TOP"/tools/deps.sh --check series-check
	mkdir -p "$O/series/docs"
	warnings_of "$base"
	warnings_of "$head"
	comm -13 "$O/series/docs/$base.warnings" "$O/series/docs/$head.warnings" | nothing
}
