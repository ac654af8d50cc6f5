# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# From every kind of data to a network: compressed IDX files, CIFAR-10's batches, a folder of images per class.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
mkdir packed
for file in data/*; do gzip -c "$file" >"packed/${file##*/}.gz"; done

# Ten classes that a network can tell apart, as records of CIFAR-10 and as PNG files of another size.
python3 - <<'PYTHON'
import os, random, struct, zlib
random.seed(1)
def pixel(label, channel, x, y): return (200 if (x + y + channel) % 10 == label else 20) + random.randrange(40)
os.makedirs("cifar")
for name, count in [*((f"data_batch_{i}", 40) for i in range(1, 6)), ("test_batch", 40)]:
    with open(f"cifar/{name}.bin", "wb") as f:
        for i in range(count):
            f.write(bytes([i % 10]) + bytes(pixel(i % 10, c, x, y) for c in range(3) for y in range(32) for x in range(32)))
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for part, count in (("train", 20), ("test", 4)):
    for label in range(10):
        os.makedirs(f"photos/{part}/class{label}")
        for i in range(count):
            rows = b"".join(b"\0" + bytes(pixel(label, c, x, y) for x in range(40) for c in range(3)) for y in range(36))
            with open(f"photos/{part}/class{label}/{i}.png", "wb") as f:
                f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 36, 8, 2, 0, 0, 0)) +
                        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PYTHON

"$program" "${tiny[@]}" --json plain.json --quiet >/dev/null
"$program" "${tiny[@]}" --data mnist:packed --json packed.json --quiet >/dev/null 2>err.txt || fail "gz: $(cat err.txt)"
diff <(results plain.json) <(results packed.json) || fail "compressed files train another network"

# found KIND:FOLDER: a search over 3x32x32 images ends, with the expected number of them.
found() {
  "$program" "${tiny[@]}" --space spos-cifar --latency-table cifar.csv --data "$1" --json found.json >out.txt 2>err.txt ||
    fail "$1: $(cat err.txt)"
  grep -q "160 images to train on, 40 for validation, 40 to test" out.txt || fail "$1: other images: $(cat out.txt)"
  python3 -c 'import json; f = json.load(open("found.json"))["found"]; assert 0 <= f["test_accuracy"] <= 1 and f["flops"] > 0'
}
found cifar10:cifar
found cifar
found folder:photos
cp -r photos broken
head -c 60 photos/train/class3/7.png >broken/train/class3/7.png
refuses "broken/train/class3/7.png: expected a PNG, JPEG or PNM image" "${tiny[@]}" --space spos-cifar --data folder:broken
head -c 5000 cifar/data_batch_2.bin >cifar/data_batch_3.bin
refuses "cifar/data_batch_3.bin: expected CIFAR-10 records of 3073 bytes" "${tiny[@]}" --space spos-cifar --data cifar10:cifar
echo "every kind of data was searched on"
