"""PostgreSQL's full text search on a real server started for the run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.recall.peers.shape import Found, Unavailable
from benchmarks.recall.sets import Document, Question

_WORD = re.compile(r"[^\W_]+")
_SOURCES = "/usr/lib/postgresql"


class Server:
    """A throw-away cluster reached through a socket in a temporary folder."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.folder = Path(tempfile.mkdtemp(prefix="recall-pg-"))
        if self._as:
            self._give_to_postgres()
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "postgres", "-E", "UTF8")
        options = (
            f"-k {self.folder} -c listen_addresses='' -c fsync=off"
            " -c shared_buffers=512MB -c max_parallel_workers_per_gather=0"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", log, "start")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _give_to_postgres(self) -> None:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError as problem:
            raise Unavailable("there is no user postgres to run the server") from problem
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", timeout=120)
        if done.returncode:
            raise Unavailable(f"{program} said: {done.stderr.strip()[:200]}")

    def close(self) -> None:
        """Stop the server and remove what it wrote."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path(_SOURCES).glob("*/bin/initdb")) if Path(_SOURCES).is_dir() else []
    program = str(found[-1]) if found else shutil.which("initdb")
    if program is None:
        raise Unavailable("the PostgreSQL server programs are not installed")
    return Path(program).parent


class Postgres:
    """Lexemes of the query joined by "or", ranked by ts_rank_cd."""

    name = "PostgreSQL ts_rank_cd"

    def __init__(self, most_words: int = 40) -> None:
        try:
            import psycopg
        except ImportError as problem:
            raise Unavailable("psycopg is not installed") from problem
        self._most_words = most_words
        self._server = Server()
        self._base: Any = psycopg.connect(
            host=str(self._server.folder),
            user="postgres",
            dbname="postgres",
            autocommit=True,
        )

    def build(self, documents: Sequence[Document]) -> None:
        """A table with a stored vector, title A and body D, and a GIN index."""
        self._base.execute("create unlogged table texts (place int primary key, v tsvector)")
        with self._base.cursor() as cursor:
            cursor.executemany(
                "insert into texts values (%s, setweight(to_tsvector('english', %s), 'A')"
                " || to_tsvector('english', %s))",
                ((n, _plain(d.title)[:2000], _plain(d.text)[:200_000]) for n, d in enumerate(documents)),
            )
        self._base.execute("create index on texts using gin (v)")
        self._base.execute("analyze texts")
        rows = self._base.execute("select word, ndoc from ts_stat('select v from texts')").fetchall()
        self._often: dict[str, int] = dict(rows)
        self._half = len(documents) / 2

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The best matches of the query's rarest lexemes."""
        text = _plain(f"{question.title} {question.text}")[:100_000]
        row = self._base.execute("select tsvector_to_array(to_tsvector('english', %s))", (text,)).fetchone()
        lexemes = [w for w in row[0] if 0 < self._often.get(w, 0) <= self._half]
        lexemes = [w for w in lexemes if _WORD.fullmatch(w)]
        chosen = sorted(lexemes, key=lambda w: (self._often[w], w))[: self._most_words]
        if not chosen:
            return [], 0.0, None
        rows = self._base.execute(
            "select place, ts_rank_cd(v, q, 1) as score from texts,"
            " to_tsquery('simple', %s) q where v @@ q and place < %s"
            " order by score desc, place limit %s",
            (" | ".join(chosen), question.before, limit),
        ).fetchall()
        return rows, rows[0][1] if rows else 0.0, None

    def close(self) -> None:
        """Stop the server."""
        self._base.close()
        self._server.close()


def _plain(text: str) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()
