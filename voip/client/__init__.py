"""The phone and its parts. Window, command line and tests all use `phone`, and nothing below it.

phone         the façade: one person at one relay, at most one call
link          the connection to the relay
conversation  one call, from the first ring to the last word
leg           a call's pipe to the relay
session       the end-to-end TLS session, inside the leg
sound         a call's voice: sound card ⇄ media ⇄ path
path          how protected packets travel
enrol         joining a relay with an invite
desk          what all of these share
waiting       await something in the journal
"""
