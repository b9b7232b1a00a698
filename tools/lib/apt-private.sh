# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian suites other than the machine's own, without touching the machine's apt:
# one small configuration per suite and index type under $O/apt, made from the
# machine's own Debian entries.  Sourced after common.sh.

APT_ETC=${APT_ETC:-/etc/apt}

# One-line entries as deb822 stanzas, so that one filter does for both.
oneline_to_deb822()
{
	awk '
	/^[ \t]*deb(-src)?[ \t]/ && !/cdrom:/ {
		line = $0; sub(/#.*/, "", line); opts = ""
		if (match(line, /\[[^]]*\]/)) {
			opts = substr(line, RSTART + 1, RLENGTH - 2)
			line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
		}
		n = split(line, f, " ")
		printf "Types: %s\nURIs: %s\nSuites: %s\nComponents:", f[1], f[2], f[3]
		for (i = 4; i <= n; i++) printf " %s", f[i]
		print ""
		n = split(opts, f, " ")
		for (i = 1; i <= n; i++) { sub(/=/, ": ", f[i]); print f[i] }
		print ""
	}' "$@"
}

all_stanzas()
{
	local f
	for f in "$APT_ETC"/sources.list "$APT_ETC"/sources.list.d/*.list; do
		[ ! -f "$f" ] || oneline_to_deb822 "$f"
	done
	for f in "$APT_ETC"/sources.list.d/*.sources; do
		[ ! -f "$f" ] || { sed '/^#/d; s/^[[:space:]]*$//' "$f"; echo; }
	done
}

# Prints "URI KEYRING TRUSTED CHECK-VALID-UNTIL" ("-" for none) per Debian mirror.
# Third parties use Debian's suite names and paths too; their keys tell them apart.
debian_mirrors()
{
	all_stanzas | awk -v RS= '
	{
		split("", v); key = ""
		n = split($0, lines, "\n")
		for (i = 1; i <= n; i++) {
			if (lines[i] ~ /^[ \t]/) { v[key] = v[key] " " lines[i]; continue }
			key = tolower(lines[i]); sub(/[ \t]*:.*/, "", key)
			sub(/^[^:]*:[ \t]*/, "", lines[i]); v[key] = lines[i]
		}
		if (v["enabled"] ~ /^(no|false|0)/ || (" " v["components"] " ") !~ /[ \t]main[ \t]/) next
		suite = "(buster|bullseye|bookworm|trixie|forky|duke|sid|(old)*stable|testing|unstable)"
		if ((" " v["suites"] " ") !~ "[ \t]" suite "(-updates|-backports)?[ \t]") next
		signed = v["signed-by"]
		if (signed != "" && signed !~ /debian-archive/) next
		n = split(v["uris"], uri, /[ \t]+/)
		for (i = 1; i <= n; i++) {
			sub(/\/+$/, "", uri[i])
			if (uri[i] == "" || uri[i] ~ /debian-security/ || uri[i] ~ /^cdrom:/) continue
			if (signed == "" && uri[i] !~ /\/debian$/) continue
			if (seen[uri[i]]++) continue
			split(signed, k, /[ \t,]+/)
			print uri[i], (k[1] == "" ? "-" : k[1]), (v["trusted"] == "" ? "-" : v["trusted"]),
				(v["check-valid-until"] == "" ? "-" : v["check-valid-until"])
		}
	}'
}

keyring_for()
{
	local k
	for k in "$1" /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
		[ ! -e "$k" ] || { echo "$k"; return; }
	done
}

# architecture_of SUITE,...[:ARCHITECTURE]
architecture_of()
{
	case $1 in
	*:*) echo "${1#*:}" ;;
	*) echo amd64 ;;
	esac
}

# write_sources DIR SUITE,...[:ARCHITECTURE] TYPE URI KEYRING TRUSTED CHECK-VALID-UNTIL
write_sources()
{
	local key targets=Packages suites=${2%:*}
	[ "$3" != deb-src ] || targets=Sources
	key=$(keyring_for "$5")
	{
		printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\n' "$3" "$4" "${suites//,/ }"
		printf 'Architectures: %s\nTargets: %s\n' "$(architecture_of "$2")" "$targets"
		[ -z "$key" ] || echo "Signed-By: $key"
		[ "$6" = - ] || echo "Trusted: $6"
		[ "$7" = - ] || echo "Check-Valid-Until: $7"
	} >"$1/sources/debian.sources"
}

# write_conf DIR ARCHITECTURE
#
# The machine's own apt.conf.d is kept, since a proxy may be set there; what it
# wants to run after an update concerns the machine's lists and not ours.  A mirror
# that was frozen or lags behind serves as well: indexes are still signed, and what
# the build depends on has its checksum in sources/table.
write_conf()
{
	local d=$1
	mkdir -p "$d"/{sources,empty,conf.d,lists/partial,cache/archives/partial}
	find "$d/conf.d" -type l -delete
	find "$APT_ETC/apt.conf.d/" -type f -exec ln -s -t "$d/conf.d" {} + 2>/dev/null || :
	: >"$d/status"
	cat >"$d/conf.d/zz-private" <<-EOF
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear APT::Architectures;
	APT::Architecture "$2";
	APT::Architectures:: "$2";
	APT::Sandbox::User "root";
	APT::Update::Error-Mode "any";
	Acquire::Check-Valid-Until "false";
	Acquire::Check-Date "false";
	Acquire::Languages "none";
	Acquire::PDiffs "false";
	Acquire::Retries "1";
	Acquire::http::Timeout "20";
	Dir::Etc::SourceList "/dev/null";
	Dir::Etc::SourceParts "$d/sources/";
	Dir::Etc::Preferences "/dev/null";
	Dir::Etc::PreferencesParts "$d/empty/";
	Dir::State "$d/";
	Dir::State::Lists "$d/lists/";
	Dir::State::Status "$d/status";
	Dir::Cache "$d/cache/";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Cache::srcpkgcache "srcpkgcache.bin";
	EOF
	echo "Dir::Etc::Parts \"$d/conf.d/\";" >"$d/apt.conf"
}

# apt_in DIR COMMAND...
apt_in()
{
	local d=$1
	shift
	APT_CONFIG=$d/apt.conf "$@"
}

# apt_update SUITE,...[:ARCHITECTURE] deb|deb-src: the index of the suites, from the
# first mirror of the machine that has them.  apt keeps what it has of an interrupted update.
apt_update()
{
	local d=$O/apt/$1-$2 uri key trusted valid
	write_conf "$d" "$(architecture_of "$1")"
	debian_mirrors >"$O/apt/mirrors"
	[ -s "$O/apt/mirrors" ] || { echo "no Debian entry in $APT_ETC" >&2; return 1; }
	while read -r uri key trusted valid; do
		write_sources "$d" "$1" "$2" "$uri" "$key" "$trusted" "$valid"
		apt_in "$d" apt-get -q update </dev/null && touch "$d/updated" && return 0
	done <"$O/apt/mirrors"
	return 1
}
