"""Object identifiers that certificates of TLS are made of, by their DER contents, spelt as in RFC 5280 and its kin."""

OID_NAMES: dict[bytes, str] = {
    bytes.fromhex(contents): name
    for contents, name in {
        # attributes of a name (RFC 5280 §A.1)
        "550403": "commonName",
        "550404": "surname",
        "550405": "serialNumber",
        "550406": "countryName",
        "550407": "localityName",
        "550408": "stateOrProvinceName",
        "550409": "streetAddress",
        "55040a": "organizationName",
        "55040b": "organizationalUnitName",
        "55040c": "title",
        "55042a": "givenName",
        "0992268993f22c640119": "domainComponent",
        "2a864886f70d010901": "emailAddress",
        # extensions
        "551d0e": "subjectKeyIdentifier",
        "551d0f": "keyUsage",
        "551d11": "subjectAltName",
        "551d12": "issuerAltName",
        "551d13": "basicConstraints",
        "551d1e": "nameConstraints",
        "551d1f": "cRLDistributionPoints",
        "551d20": "certificatePolicies",
        "551d23": "authorityKeyIdentifier",
        "551d25": "extKeyUsage",
        "2b06010505070101": "authorityInfoAccess",
        "2b06010505070118": "tlsfeature",
        "2b06010401d679020402": "signedCertificateTimestampList",
        # what a key may be used for
        "551d2500": "anyExtendedKeyUsage",
        "2b06010505070301": "serverAuth",
        "2b06010505070302": "clientAuth",
        "2b06010505070303": "codeSigning",
        "2b06010505070304": "emailProtection",
        "2b06010505070308": "timeStamping",
        "2b06010505070309": "OCSPSigning",
        "2b0601050507300101": "id-pkix-ocsp-basic",
        "2b06010505073001": "id-ad-ocsp",
        "2b06010505073002": "id-ad-caIssuers",
        # keys and curves
        "2a8648ce3d0201": "id-ecPublicKey",
        "2a8648ce3d030107": "secp256r1",
        "2b81040022": "secp384r1",
        "2b81040023": "secp521r1",
        "2a864886f70d010101": "rsaEncryption",
        "2b656e": "id-X25519",
        "2b6570": "id-Ed25519",
        "2b6571": "id-Ed448",
        # signatures and hashes
        "2a8648ce3d040302": "ecdsa-with-SHA256",
        "2a8648ce3d040303": "ecdsa-with-SHA384",
        "2a8648ce3d040304": "ecdsa-with-SHA512",
        "2a864886f70d010105": "sha1WithRSAEncryption",
        "2a864886f70d01010b": "sha256WithRSAEncryption",
        "2a864886f70d01010c": "sha384WithRSAEncryption",
        "2a864886f70d01010d": "sha512WithRSAEncryption",
        "2a864886f70d01010a": "id-RSASSA-PSS",
        "608648016503040311": "id-ml-dsa-44",
        "608648016503040312": "id-ml-dsa-65",
        "608648016503040313": "id-ml-dsa-87",
        "2b0e03021a": "sha1",
        "608648016503040201": "sha256",
        "608648016503040202": "sha384",
        "608648016503040203": "sha512",
    }.items()
}

ATTRIBUTE_SHORT: dict[str, str] = {
    "commonName": "CN",
    "countryName": "C",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "domainComponent": "DC",
}
"""How attributes are abbreviated in a name that is written out (RFC 4514 §3)."""
