"""Verify: what was filed and packed, read through again."""
import os
import pathlib
import subprocess
import time
import unittest

from harness import BINARY, KinfolderTest, contents


def flip(path):
    """One bit, as a bad disk does it: the time stays."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def reads(process, path):
    """Whether it has the file open."""
    return any(os.path.realpath(link) == str(path) for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir())


class Verify(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_album()

    def test_tells_exactly_what_is_wrong(self):
        nothing = self.run_kinfolder("verify").stdout
        self.assertEqual(nothing, "0 photos and 0 packs verified: all are as they were filed.\n")
        self.json_of("run", *self.folders)
        self.assertEqual(self.json_of("verify"), [])
        filed = sorted(path for path in (self.out / "People").rglob("*") if path.is_file())
        packs = sorted((self.out / "Packs").iterdir())
        damaged, gone, changed, *_ = filed
        flip(damaged)
        gone.unlink()
        changed.write_bytes(b"edited")
        flip(packs[0])
        (self.home / ".local/share/kinfolder/catalog.sqlite").write_bytes(b"damaged")  # and is not needed
        before = contents(self.out)
        found = [(line["file"], line["kind"], line["state"]) for line in self.json_of("verify", status=1)]
        self.assertEqual(found, [(str(damaged), "photo", "damaged"), (str(gone), "photo", "missing"),
                                 (str(changed), "photo", "changed"), (str(packs[0]), "pack", "damaged")])
        lines = self.run_kinfolder("verify", status=1).stdout.splitlines()
        self.assertEqual(lines[1:3], [f"{gone} is missing", f"{changed} was changed since it was filed"])
        self.assertEqual(lines[-1], f"{len(filed)} photos and {len(packs)} packs verified: 4 are not as filed.")
        self.assertEqual(contents(self.out), before)

    def test_stops_when_asked(self):
        self.json_of("run", *self.folders)
        endless = sorted((self.out / "People").rglob("*.jpg"))[-1]
        endless.write_bytes(b"")
        with endless.open("r+b") as large:
            large.truncate(1 << 40)  # a hole: a quarter of an hour of reading
        with subprocess.Popen([BINARY, "verify"], env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as verify:
            while not reads(verify, endless):
                self.assertIsNone(verify.poll())
                time.sleep(0.01)
            verify.terminate()
            output, notes = verify.communicate(timeout=60)
        self.assertEqual((verify.returncode, output), (130, ""))
        self.assertIn("kinfolder: stopped before everything was verified", notes)


if __name__ == "__main__":
    unittest.main()
