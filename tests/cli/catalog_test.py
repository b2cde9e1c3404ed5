"""The catalogue: copied while it is used, and brought back whatever became of it."""
import json
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest
import urllib.request

from harness import BINARY, KinfolderTest


class Catalog(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.data = self.home / ".local/share/kinfolder"
        self.catalog = self.data / "catalog.sqlite"
        self.backup = self.home / "backup.sqlite"

    def add(self, *names):
        """Known people, as another catalogue would have them."""
        self.run_kinfolder("labels", "import", self.labels(*names))

    def labels(self, *names):
        file = self.home / "labels.jsonl"
        file.write_text("".join(f'{{"label": "person", "person": "{name}"}}\n' for name in names))
        return file

    def people(self):
        return [line["person"] for line in self.json_of("people", "list")]

    def kept(self):
        (kept,) = self.data.glob("catalog-*.sqlite")
        return kept

    def test_backup_and_restore(self):
        self.add("Anna", "Ben")
        done = self.run_kinfolder("catalog", "backup", "backup.sqlite")
        self.assertEqual(done.stdout, f"The catalogue is copied to {self.backup}, and the copy is sound.\n")
        self.assertEqual(self.backup.stat().st_mode & 0o777, 0o600)
        self.add("Cleo")
        done = self.run_kinfolder("catalog", "restore", self.backup)
        self.assertEqual(done.stdout, f"The catalogue is as in {self.backup} again.\n"
                                      f"The one that was there is kept as {self.kept()}.\n")
        self.assertEqual(self.people(), ["Anna", "Ben"])
        self.run_kinfolder("catalog", "check")
        with sqlite3.connect(f"file:{self.kept()}?mode=ro", uri=True) as kept:
            self.assertEqual(kept.execute("SELECT count(*) FROM person").fetchall(), [(3,)])

    def test_the_window_sees_the_restored_one(self):
        self.add("Anna")
        self.run_kinfolder("catalog", "backup", self.backup)
        self.add("Ben")
        with subprocess.Popen([BINARY, "serve"], env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as window:
            try:
                address, key = window.stdout.readline().strip().split("window: ")[1].split("/?key=")
                asked = urllib.request.Request(address + "/api/people", headers={"Authorization": "Bearer " + key})

                def shown():
                    with urllib.request.urlopen(asked, timeout=60) as reply:
                        return sorted(person["name"] for person in json.load(reply))

                self.assertEqual(shown(), ["Anna", "Ben"])
                self.run_kinfolder("catalog", "restore", self.backup)
                self.assertEqual(shown(), ["Anna"])
                self.add("Cleo")
                self.assertEqual(shown(), ["Anna", "Cleo"])
            finally:
                window.terminate()

    def test_a_damaged_catalogue_is_replaced(self):
        self.add("Anna")
        self.run_kinfolder("catalog", "backup", self.backup)
        self.catalog.write_bytes(b"damaged" * 10000)
        self.run_kinfolder("people", "list", status=1)
        self.run_kinfolder("catalog", "restore", self.backup)
        self.assertEqual(self.people(), ["Anna"])
        self.assertEqual(self.kept().read_bytes(), b"damaged" * 10000)

    def test_a_restore_killed_at_any_moment(self):
        self.add("Anna")
        self.run_kinfolder("catalog", "backup", self.backup)
        began = time.monotonic()
        self.run_kinfolder("catalog", "restore", self.backup)
        whole = time.monotonic() - began
        self.add("Ben")
        outcomes = set()
        for tenth in range(0, 13):
            with subprocess.Popen([BINARY, "catalog", "restore", self.backup], env=self.environment, cwd=self.home,
                                  stdout=subprocess.DEVNULL) as restore:
                time.sleep(whole * tenth / 10)
                restore.kill()
            people = self.people()
            self.assertIn(people, (["Anna"], ["Anna", "Ben"]))
            self.run_kinfolder("catalog", "check")
            outcomes.add((restore.returncode, len(people)))
            if people == ["Anna"]:
                self.add("Ben")
        print(f"test_a_restore_killed_at_any_moment: {sorted(outcomes)}")
        self.assertIn((-signal.SIGKILL, 2), outcomes)
        # Its temporary files are swept when nothing has touched them for an hour (base/file_test.cc).

    def test_what_is_no_catalogue_is_refused(self):
        self.add("Anna")
        (self.home / "photo.jpg").write_bytes(b"x" * 5000)
        done = self.run_kinfolder("catalog", "restore", "photo.jpg", status=1)
        self.assertIn(f"{self.home}/photo.jpg: file is not a database", done.stderr)
        done = self.run_kinfolder("catalog", "restore", "none", status=2)
        self.assertIn(f"{self.home}/none: No such file", done.stderr)
        with (self.home / "huge").open("wb") as huge:
            huge.truncate(shutil.disk_usage(self.home).free + 10**9)  # a hole, which takes no space
        done = self.run_kinfolder("catalog", "restore", "huge", status=1)
        self.assertRegex(done.stderr, r"^kinfolder: restoring the catalogue takes .*B, but .* has only .*B free\n$")
        self.assertEqual(self.people(), ["Anna"])
        self.assertEqual(list(self.data.glob("catalog-*")), [])

    def test_no_file_is_replaced_by_a_backup(self):
        self.add("Anna")
        self.backup.write_text("mine")
        self.run_kinfolder("catalog", "backup", self.backup, status=2)
        self.assertEqual(self.backup.read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
