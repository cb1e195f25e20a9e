#!/bin/sh
# Fetches the Debian packages named in packages.txt and unpacks what the training reads into a folder. Debian 12, as root, about
# 3 GB of packages and 7 GB unpacked. The folder must lie outside the repository: none of this may be committed.
#   sh fetch_data.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
mkdir -p "$folder/packages" "$folder/data/checked" "$folder/lists"

apt-get update
apt-get install -y --no-install-recommends python3-torch python3-onnx python3-numpy hunspell tesseract-ocr python3-libvoikko voikko-fi

cd "$folder/packages"
# A package that is no longer there must not stop the others.
apt-get download $(cat "$here/packages.txt") || xargs -n 1 apt-get download <"$here/packages.txt" || true
for package in *.deb; do
    name=${package%%_*}
    [ -d "$folder/data/$name" ] && continue
    mkdir "$folder/data/$name"
    dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner -C "$folder/data/$name" \
        --exclude='*.png' --exclude='*.jpg' --exclude='*.svg' --exclude='*.webp' --exclude='*.ogg' --exclude='*.wav' \
        --exclude='*.mp3' --exclude='*.so*' --exclude='*.a' --exclude='*.h' --exclude='*.pyc' --exclude='*/bin/*'
done

# Word lists of the text recognition models, and of them only the words that a spelling checker of the language knows.
cd "$folder/lists"
for pair in eng:en-us:en_US deu:de-de:de_DE fra:fr-classical:fr_FR spa:es:es_ES ita:it:it_IT swe:sv:sv_SE pol:pl:pl_PL fin:: \
    tur:tr:tr_TR hun:hu:hu_HU rus:ru:ru_RU ell:el:el_GR; do
    language=${pair%%:*} rest=${pair#*:}
    combine_tessdata -u "$(ls "$folder"/data/tesseract-ocr-"$language"/usr/share/tesseract-ocr/*/tessdata/"$language".traineddata)" "./$language."
    dawg2wordlist "$language.lstm-unicharset" "$language.lstm-word-dawg" "$language.words"
    if [ "$language" != fin ]; then
        hunspell -G -i utf-8 -d "$folder/data/hunspell-${rest%%:*}/usr/share/hunspell/${rest#*:}" \
            <"$language.words" >"$folder/data/checked/$language.good"
    else
        /usr/bin/python3 - "$folder/data/checked/fin.good" <<'PYTHON'
import sys
from libvoikko import Voikko
checker = Voikko("fi")
with open("fin.words") as words, open(sys.argv[1], "w") as good:
    good.writelines(word for word in words if word.strip() and checker.spell(word.strip()))
PYTHON
    fi
done
