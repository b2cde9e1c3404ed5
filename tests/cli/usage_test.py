"""What the command line says before any photo is looked at."""
import fcntl
import hashlib
import os
import pathlib
import pty
import subprocess
import unittest

from harness import BINARY, KinfolderTest, contents


class Usage(KinfolderTest):
    def test_no_verb_opens_the_window(self):
        with subprocess.Popen([BINARY], env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as bare:
            self.assertRegex(bare.stdout.readline(), r"http://127\.0\.0\.1:\d+/\?key=[0-9a-f]{64}$")
            bare.terminate()
            self.assertEqual(bare.wait(30), 0)
        for name in ("key", "job.json", "address"):
            path = self.home / ".local/share/kinfolder" / name
            self.assertEqual(path.exists(), name == "key", name)

    def test_version(self):
        self.assertRegex(self.run_kinfolder("--version").stdout, r"^kinfolder \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_status_2_and_one_line(self):
        for words in (["frobnicate"], ["scan", "--no-such"], ["people"], ["people", "add", "Anna"],
                      ["run", "--detail", "huge"], ["people", "add", "Anna", "x.jpg", "--face", "one"],
                      ["calibrate", "--wrong-names", "none"], ["calibrate", "--wrong-names", "1.5"]):
            done = self.run_kinfolder(*words, status=2)
            self.assertEqual(done.stdout, "")
            self.assertRegex(done.stderr, r"^kinfolder: .+\n$")

    def test_every_verb_has_help(self):
        verbs = [line[2:26].strip() for line in self.run_kinfolder("--help").stdout.splitlines() if line.startswith("  ")]
        self.assertGreater(len(verbs), 20)
        for verb in verbs:
            self.assertIn("Usage: kinfolder " + verb, self.run_kinfolder(*verb.split(), "--help").stdout)


class Password(KinfolderTest):
    @property
    def file(self):
        return self.home / ".local/share/kinfolder/password"

    def set_password(self, *answers):
        """Answers at a terminal; the exit status, and all that the terminal shows."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(BINARY, [BINARY, "password", "set"], self.environment)
        shown = b""
        for answer in answers:
            while not shown.rstrip().endswith(b":"):
                shown += os.read(terminal, 1024)
            os.write(terminal, answer.encode() + b"\n")
            shown += b"\n"
        try:
            while more := os.read(terminal, 1024):
                shown += more
        except OSError:  # the other end of a terminal is closed
            pass
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def test_is_asked_for_twice_and_never_shown(self):
        status, shown = self.set_password("correct horse", "correct horse")
        self.assertEqual(status, 0, shown)
        self.assertNotIn("horse", shown)
        self.assertRegex(self.file.read_text(), r"^\$argon2id\$")
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)

    def test_two_different_answers_set_none(self):
        status, shown = self.set_password("correct horse", "correct house")
        self.assertEqual(status, 2)
        self.assertIn("these are two passwords, so none was set", shown)
        self.assertFalse(self.file.exists())

    def test_comes_from_the_input_too_and_is_removed(self):
        for line, status in (("", 2), ("short\n", 2), ("correct horse\n", 0)):
            done = subprocess.run([BINARY, "password", "set"], env=self.environment, input=line, text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        self.assertTrue(self.file.exists())
        self.run_kinfolder("password", "remove")
        self.assertFalse(self.file.exists())
        self.assertIn("no password is set", self.run_kinfolder("password", "remove", status=2).stderr)

    def test_without_one_other_machines_are_not_served(self):
        for address in ("0.0.0.0", "[::]:8443", "192.0.2.1"):
            done = self.run_kinfolder("serve", "--listen", address, status=2)
            self.assertRegex(done.stderr, r"^kinfolder: other machines reach [0-9.:]+, and no password is set: .+\n$")
        self.assertIn("no address", self.run_kinfolder("serve", "--listen", "everywhere", status=2).stderr)


class Config(KinfolderTest):
    def test_set_get_unset(self):
        path = self.run_kinfolder("config", "path").stdout.strip()
        self.assertEqual(path, str(self.home / ".config/kinfolder/config.toml"))
        self.run_kinfolder("config", "set", "photos", "~/Fotos")
        self.assertEqual(self.run_kinfolder("config", "get", "photos").stdout, f"{self.home}/Fotos\n")
        listed = {line["setting"]: line for line in self.json_of("config", "list")}
        self.assertEqual(listed["photos"]["from"], "file")
        self.assertEqual(listed["by"], {"setting": "by", "value": "copy", "from": "default"})
        self.run_kinfolder("config", "unset", "photos")
        self.assertEqual(self.run_kinfolder("config", "get", "photos").stdout, f"{self.pictures}/Inbox\n")

    def test_a_variable_goes_before_the_file_and_is_told_of(self):
        done = self.run_kinfolder("config", "set", "jobs", "1", KINFOLDER_JOBS="2")
        self.assertIn("KINFOLDER_JOBS is set", done.stderr)
        self.assertEqual(self.run_kinfolder("config", "get", "jobs", KINFOLDER_JOBS="2").stdout, "2\n")

    def test_wrong_names_and_values_change_nothing(self):
        self.run_kinfolder("config", "set", "no-such", "1", status=2)
        self.run_kinfolder("config", "set", "jobs", "many", status=2)
        self.assertFalse((self.home / ".config").exists())

    def test_a_broken_file_is_named(self):
        path = self.home / ".config/kinfolder/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("jobs = \n")
        self.assertIn(f"{path}, line 1", self.run_kinfolder("people", "list", status=2).stderr)


class Home(KinfolderTest):
    def test_without_home_it_says_what_to_give(self):
        for home in (None, ""):
            done = self.run_kinfolder("people", "list", status=2, HOME=home)
            self.assertEqual(done.stderr, "kinfolder: HOME is not set, so there is no default for --data: set HOME or "
                                          "give --data\n")
            self.run_kinfolder("people", "list", "--data", self.home / "d", HOME=home)
            self.run_kinfolder("doctor", status=1, HOME=home)

    def test_the_data_folder_is_the_owners_alone(self):
        self.run_kinfolder("people", "list")
        self.assertEqual((self.home / ".local/share/kinfolder").stat().st_mode & 0o777, 0o700)


class Folders(KinfolderTest):
    def test_empty_default_folders_are_made_and_told_in_two_lines(self):
        done = self.run_kinfolder("run")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.splitlines(), [f"Put the photos to be filed into {self.pictures}/Inbox",
                                                    f"Put a photo or more of each person into {self.pictures}/Known/NAME"])
        self.assertTrue((self.pictures / "Inbox").is_dir() and (self.pictures / "Known").is_dir())

    def test_a_folder_that_is_named_must_be_there(self):
        done = self.run_kinfolder("run", "--photos", "missing", status=2)
        self.assertIn(f"there is no folder {self.home}/missing (--photos)", done.stderr)
        self.assertFalse((self.home / "missing").exists())

    def test_the_pictures_folder_is_the_desktops(self):
        (self.home / ".config").mkdir()
        (self.home / ".config/user-dirs.dirs").write_text('XDG_PICTURES_DIR="$HOME/Bilder"\n')
        self.run_kinfolder("run")
        self.assertTrue((self.home / "Bilder/Kinfolder/Inbox").is_dir())


class Lock(KinfolderTest):
    def test_the_second_run_is_told_who_is_at_work(self):
        self.run_kinfolder("people", "list")
        with open(self.home / ".local/share/kinfolder/lock", "w+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("PID 123 on here: kinfolder scan, started today")
            lock.flush()
            done = self.run_kinfolder("people", "remove", "Anna", status=3)
            self.assertEqual(done.stderr, "kinfolder: another run (PID 123 on here: kinfolder scan, started today) is "
                                          "at work\n")
            self.run_kinfolder("people", "list")  # reading is free


class Empty(KinfolderTest):
    def test_lists_of_nothing(self):
        self.assertIn("Nobody is known yet", self.run_kinfolder("people", "list").stdout)
        self.assertIn("Nothing was filed yet", self.run_kinfolder("runs").stdout)
        for verb in (["people", "list"], ["runs"]):
            self.assertEqual(self.json_of(*verb), [])

    def test_what_is_not_there_is_named(self):
        self.assertIn("nobody is called 'Anna'", self.run_kinfolder("people", "remove", "Anna", status=2).stderr)
        self.run_kinfolder("people", "merge", "Anna", "Ben", status=2)
        self.run_kinfolder("folders", "create", "Anna", status=2)
        self.run_kinfolder("undo", status=2)
        self.run_kinfolder("models", "install", "no-such", "--from", "/", status=2)


class Weights(KinfolderTest):
    def installed(self):
        return contents(self.home / ".local/share/kinfolder/models")

    def test_nothing_is_downloaded_unasked(self):
        done = self.run_kinfolder("models", "install", "mtcnn", "facenet-vggface2", status=2)
        self.assertEqual(done.stderr, "kinfolder: the weights of mtcnn, facenet-vggface2 are on the web: --yes downloads "
                                      "them (96.0 MB), --from FOLDER takes them from a folder\n")
        self.assertEqual(self.installed(), {})

    def test_who_is_asked_can_say_no(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        program = subprocess.Popen([BINARY, "models", "install", "mtcnn"], env=self.environment, cwd=self.home,
                                   stdin=slave, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        shown = ""
        while "Download 2.0 MB? [Y/n]" not in shown:
            shown += os.read(master, 4096).decode()
        self.assertIn("raw.githubusercontent.com", shown)
        self.assertIn("licence: MIT", shown)
        os.write(master, b"n\n")
        self.assertEqual(program.wait(timeout=60), 2)
        self.assertEqual(self.installed(), {})

    def test_public_files_become_a_package(self):
        sources = self.data("models/sources")
        self.run_kinfolder("models", "install", "mtcnn", "--from", sources)
        self.assertEqual(sorted(pathlib.Path(name).name for name in self.installed()),
                         ["manifest.json", "mtcnn", "mtcnn-onet.onnx", "mtcnn-pnet.onnx", "mtcnn-rnet.onnx"])
        self.assertTrue(self.json_of("models", "verify", "mtcnn")[0]["sound"])
        # Ready files, whose hashes are in the manifest that Kinfolder comes with, can take their place.
        self.run_kinfolder("models", "install", "mtcnn", "--from", self.data("models"))
        self.assertTrue(self.json_of("models", "verify", "mtcnn")[0]["sound"])
        ready = hashlib.sha256((self.data("models") / "mtcnn-pnet.onnx").read_bytes()).hexdigest()
        self.assertEqual(self.installed()["mtcnn/mtcnn-pnet.onnx"], ready)
        # Another file under the name of a public one leaves what is there as it is.
        before = self.installed()
        wrong = self.home / "wrong"
        wrong.mkdir()
        (wrong / "mtcnn_model-shard1").write_bytes(b"0" * 1983400)
        done = self.run_kinfolder("models", "install", "mtcnn", "--from", wrong, status=1)
        self.assertIn("is not the file that the manifest of mtcnn means", done.stderr)
        self.assertEqual(self.installed(), before)


if __name__ == "__main__":
    unittest.main()
