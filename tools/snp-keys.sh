#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the keys of the SNP host model's chip: an own root (ARK), signing key
# (ASK) and VCEK, with certificates in the form that AMD's have, and a chip id.
# They prove that a report came from this build's model, and nothing else.
#
# usage: snp-keys.sh [--help]
#
# The result is in $O/snp-keys, made anew, with another chip id, when the TCB version that
# the model reports is another one, or this script: {ark,ask,vcek}.pem are the
# certificates, cert_chain.pem is ASK and ARK as AMD's key server gives them,
# vcek.hex and chip-id.hex are what QEMU reads (-global amd-psp.keys=DIR).
# turin/ has the certificates of the same key on the model of that generation.
#
# example: openssl verify -CAfile build/snp-keys/ark.pem \
#              -untrusted build/snp-keys/ask.pem build/snp-keys/vcek.pem
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

keys=$O/snp-keys
days=9131
oid=1.3.6.1.4.1.3704.1
sign=(-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48)

# certificate NAME ISSUER EXTENSIONS: signed by the issuer's key, or its own
certificate()
{
	local name=$1 issuer=$2 request
	request=(-new -key "$name.key" -subj "/O=SNP host model, no hardware/OU=Engineering/CN=$name-model")
	printf '%b' "$3" >"$name.ext"
	openssl req "${request[@]}" -out "$name.csr"
	if [ "$name" = "$issuer" ]; then
		openssl x509 -req -in "$name.csr" -signkey "$name.key" "${sign[@]}" -days $days \
			-extfile "$name.ext" -out "$name.pem"
	else
		openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial \
			"${sign[@]}" -days $days -extfile "$name.ext" -out "$name.pem"
	fi
	rm "$name.csr" "$name.ext"
}

# The private scalar, 48 bytes: openssl prints it without leading zeros, or with one more.
scalar()
{
	local hex
	hex=$(openssl pkey -in "$1" -noout -text | sed -n '/^priv:/,/^pub:/{/^ /p}' | tr -d ' :\n')
	printf '%096d%s' 0 "$hex" | tail -c 96
}

make_keys()
{
	local ca='basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n'
	local chip
	rm -rf "$keys.tmp"
	mkdir "$keys.tmp"
	cd "$keys.tmp"
	umask 077
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out ark.key
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out ask.key
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out vcek.key
	chip=$(openssl rand -hex 64)
	echo "$chip" >chip-id.hex
	scalar vcek.key >vcek.hex
	certificate ark ark "$ca"
	certificate ask ark "$ca"
	# The chip's id and the TCB that the model reports, where AMD's VCEK has them.
	certificate vcek ask "$oid.1=ASN1:INTEGER:0\n$oid.4=DER:$chip\n$milan_tcb"
	cat ask.pem ark.pem >cert_chain.pem
	openssl verify -CAfile ark.pem -untrusted ask.pem vcek.pem
	mkdir turin
	cp ark.pem ask.pem ask.key vcek.key cert_chain.pem turin
	cd turin
	certificate vcek ask "$oid.1=ASN1:INTEGER:1\n$oid.4=DER:${chip:0:16}\n$turin_tcb"
	openssl verify -CAfile ark.pem -untrusted ask.pem vcek.pem
	rm ask.key vcek.key
	cd "$O"
	rm -f "$keys.tmp"/*.srl "$keys.tmp"/turin/*.srl
	rm -rf "$keys"
	mv "$keys.tmp" "$keys"
}

# Parts of the TCB version: the number of the certificate's extension, and the name.
milan='1 BOOT_LOADER
2 TEE
3 SNP
8 MICROCODE'
turin="9 FMC
$milan"

# tcb_extensions FILE PREFIX PARTS: with the values that the model reports
tcb_extensions()
{
	local number part value
	while read -r number part; do
		value=$(sed -n "s/^#define $2$part *\(0x[0-9a-f]*\).*/\1/p" "$TOP/tools/snp-model/$1")
		[ -n "$value" ] || die "$1 does not define $2$part"
		printf '%s.3.%s=ASN1:INTEGER:%s\\n' "$oid" "$number" "$value"
	done <<<"$3"
}

lock snp-keys
milan_tcb=$(tcb_extensions fw/defs.h FW_TCB_ "$milan")
turin_tcb=$(tcb_extensions fw/product.c TURIN_ "$turin")
if ! fresh "$keys/.stamp" "$milan_tcb" "$turin_tcb" "$0"; then
	step snp-keys make_keys
	mark_fresh "$keys/.stamp"
fi
