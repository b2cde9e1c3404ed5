"""Names in the photos' own metadata: taken over, and written where other programs read them."""
import json
import pathlib
import shutil
import subprocess
import unittest

from harness import KinfolderTest, contents


def exiftool(*words):
    if not shutil.which("exiftool"):
        raise unittest.SkipTest("needs exiftool (packaging/packages.txt)")
    return subprocess.run(["exiftool", *map(str, words)], check=True, capture_output=True, text=True).stdout


class Metadata(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_album()
        for photo in self.photos.iterdir():
            photo.chmod(0o644)
        self.json_of("run", *self.folders)

    def confirm(self):
        """Two faces that are unknown so far get a name by the user; gives the photos with a name that somebody said."""
        first, second, *_ = self.json_of("review", "list")
        self.run_kinfolder("review", "confirm", "Zoe", first["face"])
        self.run_kinfolder("review", "confirm", "Ünal O'Hara", second["face"])
        named = {first["photo"]: "Zoe", second["photo"]: "Ünal O'Hara"}
        people = {content: name.split("/")[0] for name, content in contents(self.known).items()}
        for name, content in contents(self.photos).items():
            if content in people:
                named[str(self.photos / name)] = people[content]
        self.assertEqual(len(named), 3, "one photo lies in the folder of known people as well")
        return named

    def write(self, *words, status=0):
        return self.json_of("metadata", "write", "--yes", *words, status=status)

    def shown(self, photo):
        (line,) = self.json_of("metadata", "show", photo)
        return line

    def names(self, photo):
        """Who is confirmed in the photo, as the labels say it."""
        lines = [json.loads(line) for line in self.run_kinfolder("labels", "export").stdout.splitlines()]
        content = contents(photo.rsplit("/", 1)[0])[photo.rsplit("/", 1)[1]]
        return sorted(line["person"] for line in lines
                      if line["label"] == "confirmed" and line["photo"] == content)

    def review(self):
        """What the user is asked about, but for the faces' numbers."""
        lists = [self.json_of("review", "list", "--show", show) for show in ("unknown", "uncertain", "later")]
        return [sorted((line["photo"], *line["box"]) for line in lines) for lines in lists]

    def test_write_is_shown_before_it_is_done(self):
        named = self.confirm()
        before = contents(self.photos)
        done = self.run_kinfolder("metadata", "write")
        for photo in named:
            self.assertIn(f"make  {photo}.xmp: ", done.stdout)
        self.assertIn("Nothing was written", done.stderr)
        self.assertEqual(contents(self.photos), before)

    def test_sidecars_hold_what_the_user_said(self):
        named = self.confirm()
        before = contents(self.photos)
        lines = self.write()
        self.assertEqual({line["photo"] for line in lines if line["written"]}, set(named))
        after = contents(self.photos)
        self.assertEqual({name: after[name] for name in before}, before, "photos are as they were")
        self.assertEqual(len(after), len(before) + len(named))
        for photo, name in named.items():
            in_sidecar = self.shown(photo)["in_sidecar"]
            self.assertEqual([region["name"] for region in in_sidecar["regions"]], [name])
            self.assertEqual(exiftool("-s3", "-RegionName", "-PersonInImage", "-Subject", f"{photo}.xmp").split("\n")[:3],
                             [name] * 3)
        self.assertEqual(self.write(), [], "a second run writes nothing")
        self.assertEqual(contents(self.photos), after)
        self.assertEqual(self.run_kinfolder("metadata", "write", "--yes").stdout,
                         f"0 files written; {len(named)} photos were up to date already.\n")

    def test_a_photo_that_was_written_into_keeps_its_people(self):
        named = self.confirm()
        rejected, stranger, *_ = self.json_of("review", "list")
        self.run_kinfolder("review", "reject", "Zoe", rejected["face"])
        self.run_kinfolder("review", "stranger", stranger["face"])
        self.json_of("run", *self.folders)
        asked = self.review()
        matched = self.json_of("people", "list")
        lines = self.write("--into-photos")
        self.assertEqual({line["target"] for line in lines}, set(named))
        (scanned,) = self.json_of("scan", self.photos)
        self.assertEqual((scanned["scanned"], scanned["unchanged"]), (0, scanned["files"]), "nothing is looked at again")
        self.json_of("identify")
        self.assertEqual(self.review(), asked, "and nothing is asked again")
        for photo, name in named.items():
            self.assertIn(name, self.names(photo))
            self.assertEqual([region["name"] for region in self.shown(photo)["in_photo"]["regions"]], [name])
        for person in matched:  # the photo of Daniel in the known folder is one more by now
            person["references"] += person["person"] == "Daniel"
        self.assertEqual(self.json_of("people", "list"), matched)
        self.assertEqual(self.write("--into-photos"), [])
        (again,) = self.json_of("scan", self.photos, "--again")
        self.assertEqual(again["scanned"], again["files"])
        self.json_of("identify")
        self.assertEqual(self.review(), asked)
        for photo, name in named.items():
            self.assertIn(name, self.names(photo))
        self.run_kinfolder("catalog", "check")
        self.run_kinfolder("catalog", "rebuild")
        self.assertEqual(self.review(), asked)

    def test_what_was_written_brings_back_a_lost_catalogue(self):
        named = self.confirm()
        photo_names = {photo: self.names(photo) for photo in named}
        self.write()
        shutil.rmtree(self.home / ".local/share/kinfolder")
        self.json_of("run", *self.folders)
        (tried,) = self.json_of("metadata", "import", "--dry-run")
        self.assertEqual([self.names(photo) for photo in list(named)[:2]], [[], []])
        (taken,) = self.json_of("metadata", "import")
        self.assertEqual(taken, tried)
        self.assertEqual((taken["people"], taken["faces"], taken["overruled"], taken["without_face"]), (2, 2, 0, 0))
        self.assertEqual({photo: self.names(photo) for photo in named}, photo_names)
        self.assertEqual(self.write(), [], "what other programs wrote is not written again")
        (again,) = self.json_of("metadata", "import")
        self.assertEqual((again["faces"], again["already"]), (0, 3))

    def test_the_user_goes_before_metadata(self):
        named = self.confirm()
        self.write()
        shutil.rmtree(self.home / ".local/share/kinfolder")
        self.json_of("run", *self.folders)
        photo = next(iter(named))
        face = next(face for face in self.json_of("review", "list") if face["photo"] == photo)
        self.run_kinfolder("review", "confirm", "Somebody", face["face"])
        done = self.run_kinfolder("metadata", "import")
        self.assertIn("overruled by what is said here", done.stdout)
        self.assertIn("Somebody", self.names(photo))
        self.assertNotIn(named[photo], self.names(photo))

    def test_the_known_folder_goes_before_metadata_even_if_it_comes_later(self):
        shutil.rmtree(self.home / ".local/share/kinfolder")
        photo = self.photos / "findsimilar.jpg"  # which lies in Daniel's folder, too
        photo.with_name("findsimilar.jpg.xmp").write_text(
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
            "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Wrong</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>"
            "</rdf:Description></rdf:RDF></x:xmpmeta>")
        self.json_of("scan", self.photos)
        self.json_of("metadata", "import")
        self.assertEqual(self.names(str(photo)), ["Wrong"])
        self.json_of("run", *self.folders)
        self.assertEqual(self.names(str(photo)), ["Daniel"])
        (again,) = self.json_of("metadata", "import")
        self.assertEqual((again["faces"], again["overruled"]), (0, 1))
        self.assertEqual(self.names(str(photo)), ["Daniel"])

    def test_what_cant_be_written_is_told_and_the_rest_goes_on(self):
        named = self.confirm()
        changed, gone, well = named
        with open(changed, "ab") as file:
            file.write(b"more")
        pathlib.Path(gone).unlink()
        done = self.run_kinfolder("metadata", "write", "--yes", status=1)
        self.assertIn(f"{changed} was changed since it was scanned: scan it again", done.stderr)
        self.assertIn(f"{gone}: No such file", done.stderr)
        self.assertIn("1 file written", done.stdout)
        self.assertTrue(pathlib.Path(f"{well}.xmp").exists())

    def test_regions_that_exiftool_writes_are_taken_over(self):
        face = self.json_of("review", "list")[0]
        (width, height), (x1, y1, x2, y2) = self.size_of(face["photo"]), face["box"]
        area = f"X={(x1 + x2) / 2 / width},Y={(y1 + y2) / 2 / height},W={(x2 - x1) / width},H={(y2 - y1) / height}"
        exiftool("-overwrite_original",
                 f"-RegionInfo={{AppliedToDimensions={{W={width},H={height},Unit=pixel}},RegionList=[{{Area={{{area},"
                 "Unit=normalized},Name=Änne,Type=Face}]}", face["photo"])
        done = self.run_kinfolder("metadata", "import", status=1)
        self.assertIn("was changed since it was scanned", done.stderr)
        self.json_of("scan", self.photos)
        (taken,) = self.json_of("metadata", "import")
        self.assertEqual((taken["people"], taken["faces"]), (1, 1))
        self.assertEqual(self.names(face["photo"]), ["Änne"])

    def test_what_picasa_knows_is_taken_over(self):
        face = self.json_of("review", "list")[0]
        (width, height), (x1, y1, x2, y2) = self.size_of(face["photo"]), face["box"]
        sides = "".join(f"{round(side * 65535):04x}" for side in (x1 / width, y1 / height, x2 / width, y2 / height))
        photo = pathlib.Path(face["photo"])
        ini = photo.with_name(".picasa.ini")
        ini.write_text(f"[Contacts2]\r\n1a=Änne;;\r\n[{photo.name}]\r\nfaces=rect64({sides.lstrip('0')}),1a\r\n")
        self.assertIn("Änne: ", self.run_kinfolder("metadata", "show", photo).stdout)
        (taken,) = self.json_of("metadata", "import")
        self.assertEqual((taken["people"], taken["faces"]), (1, 1))
        self.assertEqual(self.names(face["photo"]), ["Änne"])
        ini.write_bytes(b"\xff")
        done = self.run_kinfolder("metadata", "import", status=1)
        self.assertEqual(done.stderr.count(".picasa.ini: it is no text as Picasa writes it"), 1)

    def size_of(self, photo):
        (line,) = self.json_of("metadata", "show", photo)
        return line["width"], line["height"]


if __name__ == "__main__":
    unittest.main()
