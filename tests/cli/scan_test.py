"""What a scan makes of whatever lies in a folder: damaged photos, every format, links, folders named twice."""
import json
import math
import os
import shutil
import subprocess
import unittest

import broken_files
from harness import BINARY, KinfolderTest, contents

# One sentence a reason: what, and what is wrong with it. The path stands in front or within.
REASONS = {
    "01": "{}: the file is empty",
    "02": "{}: this JPEG photo is cut short or damaged",
    "03": "{}: this JPEG photo is cut short or damaged",
    "04": "{}: this JPEG photo is cut short or damaged",
    "05": "{}: this is no photo in a format that Kinfolder reads",
    "06": "{}: this is a zip archive, not a photo that Kinfolder reads",
    "07": "{}: this photo says it is 60000 x 60000 pixels, more than the 500 million allowed",
    "08": "{}: this PNG photo is cut short or damaged",
    "09": "{}: this PNG photo is cut short or damaged",
    "10": "{}: this GIF photo is cut short or damaged",
    "11": "{}: this TIFF photo is cut short or damaged",
    "12": "{}: this TIFF photo is cut short or damaged",
    "13": "{}: this WebP photo is cut short or damaged",
    "14": "{}: this HEIC photo is cut short or damaged",
    "15": "{}: this AVIF photo is cut short or damaged",
    "16": "{}: this JPEG XL photo is cut short or damaged",
    "17": "{}: this is a PDF document, not a photo that Kinfolder reads",
    "18": "{}: this is an SVG drawing, not a photo that Kinfolder reads",
    "19": "{}: this is no photo in a format that Kinfolder reads",
    "20": "{}: this camera raw photo is cut short or damaged",
    "21": "{}: the file is larger than the 1 GiB that a photo may have",
    "22": "{} is a pipe between programs (FIFO), not a file",
    "23": "{} is a link to something that is not there",
    "24": "{} is a link that leads in a circle",
    "25": "{} is a socket of a program, not a file",
    "26": "cannot open {}: Permission denied",
    "27": "{}: this is no photo in a format that Kinfolder reads",
    "28": "{}: this is a web page, not a photo that Kinfolder reads",
    "ci": "{} is a link back to a folder that holds it",
}


def originals(folder):
    """Like contents, of a folder that also holds what can't be read, and three gigabytes of nothing."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        plain = path.is_file() and not path.is_symlink() and status.st_size < 1 << 20 and status.st_mode & 0o400
        found[path] = (status.st_mode, status.st_size, status.st_mtime_ns, plain and path.read_bytes())
    return found


def replaced(path):
    """As UTF-8 shows it: bytes that are none become U+FFFD."""
    return os.fsencode(path).decode(errors="replace")


def without_turn(photo):
    """The bytes of a JPEG whose EXIF orientation is set to 1."""
    content = bytearray(photo.read_bytes())
    tiff = content.index(b"Exif\0\0") + 6
    order = "little" if content[tiff:tiff + 2] == b"II" else "big"

    def number(at, size):
        return int.from_bytes(content[at:at + size], order)

    directory = tiff + number(tiff + 4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * number(directory, 2), 12):
        if number(entry, 2) == 0x112:
            content[entry + 8:entry + 10] = (1).to_bytes(2, order)
    return bytes(content)


class Scan(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_models()
        self.photos = self.home / "in"
        self.photos.mkdir()

    def scan(self, *words, status=0):
        (line,) = self.json_of("scan", *words, status=status)
        return line

    def assert_no_temporary_files(self):
        self.assertEqual([path for path in self.home.rglob("*.tmp")], [])


class BrokenFiles(Scan):
    def setUp(self):
        super().setUp()
        self.whole, broken = broken_files.make(self.photos)
        self.broken = [*broken, "circle of folders"]
        self.reasons = {}
        for name in self.broken:
            path = replaced(self.photos / name)
            self.reasons[path] = REASONS[name[:2]].format(path)

    def test_each_is_listed_once_with_its_reason_and_the_rest_is_looked_at(self):
        before = originals(self.photos)
        line = self.scan(self.photos, status=1)
        self.assertEqual(len(line["failed"]), len(self.broken))
        self.assertEqual({failed["photo"]: failed["reason"] for failed in line["failed"]}, self.reasons)
        self.assertEqual(line["files"], len(self.whole) + len(self.broken))
        # "no ending" is "whole.jpg" once more.
        self.assertEqual((line["scanned"], line["same_content"]), (len(self.whole) - 1, 1))
        again = self.scan(self.photos, status=1)
        self.assertEqual(again["failed"], line["failed"])
        self.assertEqual((again["scanned"], again["unchanged"]), (0, len(self.whole)))
        self.assertEqual(originals(self.photos), before, "originals are only read")
        self.assert_no_temporary_files()

    def test_names_of_files_do_nothing_to_a_terminal(self):
        os.rename(self.photos / "05 text.jpg", self.photos / "05 \x1b[31mred\x9b\x7f\r\a.jpg")
        for verb in (["scan"], ["detect"], ["scan", "--again"]):
            done = subprocess.run([BINARY, *verb, self.photos], env=self.environment, capture_output=True, timeout=600)
            self.assertEqual(done.returncode, 1)
            for text in (done.stdout.decode(), done.stderr.decode()):  # UTF-8, or this fails
                self.assertRegex(text, r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$")
            # A line for each, and the heading; on slow machines also how far the work is.
            lines = [line for line in done.stderr.decode().splitlines() if line.startswith("  ")]
            self.assertEqual(len(lines), len(self.broken), lines)
            self.assertIn(f"{len(self.broken)} files could not be used:\n", done.stderr.decode())

    def test_what_is_mended_is_looked_at_and_what_is_gone_is_forgotten(self):
        self.scan(self.photos, status=1)
        (self.photos / "02 cut in half.jpg").write_bytes(broken_files.whole_png(10, 10))
        (self.photos / "05 text.jpg").unlink()
        line = self.scan(self.photos, status=1)
        self.assertEqual((line["scanned"], len(line["failed"])), (1, len(self.broken) - 2))


class Formats(Scan):
    # The size of each photo as it is looked at, from its own header.
    SIZES = {
        "10bit-HDR-P3-nclx.avif": (3681, 5594),
        "8bit-sRGB.avif": (1617, 1080),
        "IMG_2682.heic": (4032, 3024),
        "el_torcal_rocks.jpeg": (512, 341),
        "el_torcal_rocks.jpg": (512, 341),
        "density_plot.png": (800, 800),
        "denali.webp": (600, 315),
        "date-priority-test.jpg": (100, 100),
        "datetimeoriginal-gps.jpg": (150, 100),
        "gps-datetime.jpg": (100, 100),
        "time-created.jpg": (100, 100),
        "portrait-orientation-6.jpg": (840, 700),
        "portrait.jpg": (840, 700),
        "empty_gps.jpg": (4640, 3472),
        "thompson-springs.jpg": (150, 103),
        "mongolels.jpg": (950, 634),
        "picasa.jpg": (100, 75),
    }

    def assert_same_faces(self, faces, others, pixels):
        self.assertEqual(len(faces), len(others))
        for face, other in zip(faces, others):
            for value, expected in zip(face["box"], other["box"]):
                self.assertAlmostEqual(value, expected, delta=pixels)

    def test_every_format_is_read_at_its_size(self):
        folder = self.data("photos/formats")
        done = self.run_kinfolder("detect", folder, "--json", status=1)
        photos = {os.path.basename(photo["photo"]): photo for photo in map(json.loads, done.stdout.splitlines())}
        self.assertEqual({name: (photo["width"], photo["height"]) for name, photo in photos.items()}, self.SIZES)
        no_photo = "this is no photo in a format that Kinfolder reads"
        self.assertEqual([line.strip() for line in done.stderr.splitlines() if line.startswith("  ")],
                         [f"{folder}/{name}: {no_photo}" for name in ("LICENSE", "README.md")],
                         "sidecars are passed over without a word")
        self.assert_same_faces(photos["portrait-orientation-6.jpg"]["faces"], photos["portrait.jpg"]["faces"], 3)
        self.assertEqual(len(photos["portrait.jpg"]["faces"]), 1)

    def test_every_orientation_is_turned_upright(self):
        folder = self.data("photos/orientation")
        for shape, size in (("Landscape", (1800, 1200)), ("Portrait", (1200, 1800))):
            photos = [folder / f"{shape}_{turn}.jpg" for turn in range(9)]
            sizes = {(photo["width"], photo["height"]) for photo in self.json_of("detect", *photos)}
            self.assertEqual(sizes, {size})

    def test_turned_photos_show_the_same(self):
        """The vector of the whole picture is a fingerprint: nearer to the first one's with the turn than without."""
        folder = self.data("photos/orientation")
        turns = range(2, 9)
        for shape in ("Landscape", "Portrait"):
            for turn in turns:
                content = without_turn(folder / f"{shape}_{turn}.jpg")
                (self.photos / f"{shape}_{turn} not turned.jpg").write_bytes(content)
        prints = {os.path.basename(line["photo"]): line["embedding"]
                  for line in self.json_of("embed", *folder.glob("*.jpg"), self.photos)}
        for shape in ("Landscape", "Portrait"):
            first = prints[f"{shape}_1.jpg"]
            for turn in turns:
                turned = math.dist(prints[f"{shape}_{turn}.jpg"], first)
                self.assertLess(turned, math.dist(prints[f"{shape}_{turn} not turned.jpg"], first), (shape, turn))

    def test_every_detail_gives_boxes_in_pixels_of_the_photo_at_full_size(self):
        photo = self.data("photos/groups/bald_guys.jpg")
        found = {}
        for detail in ("fast", "normal", "full"):
            (line,) = self.json_of("detect", photo, "--detail", detail)
            self.assertEqual((line["width"], line["height"]), (1986, 1545))
            found[detail] = [face["box"] for face in line["faces"]]
            self.assertGreater(len(found[detail]), 20)
        for detail in ("fast", "normal"):
            near = [box for box in found[detail] if any(math.dist(box, other) < 50 for other in found["full"])]
            self.assertGreater(len(near), len(found[detail]) - 4, detail)
        faces = [self.scan(photo, "--detail", detail)["faces"] for detail in ("fast", "normal", "full")]
        self.assertEqual(faces, [len(found[detail]) for detail in ("fast", "normal", "full")],
                         "another detail looks at the photo anew")


class Paths(Scan):
    def setUp(self):
        super().setUp()
        self.number = 0

    def put(self, *relative):
        """A photo of its own content at each path."""
        for path in relative:
            self.number += 1
            target = self.photos / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(broken_files.whole_png(24, 24 + self.number))

    def test_each_photo_once_whatever_leads_to_it(self):
        self.put("a.jpg", "sub/b.jpg", "sub/deep/c.jpg")
        (self.photos / "sub/deep/up").symlink_to("../..")
        (self.photos / "also sub").symlink_to("sub")
        (self.home / "link to in").symlink_to("in")
        for words in ([self.photos, self.photos], [self.photos / "a.jpg", self.photos],
                      [self.photos, self.photos / "sub", self.photos / "sub/b.jpg"], [self.home / "link to in"],
                      [self.photos, self.home / "link to in"]):
            shutil.rmtree(self.home / ".local", ignore_errors=True)
            line = self.scan(*words, status=1)
            self.assertEqual((line["files"], line["scanned"], line["same_content"]), (4, 3, 0), words)
            self.assertEqual([failed["reason"] for failed in line["failed"]],
                             [f"{self.photos}/sub/deep/up is a link back to a folder that holds it"])

    def test_a_wrong_path_is_told_before_anything_is_looked_at(self):
        self.put("a.jpg")
        done = self.run_kinfolder("scan", self.photos, "missing", status=2)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"^kinfolder: cannot look at missing: No such file or directory\n$")
        self.assertEqual(self.scan(self.photos)["scanned"], 1)
        done = self.run_kinfolder("scan", self.home / ".local/share/kinfolder", status=2)
        self.assertRegex(done.stderr, r"^kinfolder: .+ where Kinfolder keeps its own files\n$")

    def test_what_is_to_be_ignored_is(self):
        self.put("a.jpg", "b.TMP.jpg", "screenshots/c.jpg", ".hidden/d.jpg", ".e.jpg", "private/f.jpg")
        (self.photos / "private/.nomedia").touch()
        for beside in ("a.xmp", "a.AAE", "Thumbs.db", "desktop.ini", "a.jpg.json"):
            (self.photos / beside).write_text("no photo")
        self.assertEqual(self.scan(self.photos)["files"], 3)
        line = self.scan(self.photos, "--ignore", "*.tmp.*:Screenshots")
        self.assertEqual((line["files"], line["unchanged"]), (1, 1))
        self.assertEqual(self.scan(self.photos, "--ignore", "*")["files"], 0)
        self.assertEqual(self.scan(self.photos, "--ignore", "[bc]*.jpg")["files"], 1)

    def test_an_empty_folder_and_the_folders_that_a_run_fills_are_nothing_to_do(self):
        self.assertEqual(self.scan(self.photos)["files"], 0)
        self.put("a.jpg", "People/Anna/b.jpg", "Packs/c.jpg")
        self.assertEqual(self.scan(self.photos, "--out", self.photos)["files"], 1)


if __name__ == "__main__":
    unittest.main()
