#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Download URL into FILE and go on where an interrupted download stopped.

    tools/sources/download.py URL FILE

FILE.part holds what has arrived; it becomes FILE when it is whole.  The caller
checks the checksum.
"""

import os
import sys
import time
import urllib.error
import urllib.request

CHUNK = 1 << 20
TRIES = 3
TIMEOUT = 20  # seconds without a byte


def request(url, offset):
    headers = {"User-Agent": "fetch"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    return urllib.request.urlopen(
        urllib.request.Request(url, headers=headers), timeout=TIMEOUT)


def attempt(url, part):
    """Fetch the rest of part; an answer cut short raises OSError."""
    offset = os.path.getsize(part) if os.path.exists(part) else 0
    try:
        answer = request(url, offset)
    except urllib.error.HTTPError as e:
        if e.code != 416:  # 416: part is whole already, or longer than the file
            raise
        total = e.headers.get("Content-Range", "").rpartition("/")[2]
        if total == str(offset):
            return
        os.unlink(part)
        return attempt(url, part)
    with answer:
        resumed = getattr(answer, "status", None) == 206
        left = answer.headers.get("Content-Length")
        with open(part, "ab" if resumed else "wb") as out:
            got = 0
            while chunk := answer.read(CHUNK):
                out.write(chunk)
                got += len(chunk)
    if left is not None and got != int(left):
        raise OSError(f"the connection broke after {got} of {left} bytes")


def main():
    if len(sys.argv) != 3 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if len(sys.argv) > 1 else 1
    url, path = sys.argv[1:]
    part = path + ".part"
    for n in range(TRIES):
        try:
            attempt(url, part)
            os.replace(part, path)
            return 0
        except (OSError, ValueError) as e:  # URLError and time-outs are OSErrors
            error = e
            if isinstance(e, urllib.error.HTTPError) and e.code < 500:
                break
            time.sleep(n)
    print(getattr(error, "reason", error), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
