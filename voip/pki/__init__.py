"""Who is who: a relay's private CA, the certificates that it issues, and the one-time invites that lead to them.

    glasscall relay          glasscall invite bob          glasscall join INVITE          every connection
    ───────────────          ────────────────────          ─────────────────────          ────────────────
    ca.make_authority        enrolment.invite              invite.parse_invite_untrusted
          │                        │ token                       │
    ca.issue_relay           invite.Invite.url ──────────→ certificates.make_csr
                                                                 │ Enrol
                             enrolment.enrol ←───────────────────┘
                                   │ ca.issue_client
                                   └─ Enrolled ──────────→ joining.read_enrolled_untrusted     checks.check_relay
                                                                                               checks.check_client

names         what a person, a relay and an address may be called
certificates  keys, requests and certificates: make, load, and read what they say
ca            the authority and what it issues (ECDSA P-256 everywhere)
checks        does this certificate name the one whom we mean? (the chain is OpenSSL's to check)
invite        the invite as a URL
enrolment     the relay decides: who may join, renew, come in
joining       the client checks what the relay's answer holds

Nothing here reads a clock or a file: `now` is an argument (aware, UTC), and the relay's books are a `Registry` that
`voip.io` implements.
"""
