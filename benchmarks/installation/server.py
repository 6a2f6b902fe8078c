"""A real `failonce serve`, started and stopped, and what it takes."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from benchmarks.installation.figures import Figure
from benchmarks.installation.preparing import command, environment

_WAITS = 60  # seconds; a server that needs longer isn't going to answer
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One server on a port of this machine, from `with` to the end of it."""

    def __init__(self, home: Path, port: int) -> None:
        self._home = home
        self._port = port
        self.address = f"http://127.0.0.1:{port}"
        self.started_in = 0.0

    def __enter__(self) -> "Server":
        began = time.perf_counter()
        self._log = self._home / "serve.log"  # a pipe that nobody reads would stop the server when it is full
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "failonce", "serve", "--port", str(self._port)],
                env=environment(self._home),
                stderr=log,
            )
        self._wait_for_answer(began)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(_WAITS)

    def link(self) -> str:
        """Return a link that signs the operator in."""
        return command(self._home, "people", "link", "operator@localhost").strip().replace(
            "http://127.0.0.1:8000", self.address
        )  # fmt: skip

    def token(self) -> str:
        """Return an API token of the operator."""
        scopes = ("--scope", "read", "--scope", "tell", "--scope", "preflight")
        return command(self._home, "people", "token", "--name", "bench", *scopes).strip()

    def wait_until_warm(self) -> None:
        """Return once the workers have nothing left to do: the index is built."""
        before = -1.0
        while (now := self.processor_seconds()) - before > 0.05:
            before = now
            time.sleep(0.5)

    def processor_seconds(self) -> float:
        """Return the processor time that all its processes have used."""
        return sum(_used(pid) for pid in self._pids())

    def memory(self) -> list[Figure]:
        """Return what its processes hold in memory; what two of them share is counted twice in the first figure."""
        resident = sum(_kilobytes(pid, "status", "VmRSS") for pid in self._pids()) / 1000
        own = sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in self._pids()) / 1000
        return [
            Figure("resident memory, all processes", resident, "MB", 300),
            Figure("  shared pages counted once", own, "MB"),
        ]

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        return [self._process.pid, *map(int, children.split())]

    def _wait_for_answer(self, began: float) -> None:
        while time.perf_counter() - began < _WAITS:
            if self._process.poll() is not None:
                raise SystemExit(f"failonce serve ended at once:\n{self._log.read_text(encoding='utf-8')}")
            try:
                httpx.get(f"{self.address}/sign-in/", timeout=_WAITS).raise_for_status()
            except httpx.ConnectError:
                time.sleep(0.01)
                continue
            self.started_in = time.perf_counter() - began
            return
        raise SystemExit(f"Nobody answered at {self.address} within {_WAITS} s.")


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _kilobytes(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) if found else 0
