# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
#   lines TEXT          its lines, as what read and mapfile read from: none if it is empty
#
# What a command prints is had in an assignment, which fails as the command does, and then
# read line by line:
#
#	text=$(command)
#	mapfile -t array < <(lines "$text")
#
# A `wait $!` behind `< <(command)` is no way to know: where the command has ended by
# then, bash 5.2 says 255 instead of its status, once in some thousand times.

lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
