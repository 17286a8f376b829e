"""Servers for tests: started in a folder of the test, waited for, and ended when the test is done."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def served(command: list[str], url: str, cwd: Path, **environment: str) -> Iterator[str]:
    """Run a server until the test is done; wait until it answers at `url`, which is given out."""
    log = cwd / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=out, env={**os.environ, **environment})
        try:
            for _ in range(240):
                assert process.poll() is None, log.read_text()
                try:
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.25)
            yield url
        finally:
            stop(process)


def stop(process: subprocess.Popen[Any], patience: float = 20.0) -> None:
    """Ask a server to end; end it where it does not, which is no fault of what was tested."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
