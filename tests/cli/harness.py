"""What scripted tests share: the real binary, run in a home folder of its own."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("KINFOLDER_BINARY", str(SOURCE / "build/release/bin/kinfolder"))
DATA = pathlib.Path(os.environ.get("KINFOLDER_TEST_DATA") or SOURCE / "../shared/data")
MODELS = ("mtcnn", "facenet-vggface2")


def contents(folder):
    """Every file below the folder, by its relative path, with the hash of its bytes; folders have None."""
    folder = pathlib.Path(folder)
    return {
        str(path.relative_to(folder)): None if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
    }


class KinfolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kinfolder-cli-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name).resolve()
        self.environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    @property
    def pictures(self):
        return self.home / "Pictures/Kinfolder"

    def run_kinfolder(self, *words, status=0, **environment):
        """Runs the binary; a value of None takes a variable away. `status` is what it has to end with; None: anything."""
        variables = {**self.environment, **environment}
        variables = {name: value for name, value in variables.items() if value is not None}
        done = subprocess.run(
            [BINARY, *map(str, words)], env=variables, cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", timeout=600)
        if status is not None:
            self.assertEqual(done.returncode, status, f"{words}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def json_of(self, *words, status=0, **environment):
        """The objects that the verb writes, a line each; nothing else may be on stdout."""
        done = self.run_kinfolder(*words, "--json", status=status, **environment)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def data(self, relative):
        path = DATA / relative
        if not path.exists():
            self.skipTest(f"needs test data: {relative} (KINFOLDER_TEST_DATA)")
        return path.resolve()

    def use_album(self):
        """The models, and copies of the test album's photos and known people in folders of the home."""
        self.album = self.data("photos/album")
        self.use_models()
        self.photos = self.home / "in"
        self.known = self.home / "known"
        self.out = self.home / "out"
        shutil.copytree(self.album / "inbox", self.photos)
        shutil.copytree(self.album / "known", self.known)
        self.folders = ["--photos", self.photos, "--known", self.known, "--out", self.out]

    def use_models(self):
        """Packages made of the repository's manifests and the test data's weights."""
        weights = self.data("models")
        for model in MODELS:
            folder = self.home / "models" / model
            folder.mkdir(parents=True)
            manifest = SOURCE / "models" / model / "manifest.json"
            (folder / "manifest.json").symlink_to(manifest)
            for file in json.loads(manifest.read_text())["files"].values():
                (folder / file["name"]).symlink_to(weights / file["name"])
        self.environment["KINFOLDER_MODELS"] = str(self.home / "models")
