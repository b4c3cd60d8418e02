"""Whether an engine answers here that has the images which docker-compose.yml and the Dockerfile name."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NAMED = re.compile(r"^\s*(?:image:|FROM) (\S+)", re.MULTILINE)


def compose_answers() -> bool:
    """Whether there is a `docker compose`, of version 2 or newer; an engine is another question."""
    if shutil.which("docker") is None:
        return False
    said = subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=30, check=False)
    return said.returncode == 0


def foreign() -> list[str]:
    """The images that are not built here."""
    named = (_NAMED.findall((ROOT / file).read_text()) for file in ("docker-compose.yml", "deploy/Dockerfile"))
    return sorted({image for some in named for image in some if not image.startswith("punctual/")})


def why_no_containers() -> str | None:
    """Why compose can't be tried here; None: it can. Nothing is fetched."""
    if os.environ.get("PUNCTUAL_TEST_STACK") == "embedded":
        return "PUNCTUAL_TEST_STACK is embedded"
    if not compose_answers():
        return "there is no docker compose"
    try:
        asked = ["docker", "image", "inspect", "--format", "{{.Id}}", *foreign()]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return "the Docker engine does not answer"
    return None if said.returncode == 0 else f"no engine with the images: {said.stderr.strip()[:200]}"
