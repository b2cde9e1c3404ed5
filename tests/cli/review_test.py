"""The user's word on faces: it goes before what is recognised, and can be taken back."""
import unittest

from harness import KinfolderTest


class Review(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_album()
        self.run_all()

    def run_all(self):
        (line,) = self.json_of("run", *self.folders)
        return line

    def unknown(self):
        return {face["face"]: face for face in self.json_of("review", "list")}

    def test_a_confirmed_face_is_filed_until_it_is_taken_back(self):
        face, found = next(iter(self.unknown().items()))
        ((fact,),) = (line["facts"] for line in self.json_of("review", "confirm", "Zoe", face))
        self.assertNotIn(face, self.unknown())
        self.run_all()
        name = found["photo"].rsplit("/", 1)[1]
        self.assertTrue((self.home / "out/People/Zoe" / name).exists())
        self.assertEqual(self.json_of("review", "history")[0]["text"], f"a face in {name} is Zoe")
        self.json_of("review", "undo", fact)
        self.assertIn(face, self.unknown())
        self.assertTrue(self.json_of("review", "history")[1]["undone"])
        self.run_kinfolder("catalog", "check")
        self.run_kinfolder("catalog", "rebuild")
        self.assertIn(face, self.unknown())

    def test_a_corrected_name_is_told_where_it_was_filed(self):
        (lois,) = self.json_of("review", "list", "--person", "Lois")
        (filed,) = (self.out / "People/Lois").iterdir()
        self.json_of("review", "reject", "Lois", lois["face"])
        told = self.run_kinfolder("run", *self.folders)
        self.assertIn("Nothing new was filed.", told.stdout)
        self.assertIn(f"{filed}: Lois is not found on it any more", told.stderr)
        self.assertEqual(self.run_all()["misplaced"], [{"person": "Lois", "target": str(filed)}])
        (plan,) = self.json_of("file", "--dry-run", *self.folders[4:])
        self.assertEqual([(one["person"], one["target"]) for one in plan["misplaced"]], [("Lois", str(filed))])
        filed.unlink()
        emptied = self.run_kinfolder("run", *self.folders)
        self.assertIn(f"{self.out / 'Packs/Lois.zip'} stays as it is, though", emptied.stderr)
        self.assertEqual(self.run_all()["misplaced"], [])

    def test_moved_photos_can_still_be_reviewed(self):
        self.run_kinfolder("undo")
        self.run_kinfolder("run", *self.folders, "--by", "move")
        self.run_kinfolder("scan", self.photos, *self.folders[2:])
        faces = self.json_of("review", "list", "--person", "Daniel")
        self.assertEqual({face["photo"].split("/People/")[0] for face in faces}, {str(self.out)})
        self.assertEqual(self.run_all()["photos_filed"], 0)
        self.run_kinfolder("undo")
        self.run_kinfolder("run", *self.folders)
        back = self.json_of("review", "list", "--person", "Daniel")
        self.assertEqual({str(self.photos)}, {face["photo"].rsplit("/", 1)[0] for face in back})

    def test_many_words_are_taken_back_at_once(self):
        first, second, *_ = self.unknown()
        (said,) = self.json_of("review", "stranger", first, second)
        self.json_of("review", "undo", *said["facts"])
        self.assertLessEqual({first, second}, set(self.unknown()))

    def test_strangers_and_what_is_no_face_are_not_asked_about_again(self):
        before = self.run_all()["unknown_faces"]
        first, second, third, *rest = self.unknown()
        self.json_of("review", "stranger", first)
        self.json_of("review", "not-a-face", second)
        self.json_of("review", "later", third)
        self.assertEqual(list(self.unknown()), rest)
        self.assertEqual([face["face"] for face in self.json_of("review", "list", "--show", "later")], [third])
        self.assertEqual(self.run_all()["unknown_faces"], before - 2)

    def test_some_faces_of_a_person_become_somebody_else(self):
        name = self.json_of("people", "list")[0]["person"]
        faces = [face["face"] for face in self.json_of("review", "list", "--person", name)]
        self.assertGreater(len(faces), 1)
        self.json_of("review", "confirm", "Zoe", faces[0])
        self.assertEqual([face["face"] for face in self.json_of("review", "list", "--person", "Zoe")], faces[:1])
        self.json_of("identify")
        self.assertNotIn(faces[0], [face["face"] for face in self.json_of("review", "list", "--person", name)])

    def test_who_is_forgotten_leaves_no_trace_and_is_not_known_again(self):
        name = self.json_of("people", "list")[0]["person"]
        refused = self.run_kinfolder("people", "forget", name, status=2)
        self.assertIn("--yes", refused.stderr)
        (line,) = self.json_of("people", "forget", name, "--yes", *self.folders[2:])
        self.assertGreater(line["faces"], 1)
        self.assertEqual(line["left"], [str(self.known / name), str(self.out / "People" / name),
                                        str(self.out / "Packs" / f"{name}.zip")])
        data = self.home / ".local/share/kinfolder"
        for path in data.glob("catalog.sqlite*"):
            self.assertNotIn(name.encode(), path.read_bytes(), path)
        self.assertNotIn(name, [line["person"] for line in self.json_of("people", "list")])
        self.assertEqual(self.json_of("review", "history")[0]["text"].split()[-2:], ["is", "forgotten"])
        again = self.run_kinfolder("run", *self.folders, status=1)
        self.assertIn("this person was to be forgotten", again.stderr)
        self.assertNotIn(name, [line["person"] for line in self.json_of("people", "list")])
        self.run_kinfolder("catalog", "check")

    def test_who_was_rejected_is_passed_over(self):
        face, found = next((face, found) for face, found in self.unknown().items() if found["nearest"])
        rejected = found["nearest"]["person"]
        self.json_of("review", "reject", rejected, face)
        self.json_of("identify")
        nearest = self.unknown()[face]["nearest"]
        self.assertEqual(nearest, found["runner_up"])
        self.assertNotEqual(nearest["person"], rejected)

    def test_refuses_what_is_not_there(self):
        face = next(iter(self.unknown()))
        for words, sentence in (
            (("reject", "Nobody", face), "nobody is called 'Nobody'"),
            (("stranger", "99999"), "no face has the number 99999"),
            (("stranger", "first"), "'first' is no number"),
            (("undo", "99999"), "nothing that was decided has the number 99999"),
            (("list", "--show", "all"), "'show' is unknown, uncertain or later, not 'all'"),
        ):
            self.assertIn(sentence, self.run_kinfolder("review", *words, status=2).stderr)


if __name__ == "__main__":
    unittest.main()
