# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# A topic of patches/linux as mails, for tools/post/.  Sourced after common.sh.
#
#   use_topic TOPIC     sets the variables below for it
#   mails_of_topic      makes its mails, in $folder, and $folder.mbox of them
#   missing             what a person has to name before they can be sent, a line each
#   topics_or_all [TOPIC]...
#
# PATCHES is the folder of the topics, patches/linux unless a test says otherwise.
# FROM, BASE, PREVIOUS and ASSISTED_BY are explained in tools/post/dry.sh.

linux=$O/linux
PATCHES=${PATCHES:-$TOP/patches/linux}

# Nobody's git configuration changes a mail.
g()
{
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -C "$linux" "$@"
}

# no_person ADDRESS: one that can't be anybody's
no_person()
{
	case $1 in
	*@localhost | *.localhost | *.example | *.invalid | *.test | *@example.*) return 0 ;;
	*@*) return 1 ;;
	esac
}

sender()
{
	local name email
	name=$(git config --global user.name) || name=
	email=$(git config --global user.email) || email=
	if [ -n "${FROM-}" ]; then
		[[ $FROM =~ ^[^\<\>]+\ \<[^\<\>\ ]+@[^\<\>\ ]+\>$ ]] || die "FROM: '$FROM' is not 'NAME <ADDRESS>'"
		echo "$FROM"
	elif [ -n "$name" ] && ! no_person "$email"; then
		echo "$name <$email>"
	else
		echo "Sender Not Named <sender@not-named.invalid>"
	fi
}

# use_topic TOPIC: sets topic, cover, folder, prefix (RFC PATCH), version, tip and old,
# the commits of this and of the previous version, below, the one that both stand on, and
# from, with its parts
use_topic()
{
	local subject on=$PATCHES/$1/on
	topic=$1 old=
	[[ -z ${BASE-} || $BASE =~ ^[0-9a-f]{12,40}$ ]] ||
		die "BASE: '$BASE' is no commit's id, of 12 to 40 hexadecimal digits"
	cover=$PATCHES/$topic/0000-cover-letter.patch
	folder=$O/post/$topic
	from=$(sender)
	from_name=${from% <*} from_email=${from##*<}
	from_email=${from_email%>}
	[ -e "$cover" ] || die "there is no $cover"
	tip=$("$TOP"/tools/queue.sh linux alone "$topic" "$PATCHES")
	below=$(g rev-parse 'base^{commit}')
	[ ! -e "$on" ] || below=$("$TOP"/tools/queue.sh linux alone "$(cat "$on")")
	subject=$(sed -n '1s/^Subject: //p' "$cover")
	[[ $subject =~ ^\[([A-Z\ ]*PATCH)(\ v([0-9]+))?\ 0+/[0-9]+\]\ . ]] ||
		die "$cover does not begin with 'Subject: [PATCH 0/N] ...'"
	prefix=${BASH_REMATCH[1]} version=${BASH_REMATCH[3]:-1}
	[ -z "${PREVIOUS-}" ] || old=$(previous_tip)
}

# The older version, of this repository's history or a folder, on the same base
previous_tip()
{
	local dir
	if [ -d "$PREVIOUS" ]; then
		dir=$(realpath "$PREVIOUS")
	else
		dir=$O/post/previous
		rm -rf "$dir"
		mkdir -p "$dir"
		git -C "$TOP" archive "$PREVIOUS" "patches/linux/$topic" | tar -x -C "$dir" ||
			die "PREVIOUS: '$PREVIOUS' is no folder, and no revision that has patches/linux/$topic"
		dir=$dir/patches/linux
	fi
	"$TOP"/tools/queue.sh linux alone "$topic" "$dir"
}

# Only a person can sign, so what the repository holds is not signed, and its author
# becomes the one who signs it.
signed_tip()
{
	local commit commits name email parent now
	parent=$below
	now=$(date +%s)
	commits=$(g rev-list --reverse "$below..$tip")
	for commit in $commits; do
		name=$(g log -1 --format=%an "$commit")
		email=$(g log -1 --format=%ae "$commit")
		! no_person "$email" || { name=$from_name; email=$from_email; }
		parent=$(g log -1 --format=%B "$commit" |
			git interpret-trailers --trailer "Assisted-by: ${ASSISTED_BY:-LLM}" --trailer "Signed-off-by: $from" |
			GIT_AUTHOR_NAME=$name GIT_AUTHOR_EMAIL=$email GIT_AUTHOR_DATE="$now +0000" \
			GIT_COMMITTER_NAME=$from_name GIT_COMMITTER_EMAIL=$from_email GIT_COMMITTER_DATE="$now +0000" \
				g commit-tree "$commit^{tree}" -p "$parent")
		now=$((now + 1))
	done
	echo "$parent"
}

# get_maintainer OPTION...: what the kernel's MAINTAINERS says of the topic's patches
get_maintainer()
(
	cd "$linux" || exit
	perl scripts/get_maintainer.pl --no-git --no-git-fallback --no-rolestats --no-fixes "$@" \
		"$PATCHES/$topic"/*[1-9]-*.patch
)

# As addresses for format-patch; who is asked to take it is not copied as well, after
# which there may be nobody left.
addresses()
{
	get_maintainer --nol --nor >"$1.to"
	get_maintainer --nom >"$1.cc.new"
	grep -vxFf "$1.to" "$1.cc.new" >"$1.cc" || [ $? -eq 1 ]
	rm "$1.cc.new"
	sed 's/^/--to=/' "$1.to"
	sed 's/^/--cc=/' "$1.cc"
}

# In the project's tree the base is a commit of its own making.
name_base()
{
	local line="base-commit: ${BASE-}"
	[ -n "${BASE-}" ] || line="Applies to $(g log -1 --format=%s base), whose commit the sender did not name."
	sed -i "s/^base-commit: .*/$line\nchange-id: $topic-$(printf %s "$topic" | sha256sum | cut -c1-12)/" "$1"
}

# Debian's b4 fails at a subject or a sender of two lines.
unfold_headers()
{
	sed -i -E '1,/^$/{/^(Subject|From): /{:more;N;s/\n / /;tmore;P;D}}' "$@"
}

mails_of_topic()
{
	local text branch=post/$topic args=() description signed
	rm -rf "$folder" "$folder".*
	mkdir -p "$folder"
	text=$(addresses "$folder.addresses")
	mapfile -t args < <(lines "$text")
	[ "$version" = 1 ] || args+=(-v "$version")
	[ -z "$old" ] || args+=(--range-diff "$below..$old")
	description=$(sed '1s/^Subject: \[[^]]*\] //; /^Patches:$/,$d' "$cover")
	signed=$(signed_tip)
	g update-ref "refs/heads/$branch" "$signed"
	# The environment may say that the committer, who sends the cover letter, is somebody else.
	GIT_COMMITTER_NAME=$from_name GIT_COMMITTER_EMAIL=$from_email \
		g -c "branch.$branch.description=$description" \
		format-patch -q -o "$folder" --cover-letter --cover-from-description=subject --thread=shallow \
		--subject-prefix="$prefix" --base='base^{commit}' --no-signature --abbrev=12 -p --stat=72 --summary \
		"${args[@]}" "$below..$branch"
	g update-ref -d "refs/heads/$branch"
	name_base "$folder"/*0000-cover-letter.patch
	unfold_headers "$folder"/*.patch
	cat "$folder"/*.patch >"$folder.mbox"
}

topics_or_all()
{
	[ $# -eq 0 ] || { printf '%s\n' "$@"; return; }
	sed 's/[[:space:]]*#.*//; /^$/d' "$PATCHES/topics"
}

missing()
{
	! no_person "$from_email" || echo "the sender: FROM='NAME <ADDRESS>', or git config --global user.name and user.email"
	[ -n "${BASE-}" ] || echo "upstream's commit of $(g log -1 --format=%s base): BASE=COMMIT"
	[ "$version" = 1 ] || [ -n "$old" ] || echo "version $((version - 1)): PREVIOUS=REVISION or PREVIOUS=FOLDER"
}
