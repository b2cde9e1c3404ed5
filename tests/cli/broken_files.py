"""Makes a folder of files that are no photos, or no longer: what people's folders hold after years of use."""
import base64
import os
import pathlib
import socket
import struct
import zlib

# A painted gradient of 24x24 pixels: the smallest whole photo there is to break.
JPEG = base64.b64decode(
    "/9j/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHj"
    "shITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAYABgDASIAAhEBAxEB/8QAHwAA"
    "AQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2"
    "JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKz"
    "tLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtR"
    "EAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElK"
    "U1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5e"
    "bn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDDjh9qsxw1NHDVmOH2pqoTRqkMcNFX44fair9oenCroMjh9qsxw0UV5ykz5ujJlmOGiiir5men"
    "CTsf/9k="
)


def png(width, height, pixels, bits=8, colour=2, damage=False):
    """A PNG that says it is width x height, with `pixels` as its (uncompressed) image data."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data) ^ (0xFFFF if damage and kind == b"IDAT" else 0)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def whole_png(width=24, height=24):
    return png(width, height, b"".join(b"\x00" + b"\x50\x90\xd0" * width for _ in range(height)))


def make(folder):
    """Fills the folder. Returns (names of whole photos, names of broken ones); every broken one needs a reason."""
    folder = pathlib.Path(folder)
    whole = {
        "whole.jpg": JPEG,
        "whole.png": whole_png(),
        "really a png.jpg": whole_png(30, 20),
        "no ending": JPEG + b"",
        "one pixel.png": whole_png(1, 1),
    }
    broken = {
        "01 empty.jpg": b"",
        "02 cut in half.jpg": JPEG[: len(JPEG) // 2],
        "03 first ten bytes.jpg": JPEG[:10],
        "04 zeros behind the header.jpg": JPEG[:100] + bytes(600),
        "05 text.jpg": b"Dear diary, today I renamed a text file to jpg.\n",
        "06 zip.png": b"PK\x03\x04" + bytes(60),
        "07 claims to be huge.png": png(60000, 60000, bytes(1000)),
        "08 wrong checksum.png": png(24, 24, bytes(24 * 73), damage=True),
        "09 cut.png": whole_png()[:60],
        "10 header alone.gif": b"GIF89a\xff\xff\xff\xff\x00\x00\x00",
        "11 directory beyond the end.tif": b"II*\x00\xff\xff\xff\x7f",
        "12 directory in a circle.tif": b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00",
        "13 cut.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00",
        "14 box alone.heic": struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic",
        "15 box alone.avif": struct.pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1avif",
        "16 signature alone.jxl": b"\xff\x0a",
        "17 pdf.jpg": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        "18 drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        "19 noise.jpg": bytes((7 * i * i + 13) % 256 for i in range(5000)),
        "20 raw header alone.cr2": b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(20),
        "28 web page.jpg": b"<!DOCTYPE html>\n<title>Not found</title>\n",
    }
    for name, content in {**whole, **broken}.items():
        (folder / name).write_bytes(content)
    names = list(broken)

    def special(name, create):
        create(folder / name)
        names.append(name)

    def sparse(path):
        with open(path, "wb") as file:
            file.truncate(3 << 30)

    def listen(path):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.fsencode(path))

    special("21 three gigabytes.jpg", sparse)
    special("22 fifo.jpg", os.mkfifo)
    special("23 points nowhere.jpg", lambda path: path.symlink_to("nowhere"))
    special("24 points to itself.jpg", lambda path: path.symlink_to(path.name))
    special("25 socket.jpg", listen)
    os.symlink(".", folder / "circle of folders")
    if os.geteuid() != 0:  # root may read everything
        special("26 not ours to read.jpg", lambda path: (path.write_bytes(JPEG), path.chmod(0)))
    odd = os.fsencode(folder) + b"/27 odd \xff\n name.jpg"
    with open(odd, "wb") as file:
        file.write(b"no photo")
    names.append(os.fsdecode(os.path.basename(odd)))
    return sorted(whole), sorted(names)
