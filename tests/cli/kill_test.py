"""Ends runs in the middle: whatever the moment, nothing is lost or half there, and the next run comes to the same end.

KINFOLDER_KILL_ROUNDS says how often to kill, KINFOLDER_KILL_SEED with which random numbers.
"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

from harness import BINARY, KinfolderTest, contents

ROUNDS = int(os.environ.get("KINFOLDER_KILL_ROUNDS", "12"))
SEED = int(os.environ.get("KINFOLDER_KILL_SEED", "20261124"))


def is_temporary(name):
    return name.startswith(".kinfolder-") and name.endswith(".tmp")


class Kill(KinfolderTest):
    def setUp(self):
        super().setUp()
        self.use_album()
        self.data_folder = self.home / ".local/share/kinfolder"
        self.originals = contents(self.photos), contents(self.known)
        self.random = random.Random(f"{SEED} {self.id()}")
        self.outcomes = collections.Counter()
        self.addCleanup(self.tell_outcomes)

    def tell_outcomes(self):
        if self.outcomes:
            print(f"{self.id().split('.')[-1]}: {dict(self.outcomes)}", flush=True)

    # -- Beginning and ending runs ------------------------------------------------------------------------------------

    def words(self):
        return ["run", "--photos", self.photos, "--known", self.known, "--out", self.out]

    def start(self, *words):
        process = subprocess.Popen(
            [BINARY, *map(str, words)], env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def end(self, process, signal_number):
        """Sends the signal; returns the status and what was said."""
        process.send_signal(signal_number)
        said = process.communicate(timeout=300)
        return process.returncode, "\n".join(said)

    def timed(self, *words):
        began = time.monotonic()
        self.run_kinfolder(*words)
        return time.monotonic() - began

    def moments(self, rounds, duration):
        """Random, but spread over the whole of the duration and a little beyond."""
        return [(number + self.random.random()) / rounds * duration * 1.05 for number in range(rounds)]

    def wait(self, process, is_time):
        """Until is_time() or the end of the process; looks often, as the moments of interest are short."""
        while process.poll() is None and not is_time():
            time.sleep(0.0005)

    def files_filed(self):
        """How many files are in the results, temporary ones included."""
        return sum(len(files) for _, _, files in os.walk(self.out))

    # -- What must hold -----------------------------------------------------------------------------------------------

    def make_expected(self):
        """A run that nobody ends: what all others must come to. Returns how long it took."""
        duration = self.timed(*self.words())
        self.expected = contents(self.out)
        self.assertGreater(len(self.expected), 20)
        return duration

    def assert_originals_untouched(self):
        self.assertEqual((contents(self.photos), contents(self.known)), self.originals)

    def assert_nothing_half_there(self):
        """Right after a kill: under a name that people see there is a whole file or none."""
        self.assert_originals_untouched()
        for name, content in contents(self.out).items():
            if not is_temporary(os.path.basename(name)):
                self.assertEqual(content, self.expected[name], name)

    def assert_no_leftovers(self):
        leftovers = [path for path in self.home.rglob("*") if is_temporary(path.name)]
        self.assertEqual(leftovers, [])
        files = {path.name for path in self.data_folder.rglob("*") if path.is_file() and path.suffix != ".jsonl"}
        self.assertLessEqual(files, {"lock", "catalog.sqlite"})

    def assert_sound(self):
        self.assert_originals_untouched()
        self.assert_no_leftovers()
        said, _ = self.start("doctor", "--json").communicate(timeout=300)  # what it finds beside is not ours
        findings = {line["subject"]: line for line in map(json.loads, said.splitlines())}
        self.assertFalse(findings["Catalogue"]["problem"], findings)
        self.assertLessEqual({run["state"] for run in self.json_of("runs")}, {"done", "undone"})

    def assert_run_comes_to_the_same_end(self):
        self.run_kinfolder(*self.words())
        self.assertEqual(contents(self.out), self.expected)
        self.assert_sound()
        self.run_kinfolder("pack", "--verify", "--out", self.out)
        self.assertIn("Everything was in its place already.", self.run_kinfolder(*self.words()).stdout)

    def forget_results(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def forget_all(self):
        self.forget_results()
        shutil.rmtree(self.home / ".local", ignore_errors=True)

    def kill(self, process, *wanted):
        status, said = self.end(process, signal.SIGKILL)
        self.assertIn(status, (-signal.SIGKILL, *wanted), said)
        self.outcomes["killed" if status == -signal.SIGKILL else "ended before"] += 1
        return status

    # -- The tests ----------------------------------------------------------------------------------------------------

    def test_runs_killed_at_any_moment(self):
        duration = self.make_expected()
        for moment in self.moments(max(1, ROUNDS // 2), duration):
            with self.subTest(moment=moment, duration=duration):
                self.forget_all()
                process = self.start(*self.words())
                time.sleep(moment)
                self.kill(process, 0)
                self.assert_nothing_half_there()
                self.assert_run_comes_to_the_same_end()

    def test_runs_killed_again_and_again(self):
        duration = self.make_expected()
        self.forget_all()
        for _ in range(max(1, ROUNDS // 6)):
            process = self.start(*self.words())
            time.sleep(self.random.random() * duration / 2)
            self.kill(process, 0)
            self.assert_nothing_half_there()
        self.assert_run_comes_to_the_same_end()

    def test_runs_killed_while_they_file_and_pack(self):
        self.make_expected()
        self.forget_results()
        duration = self.timed(*self.words())  # everything is scanned already
        rounds = max(2, ROUNDS // 4)
        by_time = self.moments((rounds + 1) // 2, duration)
        files = sum(content is not None for content in self.expected.values())
        by_files = [1 + number * files // (rounds // 2) for number in range(rounds // 2)]
        for moment, wanted in [(moment, None) for moment in by_time] + [(None, wanted) for wanted in by_files]:
            with self.subTest(moment=moment, files=wanted):
                self.forget_results()
                process = self.start(*self.words())
                if wanted is None:
                    time.sleep(moment)
                else:
                    self.wait(process, lambda: self.files_filed() >= wanted)
                self.kill(process, 0)
                self.assert_nothing_half_there()
                self.outcomes["amid filing"] += 0 < self.files_filed() < files
                self.assert_run_comes_to_the_same_end()

    def test_killed_filing_can_be_undone(self):
        self.make_expected()
        files = self.files_filed()
        rounds = max(2, ROUNDS // 10)
        for number in range(rounds):
            wanted = 1 + number * files // rounds
            with self.subTest(files=wanted):
                self.forget_results()
                shutil.rmtree(self.data_folder / "journal")
                process = self.start(*self.words())
                self.wait(process, lambda: self.files_filed() >= wanted)
                self.kill(process, 0)
                self.run_kinfolder("undo")
                self.assertEqual(contents(self.out), {})
                self.assert_sound()
                self.assert_run_comes_to_the_same_end()

    def test_undo_killed_at_any_moment(self):
        self.make_expected()
        files = self.files_filed()
        rounds = max(2, ROUNDS // 4)
        for number in range(rounds):
            remaining = number * files // rounds
            with self.subTest(remaining=remaining):
                run = self.json_of("runs")[0]["run"]
                process = self.start("undo", run)
                self.wait(process, lambda: self.files_filed() <= remaining)
                self.kill(process, 0)
                self.assert_nothing_half_there()
                self.outcomes["amid undoing"] += 0 < self.files_filed() < files
                if number % 2 == 0:  # else the run below has to finish the undoing before it begins
                    state = {line["run"]: line["state"] for line in self.json_of("runs")}[run]
                    self.run_kinfolder("undo", run, status=2 if state == "undone" else 0)
                    self.assertEqual(contents(self.out), {})
                    self.assert_sound()
                self.assert_run_comes_to_the_same_end()

    def test_interrupted_runs_end_orderly(self):
        duration = self.make_expected()
        for moment in self.moments(max(3, ROUNDS // 6), duration):
            with self.subTest(moment=moment, duration=duration):
                self.forget_all()
                process = self.start(*self.words())
                time.sleep(moment)
                status, said = self.end(process, signal.SIGINT)
                # Dead of the signal: it came while the program was still being loaded.
                self.assertIn(status, (130, 0, -signal.SIGINT), said)
                self.outcomes[{130: "interrupted", 0: "ended before"}.get(status, "before it began")] += 1
                if status == 130:
                    self.assertRegex(said.splitlines()[-1], r"^kinfolder: .*interrupted")
                    self.assert_nothing_half_there()
                    self.assert_no_leftovers()
                if status == -signal.SIGINT:
                    self.assertFalse(self.out.exists() or self.data_folder.exists())
                self.assert_run_comes_to_the_same_end()

    def test_interrupted_filing_goes_on(self):
        self.make_expected()
        files = self.files_filed()
        for number in range(max(2, ROUNDS // 6)):
            self.forget_results()
            process = self.start(*self.words())
            self.wait(process, lambda: self.files_filed() > number * files // max(2, ROUNDS // 6))
            status, said = self.end(process, signal.SIGINT)
            self.assertIn(status, (130, 0), said)
            self.outcomes["interrupted" if status == 130 else "ended before"] += 1
            self.assert_nothing_half_there()
            self.assert_no_leftovers()
            if status == 130:
                self.assertRegex(said.splitlines()[-1], r"^kinfolder: .*interrupted")
            self.assert_run_comes_to_the_same_end()

    def test_the_second_is_told_who_is_at_work(self):
        first = self.start(*self.words())
        lock = self.data_folder / "lock"
        self.wait(first, lambda: lock.exists() and f"PID {first.pid} " in lock.read_text())
        second = self.run_kinfolder(*self.words(), status=3)
        self.assertEqual(second.stdout, "")
        self.assertRegex(second.stderr, rf"^kinfolder: another run \(PID {first.pid} on .+: kinfolder run, started .+\) "
                                        r"is at work\n$")
        self.run_kinfolder("people", "list")  # reading is free
        self.json_of("runs")
        said = first.communicate(timeout=300)
        self.assertEqual(first.returncode, 0, said)
        self.assert_originals_untouched()
        self.run_kinfolder(*self.words())


if __name__ == "__main__":
    unittest.main()
