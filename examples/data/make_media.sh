#!/usr/bin/env bash
# Makes the video and the pictures of the examples: clip.mp4 and pictures.zip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

draw() { ffmpeg -nostdin -loglevel error -y -f lavfi -i "$1" -fflags +bitexact -flags +bitexact -map_metadata -1 "${@:2}"; }

# Ten seconds of a test picture with a moving bar and a counter.
draw testsrc=size=160x120:rate=10:duration=10 -c:v libx264 -preset slow -crf 30 -g 20 -pix_fmt yuv420p clip.mp4

# Pictures of two classes: bars and noise.
mkdir "$work/bars" "$work/noise"
draw testsrc2=size=32x32:rate=1:duration=6 "$work/bars/%d.png"
draw "nullsrc=size=32x32:rate=1:duration=6,geq=random(1)*255:128:128" "$work/noise/%d.png"

# With fixed times, so that the archive is the same every time.
python3 - "$work" <<'PYTHON'
import pathlib
import sys
import zipfile

root = pathlib.Path(sys.argv[1])
with zipfile.ZipFile("pictures.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(root.rglob("*.png")):
        archive.writestr(zipfile.ZipInfo(str(path.relative_to(root))), path.read_bytes(), zipfile.ZIP_DEFLATED)
PYTHON
