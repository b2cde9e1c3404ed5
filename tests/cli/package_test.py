"""The Debian package: what is in it, and that it works where it is unpacked."""
import os
import shutil
import subprocess
import unittest

from harness import SOURCE, KinfolderTest, contents

BUILD = os.environ.get("KINFOLDER_BUILD", str(SOURCE / "build/release"))


class Package(KinfolderTest):
    def setUp(self):
        super().setUp()
        for program in ("cpack", "dpkg-shlibdeps", "dpkg-deb", "file"):
            if not shutil.which(program):
                self.skipTest(f"needs the program {program}")
        made = self.home / "made"
        subprocess.run(["cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", made], check=True, cwd=self.home,
                       stdout=subprocess.DEVNULL)
        (self.package,) = made.glob("kinfolder_*.deb")
        self.root = self.home / "root"
        subprocess.run(["dpkg-deb", "--extract", self.package, self.root], check=True)

    def test_works_where_it_is_unpacked(self):
        files = contents(self.root / "usr")
        for name in ("bin/kinfolder", "share/applications/kinfolder.desktop", "lib/systemd/user/kinfolder.service",
                     "share/icons/hicolor/scalable/apps/kinfolder.svg", "share/doc/kinfolder/copyright"):
            self.assertIn(name, files)
        weights = [name for name in files if name.endswith(".onnx")]
        self.assertEqual(len(weights), 4)
        for name in weights:
            self.assertIn("-kinfolder", name)  # none that others made
        program = self.root / "usr/bin/kinfolder"
        self.assertNotIn(os.fsencode(SOURCE), program.read_bytes())

        done = subprocess.run([program, "doctor"], env={**self.environment, "XDG_DATA_DIRS": "/nowhere"}, text=True,
                              capture_output=True, check=True)
        for package in ("mtcnn-kinfolder", "facenet-kinfolder"):
            self.assertRegex(done.stdout, rf" {self.root}/usr/share/kinfolder/models/{package}[-0-9]*, sound")

    def test_says_what_it_needs(self):
        told = subprocess.run(["dpkg-deb", "--field", self.package], check=True, capture_output=True, text=True).stdout
        for line in (r"Package: kinfolder", r"Version: \d+\.\d+\.\d+", r"Depends: .*libdnnl2.*libvips42.*"):
            self.assertRegex(told, f"(?m)^{line}$")


if __name__ == "__main__":
    unittest.main()
