# SPDX-License-Identifier: GPL-2.0-only
"""ID blocks: made, checked, judged by openssl, spoiled byte by byte."""
import base64
import hashlib
import json
import struct

import firmware
from tool import NO, TROUBLE, openssl

DIGEST = bytes(range(48)).hex()
OTHER = bytes(48).hex()
ALGO, SIG, KEY, KEY_SIG, AUTHOR = 0, 0x40, 0x240, 0x680, 0x880

# DER of a P-384 public key up to its coordinates
SPKI = bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004")


def little(field: bytes) -> int:
    return int.from_bytes(field[:72], "little")


def public_der(key: bytes) -> bytes:
    return SPKI + b"".join(little(key[at:]).to_bytes(48, "big") for at in (4, 76))


def der_integer(number: int) -> bytes:
    data = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(data)]) + data


def signature_der(sig: bytes) -> bytes:
    body = der_integer(little(sig)) + der_integer(little(sig[72:]))
    return b"\x30" + bytes([len(body)]) + body


class Files:
    """Keys, and a block and its authentication, with an author's key and without."""

    def __init__(self, tool):
        self.tool = tool
        self.id_key = tool.directory / "id.pem"
        self.author = tool.directory / "author.pem"
        openssl("ecparam", "-name", "secp384r1", "-genkey", "-out", self.id_key)
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384",
                "-out", self.author)
        self.block, self.auth = tool.directory / "block", tool.directory / "auth"

    def create(self, *more) -> list:
        return ["id-block", "create", "--digest", DIGEST, "--id-key", self.id_key,
                "--out-block", self.block, "--out-auth", self.auth, *more]

    def check(self, *more) -> list:
        return ["id-block", "check", "--block", self.block, "--auth", self.auth, *more]


FULL = ["--policy", "0xb0000", "--family-id", "0f" * 16, "--image-id", "1e" * 16, "--svn", "7",
        "--version", "1"]


def layout(files) -> None:
    tool = files.tool
    tool.tap.equal(tool.output(*files.create("--author-key", files.author, *FULL)), "", "create")
    wanted = (bytes.fromhex(DIGEST) + b"\x0f" * 16 + b"\x1e" * 16 +
              struct.pack("<IIQ", 1, 7, 0xb0000))
    tool.tap.equal(files.block.read_bytes(), wanted, "the block's bytes")
    auth = files.auth.read_bytes()
    tool.tap.equal((len(auth), struct.unpack_from("<II", auth)), (4096, (1, 1)), "the algorithms")
    for name, pem, at in (("ID", files.id_key, KEY), ("author", files.author, AUTHOR)):
        tool.tap.equal(public_der(auth[at:]),
                       openssl("pkey", "-in", pem, "-pubout", "-outform", "DER"),
                       f"openssl knows the {name} key")
    found = json.loads(tool.output(*files.check("--json")))
    tool.tap.equal((found["id_key_digest"], found["author_key_digest"]),
                   tuple(hashlib.sha384(auth[at:at + 0x404]).hexdigest() for at in (KEY, AUTHOR)),
                   "key digests as in the report")
    tool.tap.equal((found["digest"], found["guest_svn"], found["policy"]), (DIGEST, 7, "0xb0000"),
                   "the block's fields")


def judged(files) -> None:
    """openssl verifies both signatures."""
    tool, auth = files.tool, files.auth.read_bytes()
    for name, key, sig, data in (
            ("the block", KEY, SIG, files.block.read_bytes()),
            ("the ID key", AUTHOR, KEY_SIG, auth[KEY:KEY + 0x404])):
        public = tool.file("public.der", public_der(auth[key:]))
        signature = tool.file("signature.der", signature_der(auth[sig:]))
        try:
            said = openssl("dgst", "-sha384", "-verify", public, "-keyform", "DER", "-signature",
                           signature, data=data)
        except Exception as error:      # openssl's exit status says no
            said = str(error)
        tool.tap.equal(said, b"Verified OK\n", f"openssl verifies the signature of {name}")


def expected(files) -> None:
    tool = files.tool
    tool.tap.check(DIGEST in tool.output(*files.check("--digest", DIGEST, "--policy", "0xb0000")),
                   "check what is expected", "")
    tool.refuses("for another digest", NO, "BAD_MEASUREMENT", *files.check("--digest", OTHER))
    tool.refuses("for another policy", NO, "POLICY_FAILURE", *files.check("--policy", "0x30000"))
    tool.refuses("both: the digest is first", NO, "BAD_MEASUREMENT",
                 *files.check("--digest", OTHER, "--policy", "0x30000"))


def spoiled(files) -> None:
    """No byte may change, nor be of another file."""
    tool = files.tool
    originals = {path: path.read_bytes() for path in (files.block, files.auth)}
    places = [(files.block, at) for at in range(96)]
    places += [(files.auth, at) for at in range(0, 4096, 13)]
    places += [(files.auth, at) for at in (4, 8, 0x3f, 0x87, 0x88, 0x23f, 0x240, 0x643, 0x644,
                                           0x67f, 0x680, 0x87f, 0x880, 0xc83, 0xc84, 4095)]
    taken = []
    for path, at in places:
        data = bytearray(originals[path])
        data[at] ^= 0x40
        path.write_bytes(data)
        done = tool.run(*files.check())
        if done.returncode != NO or done.stderr.count("\n") != 1:
            taken.append((path.name, hex(at), done.returncode))
        path.write_bytes(originals[path])
    tool.tap.equal(taken, [], f"{len(places)} changed bytes are refused")
    tool.output(*files.create())
    tool.file("auth", originals[files.auth])
    tool.refuses("the authentication of another block", NO, "signature of the ID block",
                 *files.check())


def without_author(files) -> None:
    tool = files.tool
    tool.output(*files.create())
    tool.tap.equal("author" in tool.output(*files.check()), False, "no author key")
    tool.tap.equal(struct.unpack_from("<Q", files.block.read_bytes(), 0x58), (0x30000,),
                   "the default policy is QEMU's")
    auth = bytearray(files.auth.read_bytes())
    auth[4] = 1
    files.auth.write_bytes(auth)
    tool.refuses("an author key that is not there", NO, "the author key has the curve 0",
                 *files.check())
    auth[:8] = struct.pack("<II", 2, 0)
    files.auth.write_bytes(auth)
    tool.refuses("another algorithm", NO, "algorithm is 2", *files.check())
    auth[:8] = struct.pack("<II", 1, 0)
    auth[KEY:KEY + 4] = struct.pack("<I", 1)
    files.auth.write_bytes(auth)
    tool.refuses("another curve", NO, "curve 1", *files.check())
    auth[KEY:KEY + 0x404] = struct.pack("<I", 2) + b"\1".ljust(72, b"\0") * 2 + bytes(0x370)
    files.auth.write_bytes(auth)
    tool.refuses("a point off the curve", NO, "not a point", *files.check())


def as_text(files) -> None:
    tool = files.tool
    tool.output(*files.create("--base64"))
    block = base64.b64decode(files.block.read_text(), validate=False)
    tool.tap.equal((len(block), block[:48].hex()), (96, DIGEST), "base64 for QEMU")
    tool.tap.equal(files.auth.read_text().count("\n"), 1, "base64 is one line")
    tool.tap.check(DIGEST in tool.output(*files.check()), "check reads base64", "")


def in_lines(files) -> None:
    """Base64 as base64(1), openssl, mail and editors leave it."""
    tool = files.tool
    tool.output(*files.create("--author-key", files.author))
    originals = {path: path.read_bytes() for path in (files.block, files.auth)}
    one = {path: base64.b64encode(data) for path, data in originals.items()}
    wrapped = {path: base64.encodebytes(data) for path, data in originals.items()}

    def write(texts: dict) -> None:
        for path, data in texts.items():
            path.write_bytes(data)

    for name, change in (("wrapped at 76", lambda text: text),
                         ("with CRLF", lambda text: text.replace(b"\n", b"\r\n")),
                         ("after an empty line", lambda text: b"\n" + text),
                         ("indented", lambda text: b"\t " + text.replace(b"\n", b"\n\t ")),
                         ("without a last newline", bytes.rstrip),
                         ("in words of four", lambda text: b" ".join(
                             text[n:n + 4] for n in range(0, len(text), 4)))):
        write({path: change(text) for path, text in wrapped.items()})
        tool.tap.check(DIGEST in tool.output(*files.check()), f"base64 {name}", "")
    text = one[files.auth]
    for name, spoiled in (("with a stray character", text[:100] + b"*" + text[101:]),
                          ("with padding inside", text[:100] + b"=" + text[101:]),
                          ("one character short", text[:-1]), ("one character long", text + b"A"),
                          ("too short", text[:-4]), ("too long", text + b"AAAA"),
                          ("of nothing", b""),
                          ("of nothing but blanks", b" \n" * 2000)):
        write({**one, files.auth: spoiled})
        tool.refuses(f"base64 {name}", TROUBLE, "neither 4096 bytes nor their base64 text",
                     *files.check())
    write({**one, files.block: one[files.block] + b"----"})
    tool.refuses("base64 with dashes after it", TROUBLE, "neither 96 bytes nor their base64 text",
                 *files.check())


def digits(files) -> None:
    """Bytes in hexadecimal, with 0x and without."""
    tool, made = files.tool, []
    for prefix in ("", "0x", "0X"):
        tool.output("id-block", "create", "--digest", prefix + DIGEST, "--family-id",
                    prefix + "0f" * 16, *files.create()[4:])
        made.append(files.block.read_bytes())
        tool.tap.check(DIGEST in tool.output(*files.check("--digest", prefix + DIGEST.upper())),
                       f"a digest after '{prefix}'", "")
    tool.tap.equal([made[0][:64].hex(), *made], [DIGEST + "0f" * 16, *made[:1] * 3],
                   "0x changes nothing")
    for text in ("0x" + DIGEST[2:], "0x" + DIGEST + "0", "0x0x" + DIGEST, "x" + DIGEST, "0x", DIGEST[:-1] + "g",
                 "+" + DIGEST[1:]):
        tool.refuses(f"the digest {text[:6]}... of {len(text)} characters", TROUBLE,
                     "is not 96 hexadecimal digits", *files.check("--digest", text))


def for_every_count(files) -> None:
    """A VMM that supplies the VMSA needs one block; KVM mode needs one for each count."""
    tool = files.tool
    fd = tool.file("counts.fd", firmware.image())

    def blocks(*mode) -> list[bytes]:
        made = []
        for vcpus in ("1", "2", "4", "8"):
            digest = tool.output("digest", "--ovmf", fd, "--vcpu-type", "EPYC-Milan", "--vcpus",
                                 vcpus, *mode).strip()
            tool.output("id-block", "create", "--digest", digest, "--id-key", files.id_key,
                        "--out-block", files.block, "--out-auth", files.auth)
            made.append(files.block.read_bytes())
        return made

    direct = blocks("--vmsa", "direct", "--vmsa-gpa", "0xfffef000")
    tool.tap.equal([len(direct[0]), len(set(direct))], [96, 1],
                   "direct mode: the same ID block for 1, 2, 4 and 8 vCPUs")
    kvm = blocks()
    tool.tap.equal(len(set(kvm) - set(direct)), 4, "KVM mode: another one for each")


def refused(files) -> None:
    tool = files.tool
    other = tool.directory / "p256.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", other)
    rsa = tool.directory / "rsa.pem"
    openssl("genpkey", "-algorithm", "RSA", "-out", rsa)
    locked = tool.directory / "locked.pem"
    openssl("pkey", "-in", files.id_key, "-aes256", "-passout", "pass:x", "-out", locked)
    public = tool.file("public.pem", openssl("pkey", "-in", files.id_key, "-pubout"))
    out = ["--out-block", files.block, "--out-auth", files.auth]
    base = ["id-block", "create", "--digest", DIGEST, *out]
    for text, args in (
            ("not a key on the curve P-384", [*base, "--id-key", other]),
            ("not a key on the curve P-384", [*base, "--id-key", rsa]),
            ("is encrypted", [*base, "--id-key", locked]),
            ("no private key in PEM", [*base, "--id-key", public]),
            ("no private key in PEM", [*base, "--id-key", "/dev/null"]),
            ("cannot open the ID key", [*base, "--id-key", "/nonexistent"]),
            ("cannot open the author key", files.create("--author-key", "/nonexistent")),
            ("the author key", files.create("--author-key", other)),
            ("--id-key is missing", base),
            ("--digest is missing", ["id-block", "create", *out, "--id-key", files.id_key]),
            ("--out-auth is missing", [*base[:6], "--id-key", files.id_key]),
            ("not 96 hexadecimal digits", ["id-block", "create", "--digest", DIGEST[2:], *out,
                                           "--id-key", files.id_key]),
            ("lacks bit 17", files.create("--policy", "0x10000")),
            ("bits that no policy has: 0x4000000", files.create("--policy", "0x4030000")),
            ("policy 'smt'", files.create("--policy", "smt")),
            ("not 32 hexadecimal digits", files.create("--family-id", "guest")),
            ("guest SVN '4294967296'", files.create("--svn", "4294967296")),
            ("cannot write /nonexistent/a", [*base[:4], "--id-key", files.id_key, "--out-block",
                                             "/nonexistent/a", "--out-auth", files.auth]),
            ("--block is missing", ["id-block", "check", "--auth", files.auth]),
            ("neither 96 bytes nor", files.check()[:3] + [files.auth, "--auth", files.auth]),
            ("neither 4096 bytes", files.check()[:-1] + [files.block])):
        tool.refuses(f"id-block: {text}", TROUBLE, text, *args)


def run(tool) -> None:
    files = Files(tool)
    for part in (layout, judged, expected, spoiled, without_author, as_text, in_lines, digits,
                 for_every_count, refused):
        part(files)
