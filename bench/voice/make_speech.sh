#!/bin/sh
# Makes more people speak, for `bench/voice`: five voices, five languages, beside assets/alice.wav and bob.wav.
#
#   text → synthesiser → cut the silence round it → 16 kHz mono → rumble away → peak at −3 dBFS → out/speech/NAME.wav
#
#     make_speech.sh           all into out/speech/ (not kept: most of these voices are under the GPL or the LGPL)
#     make_speech.sh --assets  also again assets/scots.wav and assets/russian.wav (kept: see assets/README.md)
#
# 16 kHz is what the voices have, and all that wide-band PESQ hears. Needed (Debian 12):
#   festival flite sox festlex-ifd festvox-italp16k festvox-czech-dita festvox-ca-ona-hts festvox-ru
set -eu
cd "$(dirname "$0")/../.."
out=out/speech
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# finish NAME: what the synthesiser made becomes what is heard.
finish() {
    sox -D "$work/$1.wav" -b 16 -c 1 "$out/$1.wav" \
        gain -6 silence 1 0.02 0.2% fade t 0.005 reverse silence 1 0.02 0.2% fade t 0.005 reverse \
        rate -v 16000 highpass 60 pad 0.10 0.20 norm -3
}

# festival_says NAME VOICE ENCODING: speaks what stands on standard input.
festival_says() {
    iconv -t "$3" > "$work/$1.txt"
    text2wave -eval "(voice_$2)" -o "$work/$1.wav" "$work/$1.txt" 2> /dev/null
    finish "$1"
}

cat > "$work/scots.txt" <<'TEXT'
Good evening. The rain has stopped, and the street is quiet again. We talked about the journey and the old letters in the drawer. Tell me when your train arrives. I shall wait outside the station, beside the flower shop. Bring your brother, if he likes. We can walk home along the river before it gets dark.
TEXT
flite -voice awb -f "$work/scots.txt" -o "$work/scots.wav"
finish scots

festival_says russian msu_ru_nsh_clunits utf-8 <<'TEXT'
Доброе утро. Сегодня на улице тихо, и снег лежит на крышах до самой реки. Скажи мне, когда придёт поезд. Я буду ждать тебя у вокзала, рядом с большими часами. Возьми с собой брата, если он хочет. Потом мы вместе пойдём домой по старой улице.
TEXT

festival_says catalan upc_ca_ona_hts latin1 <<'TEXT'
Bon dia. Avui fa sol i la gent passeja prop del mar. Ahir vam parlar del viatge i dels llibres vells. Digues quan arriba el tren.
TEXT

festival_says czech czech_dita latin2 <<'TEXT'
Dobré ráno. Dnes je venku ticho a na střechách leží sníh. Včera jsme mluvili o cestě a o starých knihách. Řekni mi, kdy přijede vlak.
TEXT

festival_says italian lp_diphone latin1 <<'TEXT'
Buongiorno. Oggi il mare sembra calmo e la gente passeggia lungo il porto. Ieri abbiamo parlato del viaggio e dei vecchi libri. Dimmi quando arriva il treno.
TEXT

if [ "${1:-}" = --assets ]; then
    cp "$out/scots.wav" "$out/russian.wav" assets/
fi
