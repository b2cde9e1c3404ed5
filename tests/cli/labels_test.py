"""Labels: what the user said outlives the catalogue."""
import json
import shutil
import unittest

from harness import KinfolderTest


def bare(labels):
    """The labels, whoever said them and when."""
    return [{key: value for key, value in label.items() if key not in ("time", "origin")} for label in labels]


class Labels(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_album()
        self.json_of("run", *self.folders)
        self.file = self.home / "labels.jsonl"

    def exported(self):
        return [json.loads(line) for line in self.run_kinfolder("labels", "export").stdout.splitlines()]

    def lose_the_catalogue(self):
        shutil.rmtree(self.home / ".local/share/kinfolder")

    def state(self):
        """What can be seen of it, but for the numbers of faces."""
        lists = [self.json_of("review", "list", "--show", show) for show in ("unknown", "uncertain", "later")]
        for line in sum(lists, []):
            del line["face"]
        return lists, self.json_of("people", "list"), bare(self.exported())

    def decide(self):
        first, second, third, fourth, fifth, *_ = (face["face"] for face in self.json_of("review", "list"))
        self.run_kinfolder("review", "confirm", "Zoe", first)
        self.run_kinfolder("review", "reject", "Zoe", second)
        self.run_kinfolder("review", "stranger", third)
        self.run_kinfolder("review", "not-a-face", fourth)
        self.run_kinfolder("review", "later", fifth)
        self.run_kinfolder("people", "rename", "Sam", "Samuel")
        self.json_of("identify")

    def test_bring_back_a_lost_catalogue(self):
        self.decide()
        before = self.state()
        self.assertIn("written to", self.run_kinfolder("labels", "export", self.file).stdout)
        self.assertEqual([json.loads(line) for line in self.file.read_text().splitlines()], self.exported())
        self.lose_the_catalogue()
        self.json_of("run", *self.folders)
        (taken,) = self.json_of("labels", "import", self.file)
        self.assertEqual((taken["people"], taken["overruled"], taken["without_photo"], taken["without_face"]),
                         (2, 0, 0, 0))  # Zoe, and Samuel whom the folder calls Sam
        self.json_of("run", *self.folders)
        lists, people, labels = self.state()
        self.assertEqual((lists, people), before[:2])
        self.assertEqual(sorted(map(json.dumps, labels)), sorted(map(json.dumps, before[2])))
        self.run_kinfolder("catalog", "check")

    def test_wait_for_their_photos(self):
        self.decide()
        before = bare(self.exported())
        self.run_kinfolder("labels", "export", self.file)
        self.lose_the_catalogue()
        done = self.run_kinfolder("labels", "import", self.file, status=1)
        self.assertIn("of photos that are not in the catalogue: scan them, then import the file again", done.stderr)
        self.json_of("run", *self.folders)
        self.json_of("labels", "import", self.file)
        self.assertEqual(sorted(map(json.dumps, bare(self.exported()))), sorted(map(json.dumps, before)))
        (again,) = self.json_of("labels", "import", self.file)
        self.assertEqual((again["people"], again["faces"], again["already"]), (0, 0, len(before)))

    def test_a_broken_file_changes_nothing(self):
        self.run_kinfolder("labels", "export", self.file)
        lines = self.file.read_text().splitlines()
        self.file.write_text("\n".join([*lines[:3], lines[3][:40], *lines[4:]]))
        before = self.json_of("review", "history")
        self.lose_the_catalogue()
        done = self.run_kinfolder("labels", "import", self.file, status=1)
        self.assertEqual(done.stderr, f"kinfolder: nothing was imported from {self.file}: line 4 is no label: "
                                      "it is no JSON object\n")
        self.assertEqual(self.json_of("review", "history"), [])
        self.assertNotEqual(before, [])

    def test_no_file_is_replaced(self):
        self.file.write_text("mine")
        self.run_kinfolder("labels", "export", self.file, status=2)
        self.assertEqual(self.file.read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
