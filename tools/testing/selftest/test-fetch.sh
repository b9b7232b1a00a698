#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests tools/fetch.sh on a registry, a server and tarballs made on the spot.  No network.
#
# Example:  tools/testing/selftest/test-fetch.sh
set -euo pipefail

# shellcheck source=tools/testing/selftest/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

T=$(mktemp -d)
SERVER=
trap 'rm -rf "$T"; [ -z "$SERVER" ] || kill "$SERVER"' EXIT
checkout_copy "$T/co"
CO=$T/co REPO=$T/repo/debian
export O=$T/build APT_ETC=$T/etc SHARED_SOURCES=$T/shared
unset LINUX LINUX_REF QEMU OVMF OVMF_AMDSEV http_proxy https_proxy V
mkdir -p "$T"/{etc/apt.conf.d,etc/sources.list.d,shared}

sum() { sha256sum "$1" | cut -d' ' -f1; }
table() { printf '%s\n' "$@" >"$CO/tools/sources/table"; }
fetch() { "$CO/tools/fetch.sh" "$@"; }
fresh() { rm -rf "$O" "$T"/etc/sources.list* "$T"/shared/*; mkdir "$T/etc/sources.list.d"; }
mirrors() { bash -c 'cd "$0/tools/lib"; . ./common.sh; . ./apt-private.sh; debian_mirrors' "$CO"; }
use_repo() { echo "deb [trusted=yes] file:$REPO bookworm main" >"$T/etc/sources.list"; }

# make_deb NAME CONTROL-LINE: a package in the pool, and its stanza for the index on stdout
make_deb()
{
	local file=pool/$1_1.0_all.deb
	printf 'Package: %s\nVersion: 1:1.0\nArchitecture: all\nMaintainer: x <x@localhost>\n%s\nDescription: x\n' \
		"$1" "$2" >"$T/deb/DEBIAN/control"
	dpkg-deb -b "$T/deb" "$REPO/$file" >/dev/null
	cat "$T/deb/DEBIAN/control"
	printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' \
		"$file" "$(stat -c %s "$REPO/$file")" "$(sum "$REPO/$file")"
}

# A registry with one source package (its 7.2.9 is listed but gone) and three binary packages,
# and one of another architecture.
make_repo()
{
	local d=$REPO/dists/sid/main v
	mkdir -p "$REPO/pool" "$d"/{source,binary-amd64,binary-i386} "$T/deb/DEBIAN"
	for v in 7.2.8 7.2.9; do
		echo "source $v" >"$REPO/pool/linux_$v.orig.tar.xz"
		printf 'Package: linux\nVersion: %s-1\nDirectory: pool\nChecksums-Sha256:\n %s %s linux_%s.orig.tar.xz\n\n' \
			"$v" "$(sum "$REPO/pool/linux_$v.orig.tar.xz")" "$(stat -c %s "$REPO/pool/linux_$v.orig.tar.xz")" "$v"
	done >"$d/source/Sources"
	rm "$REPO/pool/linux_7.2.9.orig.tar.xz"
	{
		make_deb toy "Section: misc"
		make_deb box "Depends: toy (>= 1:1.0)"
		make_deb torso "Depends: legs"
	} >"$d/binary-amd64/Packages"
	make_deb alien "Section: misc" >"$d/binary-i386/Packages"
	(
		cd "$REPO/dists/sid"
		printf 'Origin: Debian\nSuite: unstable\nCodename: sid\nComponents: main\nArchitectures: amd64 i386\nSHA256:\n'
		for v in main/source/Sources main/binary-{amd64,i386}/Packages; do
			echo " $(sum $v) $(stat -c %s $v) $v"
		done
	) >"$T/Release"
	mv "$T/Release" "$REPO/dists/sid/Release"
}

deb822_entries()
{
	fresh
	cat >"$T/etc/sources.list.d/debian.sources" <<-'EOF'
	# a comment
	Types: deb deb-src
	# another
	URIs: http://one.example/debian/
	  http://two.example/debian
	Suites: bookworm bookworm-updates
	Components: main contrib
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

	Types: deb
	URIs: http://one.example/debian-security
	Suites: bookworm-security
	Components: main
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

	Types: deb
	URIs: http://off.example/debian
	Enabled: no
	Suites: bookworm
	Components: main
	EOF
	cat >"$T/etc/sources.list.d/others.sources" <<-'EOF'
	Types: deb
	URIs: http://node.example/node_20.x
	Suites: nodistro
	Components: main
	Signed-By: /usr/share/keyrings/nodesource.gpg

	Types: deb
	URIs: http://vpn.example/stable/debian
	Suites: bookworm
	Components: main
	Signed-By: /usr/share/keyrings/vpn.gpg
	EOF
	same "$(mirrors)" "http://one.example/debian /usr/share/keyrings/debian-archive-keyring.gpg - -
http://two.example/debian /usr/share/keyrings/debian-archive-keyring.gpg - -"
}

oneline_entries()
{
	fresh
	cat >"$T/etc/sources.list" <<-'EOF'
	# deb http://comment.example/debian bookworm main
	deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main
	deb http://one.example/debian bookworm main  # inline
	deb-src http://one.example/debian bookworm main
	deb http://one.example/debian-security bookworm-security main
	deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] http://two.example/mirror/ trixie main
	EOF
	cat >"$T/etc/sources.list.d/others.list" <<-'EOF'
	deb http://cloud.example/apt cloud-sdk-bookworm main
	deb http://containers.example/linux/debian bookworm stable
	deb [signed-by=/etc/apt/keyrings/x.asc] http://x.example/linux/debian bookworm main
	EOF
	same "$(mirrors)" "http://one.example/debian - - -
http://two.example/mirror /usr/share/keyrings/debian-archive-keyring.gpg - -"
}

private_conf()
{
	fresh
	use_repo
	echo 'APT::Update::Post-Invoke { "touch '"$T"'/hook-ran"; };' >"$T/etc/apt.conf.d/50hook"
	before=$(find "$T/etc" -type f -exec sha256sum {} +)
	table "toy deb toy 1:1.0 sid toy_1.0_all.deb -"
	fetch toy
	same "$(find "$T/etc" -type f -exec sha256sum {} +)" "$before"
	[ ! -e "$T/hook-ran" ]
	grep -qx 'Suites: sid' "$O/apt/sid-deb/sources/debian.sources"
	grep -qx 'Targets: Packages' "$O/apt/sid-deb/sources/debian.sources"
	[ ! -e "$O/apt/sid-deb-src" ]
}

downloads_verified()
{
	fresh
	use_repo
	table "toy deb toy 1:1.0 sid toy_1.0_all.deb $(sum "$REPO/pool/toy_1.0_all.deb")"
	path=$(fetch toy)
	cmp "$path" "$REPO/pool/toy_1.0_all.deb"
	[ ! -L "$path" ]
}

other_architecture()
{
	fresh
	use_repo
	table "alien deb alien 1:1.0 sid:i386 alien_1.0_all.deb -"
	cmp "$(fetch alien)" "$REPO/pool/alien_1.0_all.deb"
	fresh
	use_repo
	table "alien deb alien 1:1.0 sid alien_1.0_all.deb -"
	fails fetch alien
	says "sid has no alien 1:1.0"
}

whole_closure()
{
	fresh
	use_repo
	table "box closure box 1:1.* bookworm,sid - -" "box closure box 1:1.* sid - -"
	fetch box | sort >"$T/found"
	same "$(cat "$T/found")" "$(printf '%s\n' "$O"/cache/{box_1%3a1.0_all.deb,toy_1%3a1.0_all.deb})"
	cmp "$O/cache/box_1%3a1.0_all.deb" "$REPO/pool/box_1.0_all.deb"
	rm -r "$T/etc/sources.list" "$O/apt"
	same "$(fetch box | sort)" "$(cat "$T/found")"
}

closure_broken()
{
	fresh
	use_repo
	table "torso closure torso 1:1.* sid - -"
	fails fetch torso
	says "sid cannot satisfy what torso 1:1.0 depends on"
}

second_run_offline()
{
	fresh
	use_repo
	table "toy deb toy * sid toy_*.deb -"
	first=$(fetch toy)
	rm -r "$T/etc/sources.list" "$O/apt"
	same "$(fetch toy)" "$first"
	[ ! -e "$O/apt" ]
}

gone_takes_next()
{
	fresh
	use_repo
	table "linux orig linux 7.2.* sid linux_7.2.*.orig.tar.* -"
	same "$(fetch linux)" "$O/cache/linux_7.2.8.orig.tar.xz"
}

cache_corrupted()
{
	fresh
	use_repo
	table "toy deb toy * sid toy_*.deb -"
	path=$(fetch toy)
	echo x >>"$path"
	want=$(sum "$REPO/pool/toy_1.0_all.deb") got=$(sum "$path")
	fails fetch toy
	says "wrong checksum" "$path" "$want" "$got"
	[ -e "$path.bad" ] && [ ! -e "$path" ]
	same "$(fetch toy)" "$path"
}

# A sha256sum that fails, as on a disk with a bad sector, says nothing of the file.
cache_unreadable()
{
	fresh
	use_repo
	table "toy deb toy * sid toy_*.deb -"
	path=$(fetch toy)
	touch "$path"
	mkdir -p "$T/bad"
	printf '#!/bin/sh\nexit 1\n' >"$T/bad/sha256sum"
	chmod +x "$T/bad/sha256sum"
	fails env PATH="$T/bad:$PATH" "$CO/tools/fetch.sh" toy
	says "$path cannot be read"
	same "$(fetch toy)" "$path"
}

named_or_shared_corrupted()
{
	fresh
	echo good >"$T/shared/toy.deb"
	table "toy deb toy 1.0 sid toy.deb $(sum "$T/shared/toy.deb")"
	same "$(fetch toy)" "$T/shared/toy.deb"
	echo bad >"$T/shared/toy.deb"
	fails fetch toy
	says "wrong checksum: $T/shared/toy.deb"
	fails env TOY="$T/shared/toy.deb" "$CO/tools/fetch.sh" toy
	says "wrong checksum: $T/shared/toy.deb"
	[ -e "$T/shared/toy.deb" ]
}

index_disagrees()
{
	fresh
	use_repo
	table "toy deb toy 1:1.0 sid toy_1.0_all.deb 1111"
	fails fetch toy
	says "wrong checksum" "expected sha256 1111"
}

no_network()
{
	fresh
	echo "deb http://127.0.0.1:1/debian bookworm main" >"$T/etc/sources.list"
	table "toy deb toy * sid toy_*.deb -" "toy deb toy * forky toy_*.deb -"
	fails fetch toy
	says "toy is not on this machine" "do not answer" "is there a network" "log: $O/logs/"
	[ "$(wc -l <<<"$OUT")" -le 2 ]
}

no_suite()
{
	fresh
	echo "deb file:$T/nonexistent/debian bookworm main" >"$T/etc/sources.list"
	table "toy deb toy * sid toy_*.deb -"
	fails fetch toy
	says "no suite sid"
}

no_mirror()
{
	fresh
	table "toy deb toy * sid toy_*.deb -"
	fails fetch toy
	says "names no Debian mirror" "TOY=FILE"
}

no_package()
{
	fresh
	use_repo
	table "other deb other 2.* sid other_*.deb -" "toy deb toy 3.* sid toy_3*.deb -"
	fails fetch other
	says "sid has no other 2.*"
	fails fetch toy
	says "sid has no toy 3.*"
}

unsigned_index()
{
	fresh
	echo "deb file:$REPO bookworm main" >"$T/etc/sources.list"
	table "toy deb toy * sid toy_*.deb -"
	fails fetch toy
	says "no signature that this machine trusts"
}

full_disk()
{
	fresh
	use_repo
	table "toy deb toy * sid toy_*.deb -"
	mkdir -p "$T/bin"
	printf '#!/bin/sh\necho "Filesystem blocks Used Available Use Mounted"; echo "x 9 9 0 100%% /"\n' >"$T/bin/df"
	chmod +x "$T/bin/df"
	fails env PATH="$T/bin:$PATH" "$CO/tools/fetch.sh" toy
	says "not enough disk space in $O: 0 MB are free"
}

# Serves one file with Range support, and cuts the first answer off in the middle.
start_server()
{
	head -c 3000000 /dev/urandom >"$T/big"
	/usr/bin/python3 - "$T" >"$T/port" <<-'EOF' &
	import http.server, re, sys
	data = open(sys.argv[1] + "/big", "rb").read()
	ranges = open(sys.argv[1] + "/ranges", "w", buffering=1)
	class H(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        m = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
	        start = int(m[1]) if m else 0
	        print(start, file=ranges)
	        self.send_response(206 if m else 200)
	        self.send_header("Content-Length", str(len(data) - start))
	        self.end_headers()
	        self.wfile.write(data[start:] if m else data[:2000000])
	    def log_message(self, *args): pass
	s = http.server.HTTPServer(("127.0.0.1", 0), H)
	print(s.server_port, flush=True)
	s.serve_forever()
	EOF
	SERVER=$!
	until [ -s "$T/port" ]; do sleep 0.05; done
}

upstream_resumes()
{
	fresh
	table "big url http://127.0.0.1:$(cat "$T/port")/big 1 - big $(sum "$T/big")"
	path=$(fetch big)
	cmp "$path" "$T/big"
	same "$(paste -sd' ' "$T/ranges")" "0 2000000"
	rm -r "$path" "$O/cache/big.list"
	head -c 1234567 "$T/big" >"$O/cache/partial/big.part"
	cmp "$(fetch big)" "$T/big"
	same "$(tail -n 1 "$T/ranges")" 1234567
}

upstream_corrupted()
{
	fresh
	table "big url http://127.0.0.1:$(cat "$T/port")/big 1 - big 2222"
	fails fetch big
	says "wrong checksum" "expected sha256 2222" "big.bad"
}

git_tree_named()
{
	fresh
	table "linux orig linux 7.2.8-1 sid x.tar.xz 3333"
	rm -rf "$T/git"
	git init -q "$T/git"
	cd "$T/git"
	for v in one two; do
		echo "$v" >file
		git add file
		git -c user.name=x -c user.email=x@localhost commit -qm "$v"
	done
	same "$(tar -xOf "$(LINUX=$T/git fetch linux)" linux/file)" two
	same "$(tar -xOf "$(LINUX=$T/git LINUX_REF=HEAD^ fetch linux)" linux/file)" one
	fails env LINUX="$T/git" LINUX_REF=nowhere "$CO/tools/fetch.sh" linux
	says "nowhere"
	same "$(LINUX=$T/shared fetch linux)" "$T/shared"
	fails env LINUX="$T/none" "$CO/tools/fetch.sh" linux
	says "LINUX=$T/none: no such file"
}

unwritable_O()
{
	for bad in /proc/x "$CO/tools/fetch.sh/x"; do
		fails env O="$bad" "$CO/tools/fetch.sh" --list
		says "the build directory $bad cannot be written"
		[ "$(wc -l <<<"$OUT")" -eq 1 ]
	done
}

make_repo
start_server
t "mirrors from deb822 files, third parties left out" deb822_entries
t "mirrors from one-line files, third parties left out" oneline_entries
t "the private set-up leaves the machine's own alone" private_conf
t "a download is verified and whole" downloads_verified
t "a package of another architecture, from its own index" other_architecture
t "a package comes with all that it depends on" whole_closure
t "a package whose dependencies are missing" closure_broken
t "a second run needs no registry" second_run_offline
t "a listed file that is gone: the next version is taken" gone_takes_next
t "a corrupted file in the cache is named and moved aside" cache_corrupted
t "one that cannot be read stays, and is taken when it can" cache_unreadable
t "a corrupted file of the user's is named and left" named_or_shared_corrupted
t "an index that disagrees with the table is refused" index_disagrees
t "no network: one message" no_network
t "a registry without the suite" no_suite
t "a machine without Debian entries" no_mirror
t "a suite without the package" no_package
t "an unsigned index is refused" unsigned_index
t "a full disk" full_disk
t "upstream downloads resume" upstream_resumes
t "an upstream file with a wrong checksum is refused" upstream_corrupted
t "LINUX names a git tree or a directory" git_tree_named
t "a build directory that cannot be written" unwritable_O
finish
