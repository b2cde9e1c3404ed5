"""A file operation fails, or the program ends there: nothing is lost or half there, it is told, and the next run comes
to the same end.

tests/faults/faults.cc lets one operation of a job fail, of each kind at numbers spread over the whole job.
KINFOLDER_FAULTS says how many faults in all, KINFOLDER_FAULT_SEED with which random numbers, KINFOLDER_FAULT_JOBS (names
with spaces between, or "all") which jobs.
"""
import collections
import contextlib
import hashlib
import itertools
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import unittest
import zipfile

from harness import BINARY, KinfolderTest, contents

LIBRARY = os.environ.get("KINFOLDER_FAULTS_LIBRARY")
FAULTS = int(os.environ.get("KINFOLDER_FAULTS", "18"))
SEED = os.environ.get("KINFOLDER_FAULT_SEED", "20261126")
JOBS = os.environ.get("KINFOLDER_FAULT_JOBS", "copy move pack undo-run metadata restore").split()

# What happens to which operations, as the library calls them; None: to all that it counts.
NEEDS_SPACE = {"create", "write", "flush", "mkdir", "rename", "link", "truncate", "clone", "set-attribute"}
BY_PATH = {"create", "open-to-write", "mkdir", "rename", "link", "unlink", "rmdir"}
KINDS = {
    "enospc": NEEDS_SPACE, "full": NEEDS_SPACE, "short": {"write"}, "eio": None, "eacces": BY_PATH, "erofs": BY_PATH,
    "readonly": None, "gone": None, "kill": None, "read-eio": None, "read-eacces": {"open"}, "read-gone": None,
}
# The program can't remove its temporary files.
KEEP_TEMPORARY = {"kill", "readonly", "gone", "read-gone"}
# How the system and SQLite say it.
REASONS = re.compile(
    "No space left|Input/output error|Permission denied|Read-only file system|disk is full|disk I/O error|"
    "unable to open database file|readonly database|database disk image is malformed")


def is_temporary(name):
    return re.fullmatch(r"\.kinfolder-.{6}\.tmp(-wal|-shm|-journal)?", name) is not None


def whole_hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Faults(KinfolderTest):
    def setUp(self):
        super().setUp()
        if not LIBRARY:
            self.skipTest("needs the library that disturbs the program, which is not built with sanitizers")
        self.use_album()
        for folder, kept in ((self.photos, {"findsimilar.jpg", "woman1-person-group.jpg", "identification1.jpg"}),
                             (self.known, {"Daniel", "Mrs Han", "Megan"})):
            for path in folder.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in self.home.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
        self.data_folder = self.home / ".local/share/kinfolder"
        self.saved = pathlib.Path(f"{self.home}.saved")
        self.log = pathlib.Path(f"{self.home}.log")
        self.addCleanup(shutil.rmtree, self.saved, ignore_errors=True)
        self.addCleanup(self.log.unlink, missing_ok=True)
        self.random = random.Random(f"{SEED} {self.id()}")
        self.kinds = itertools.cycle(KINDS)
        self.outcomes = collections.Counter()

    # -- The state before a job, and the job disturbed ----------------------------------------------------------------

    def copy(self, source, target):
        """With times, and with hard links among what is copied."""
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)

    def save(self):
        self.copy(self.home, self.saved)
        self.originals = {whole_hash(path): path.stat().st_mtime_ns for folder in (self.photos, self.known)
                          for path in folder.rglob("*.jpg")}

    def restore(self):
        self.copy(self.saved, self.home)

    def disturbed(self, words, kind, number):
        """Runs the job with the fault; gives what it said and the operations that were disturbed."""
        self.log.unlink(missing_ok=True)
        done = self.run_kinfolder(*words, status=None, LD_PRELOAD=LIBRARY, FAULTS_BELOW=str(self.home),
                                  FAULTS_LOG=str(self.log), FAULTS_KIND=kind, FAULTS_AT=str(number))
        return done, [line.split(" ", 2)[1:] for line in self.log.read_text().splitlines()
                      if number == 0 or line.endswith(" !")]

    def chosen(self, words):
        """Kinds and numbers: each kind as often as others, its numbers spread over the operations that it can meet."""
        operations = {}
        for family in ("", "read-"):
            self.restore()
            operations[family] = [name for name, _ in self.disturbed(words, family + "none", 0)[1]]
        faults = []
        kinds = collections.Counter(next(self.kinds) for _ in range(self.faults))
        for kind, wanted in kinds.items():
            family = "read-" if kind.startswith("read-") else ""
            numbers = [number for number, name in enumerate(operations[family], 1)
                       if KINDS[kind] is None or name in KINDS[kind]]
            wanted = min(len(numbers), wanted)
            for part in range(wanted):
                at = (part + self.random.random()) / wanted * len(numbers)
                faults.append((kind, numbers[int(at)]))
        return faults

    # -- What must hold -----------------------------------------------------------------------------------------------

    def asked(self, database, question):
        with contextlib.closing(sqlite3.connect(database)) as catalog:
            return catalog.execute(question).fetchall()

    def state(self):
        """All that a user sees: files, and who is known of how many faces it was said."""
        files = {name: content for name, content in contents(self.home).items()
                 if not name.startswith(".local") and not is_temporary(os.path.basename(name))}
        for name in files:
            if name.endswith(".sqlite"):  # whose bytes may differ
                files[name] = self.asked(self.home / name, "PRAGMA integrity_check")[0][0]
        return files, self.asked(self.data_folder / "catalog.sqlite",
                                 "SELECT name, (SELECT count(face) FROM decision WHERE person = person.id) "
                                 "FROM person ORDER BY name")

    def assert_nothing_lost(self):
        there = collections.defaultdict(set)
        for path in self.home.rglob("*.jpg"):
            there[whole_hash(path)].add(path.stat().st_mtime_ns)
        for content, time in self.originals.items():
            self.assertIn(time, there[content])

    def assert_nothing_half_there(self, files):
        """Files of the results are originals or archives that are whole."""
        for path in self.out.rglob("*"):
            if not path.is_file() or is_temporary(path.name):
                continue
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    self.assertIsNone(archive.testzip())
            else:
                self.assertIn(whole_hash(path), files, path)

    def assert_no_leftovers(self, kept=()):
        """But in folders where others may write without the lock: there they stay for an hour."""
        leftovers = [path for path in self.home.rglob("*") if is_temporary(path.name) and path.parent not in kept]
        self.assertEqual(leftovers, [])

    def was_kept_from_removing(self, disturbed):
        """A temporary file that the disk did not let go stays, hidden, until something is filed into its folder again."""
        paths = [pathlib.Path(path.removesuffix(" !")) for name, path in disturbed if name == "unlink"]
        return len(disturbed) == 1 and any(is_temporary(path.name) for path in paths)

    def assert_told(self, done, disturbed):
        said = done.stderr + done.stdout
        self.assertIn(done.returncode, (1, 2), said)
        self.assertRegex(said, REASONS, disturbed)

    def go_through(self, words, *, before_again=None, when_done=None, loses=(), swept_later=()):
        """Disturbs the job in all ways. `before_again`: the job that its next run needs first; `when_done`: what a job says
        that fails where nothing is left to do; `loses`: originals that it is to change; `swept_later`: where temporary
        files that it can't remove stay for an hour."""
        self.save()
        for content in loses:
            del self.originals[content]
        faults = self.chosen(words)
        self.restore()
        self.run_kinfolder(*words)
        expected = self.state()
        wanted = {content for content in (*self.originals, *expected[0].values()) if content}
        for kind, number in faults:
            with self.subTest(kind=kind, number=number):
                self.restore()
                done, disturbed = self.disturbed(words, kind, number)
                self.outcomes["faults"] += 1
                self.outcomes[kind] += 1
                said = f"{disturbed[:3]}\nstatus {done.returncode}\n{done.stdout}{done.stderr}"
                self.assert_nothing_lost()
                self.assert_nothing_half_there(wanted)
                if kind == "kill":
                    self.assertIn(done.returncode, (-signal.SIGKILL, 0), said)
                    self.outcomes["killed" if done.returncode else "ended before the fault"] += 1
                elif done.returncode == 0:
                    self.outcomes["harmless" if disturbed else "ended before the fault"] += 1
                    self.assertEqual(self.state(), expected, said)
                else:
                    self.assert_told(done, disturbed)
                    self.outcomes["told"] += 1
                if before_again:
                    self.run_kinfolder(*before_again)
                again = self.run_kinfolder(*words, status=None)
                if again.returncode != 0:
                    self.assertTrue(when_done and when_done in again.stderr, f"{said}\nthen {again.stdout}{again.stderr}")
                self.assertEqual(self.state(), expected, said)
                self.assert_nothing_lost()
                if not self.was_kept_from_removing(disturbed):
                    self.assert_no_leftovers(swept_later if kind in KEEP_TEMPORARY else ())
                self.run_kinfolder("catalog", "check")

    # -- The jobs -----------------------------------------------------------------------------------------------------

    def confirm_somebody(self):
        face = self.json_of("review", "list")[0]
        self.run_kinfolder("review", "confirm", "Zoe", face["face"])
        return pathlib.Path(face["photo"])

    def run_all(self):
        self.go_through(["run", *self.folders])

    def run_anew(self):
        shutil.rmtree(self.data_folder)
        self.run_all()

    def file_by(self, method):
        self.go_through(["file", "--out", self.out, "--by", method])

    def pack(self):
        self.run_kinfolder("file", "--out", self.out)
        self.go_through(["pack", "--out", self.out])

    def undo(self, *words):
        self.run_kinfolder(*words, "--out", self.out)
        self.go_through(["undo", self.json_of("runs")[0]["run"]], when_done="was taken back already")

    def undo_run(self):
        self.undo("run", *self.folders[:4])

    def names_into_photos(self):
        rewritten = whole_hash(self.confirm_somebody())
        self.go_through(["metadata", "write", "--into-photos", "--yes"], before_again=["scan", self.photos],
                        loses=[rewritten], swept_later=[self.photos])

    def names_into_sidecars(self):
        self.confirm_somebody()
        self.go_through(["metadata", "write", "--yes"], swept_later=[self.photos])

    def back_up(self):
        self.go_through(["catalog", "backup", self.home / "backup.sqlite"], when_done="File exists",
                        swept_later=[self.home])

    def bring_back(self):
        self.run_kinfolder("catalog", "backup", "backup.sqlite")
        self.run_kinfolder("people", "remove", "Daniel")
        self.go_through(["catalog", "restore", self.home / "backup.sqlite"], swept_later=[self.data_folder])

    def take_labels_over(self):
        labels = self.home / "labels.jsonl"
        labels.write_text("".join(f'{{"label": "person", "person": "{name}"}}\n' for name in ("Zoe", "Yann")))
        self.go_through(["labels", "import", labels])

    def forget(self):
        self.go_through(["people", "forget", "Daniel", "--yes"], when_done="nobody is called")

    def test_every_job(self):
        jobs = {
            "run": self.run_anew, "second-run": self.run_all, "copy": lambda: self.file_by("copy"),
            "hardlink": lambda: self.file_by("hardlink"), "move": lambda: self.file_by("move"), "pack": self.pack,
            "undo-run": self.undo_run, "undo-copy": lambda: self.undo("file"),
            "undo-hardlink": lambda: self.undo("file", "--by", "hardlink"),
            "undo-move": lambda: self.undo("file", "--by", "move"), "metadata": self.names_into_photos,
            "sidecars": self.names_into_sidecars, "backup": self.back_up, "restore": self.bring_back,
            "labels": self.take_labels_over, "forget": self.forget,
        }
        self.assertLessEqual(set(JOBS), {*jobs, "all"}, "KINFOLDER_FAULT_JOBS")
        self.run_kinfolder("run", *self.folders)  # and then as if somebody had removed what it made
        shutil.rmtree(self.out)
        shutil.rmtree(self.data_folder / "journal")
        self.run_kinfolder("folders", "create", "--out", self.out)
        scanned = pathlib.Path(f"{self.home}.scanned")
        self.addCleanup(shutil.rmtree, scanned, ignore_errors=True)
        self.copy(self.home, scanned)
        chosen = {name: job for name, job in jobs.items() if name in JOBS or "all" in JOBS}
        for index, (name, job) in enumerate(chosen.items()):
            self.faults = FAULTS // len(chosen) + (index < FAULTS % len(chosen))
            self.outcomes = collections.Counter()
            self.copy(scanned, self.home)
            with self.subTest(job=name):
                job()
            print(f"{name}: {dict(self.outcomes)}", flush=True)


if __name__ == "__main__":
    unittest.main()
