"""The command as an image has it: of the services only one is installed, and the environment is the container's."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from contracts.names import SERVICES

_BEGIN = "import site, sys; site.addsitedir(sys.argv.pop(1)); from punctual.main import main; main()"


class Image:
    """The image of a service (or of `punctual`, which has none), laid out in a folder."""

    def __init__(self, service: str, folder: Path) -> None:
        self.site, self.home = folder / "site", folder / "app"
        self.site.mkdir()
        self.home.mkdir()
        absent = tuple(
            start
            for name in SERVICES
            if name != service
            for start in (f"{name.replace('-', '_')}-", f"_editable_impl_{name.replace('-', '_')}.")
        )
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if not entry.name.startswith(absent):
                (self.site / entry.name).symlink_to(entry)

    def run(self, *arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """`docker run ... punctual ARGUMENTS` with these variables and no others of ours."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PUNCTUAL_", "PYTHON"))}
        # Without its own site-packages the interpreter sees nothing but what we laid out.
        command = [sys.executable, "-S", "-c", _BEGIN, str(self.site), *arguments]
        return subprocess.run(
            command,
            env={**own, "PUNCTUAL_HOME": str(self.home / ".punctual"), **env},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
