#!/bin/sh
# Makes alice.wav and bob.wav: what the demo says when there is no microphone.  See README.md beside this file.
#
#   text → synthesiser (32 or 16 kHz) → cut the silence before it → 48 kHz mono → rumble away → peak at −3 dBFS
#
# Needed (Debian): festival festvox-us-slt-hts festlex-cmu festlex-poslex flite sox
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/alice.txt" <<'TEXT'
Hello Bob, this is Alice. I can see who you are before you pick up. Four words are on my screen. Please read me yours, and I will compare them. Our voices are sealed before they leave this room, and the relay in the middle only carries the envelopes.
TEXT

cat > "$work/bob.txt" <<'TEXT'
Good morning Alice. Yes, the four words on my screen match yours. I am watching the handshake, line by line, and every message has its time. Nobody between us can follow this call. You sound very clear.
TEXT

# finish RAW NAME: the synthesiser's file becomes the one that is shipped.
finish() {
    sox -D "$1" -b 16 -c 1 "$2" \
        silence 1 0.02 0.3% rate -v 48000 highpass 60 fade t 0.005 pad 0.10 0.40 norm -3
}

text2wave -eval '(voice_cmu_us_slt_arctic_hts)' -o "$work/alice.wav" "$work/alice.txt"
finish "$work/alice.wav" alice.wav
flite -voice rms -f "$work/bob.txt" -o "$work/bob.wav"
finish "$work/bob.wav" bob.wav
