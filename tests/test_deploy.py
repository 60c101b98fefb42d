"""What is in deploy/ is well formed, as far as the tools that are here can tell, and holds no
secret. What a container would run is run by other tests, as plain processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
BIN = Path(sys.executable).parent
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
SECRET = re.compile(
    r"(?i)(?:token|password|key)\w*[ \t]*[:=][ \t]*[\"']?(?!PASSWORD\b|/run/secrets/)[\w/+]{6,}"
    r"|postgresql://\w+:(?!PASSWORD@|%s@)[^@\s]+@|BEGIN [A-Z ]*PRIVATE KEY"
)
"""What looks like a value where a name or a place should be."""


def documents(name: str) -> list[dict[str, Any]]:
    text = (DEPLOY / name).read_text("utf-8")
    return [found for found in yaml.safe_load_all(text) if found]


def ran(*command: str | Path, **more: str) -> None:
    """Runs a tool; skips where it is not installed, but never in CI."""
    if not shutil.which(command[0]):
        assert os.environ.get("CI") != "true", f"{command[0]} is to be there in CI"
        pytest.skip(f"needs {command[0]}")
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | more
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix in {".yaml", ".yml"}], ids=str)
def test_every_yaml_file_can_be_read(path: Path) -> None:
    assert all(isinstance(one, dict) for one in documents(str(path.relative_to(DEPLOY))))


def test_the_image_is_as_its_linter_wants_it() -> None:
    ran(BIN / "hadolint", DEPLOY / "Dockerfile")


def test_the_image_installs_what_the_project_has() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    (wanted,) = re.findall(r"install -c constraints.txt '\.\[([\w,]+)\]'", text)
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))
    assert set(wanted.split(",")) <= set(project["project"]["optional-dependencies"])


def test_the_compose_file_keeps_to_its_schema() -> None:
    ran(
        BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml"
    )


def test_in_compose_only_the_proxy_is_reached_from_outside() -> None:
    (found,) = documents("compose.yaml")
    services = found["services"]
    assert {name for name, one in services.items() if one.get("ports")} == {"proxy"}
    assert found["networks"]["back"]["internal"]
    assert all(services[name]["networks"] == ["back"] for name in ("postgres", "chroma"))
    used = {v.partition(":")[0] for s in services.values() for v in s.get("volumes", [])}
    assert {name for name in used if not name.startswith(".")} == set(found["volumes"])


@pytest.mark.parametrize("name", ["dateline.yaml", "stores.yaml"])
def test_the_manifests_keep_to_kubernetes_schemas(name: str) -> None:
    ran(BIN / "kubernetes-validate", "--strict", DEPLOY / "kubernetes" / name)


def test_the_manifests_select_what_they_define() -> None:
    found = documents("kubernetes/dateline.yaml") + documents("kubernetes/stores.yaml")
    pods = _labels(found)
    selected = [s for d in found for s in _selectors(d)]
    assert selected
    for wanted in selected:
        assert any(wanted.items() <= labels.items() for labels in pods), wanted


def _labels(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    specs = [d["spec"] for d in found if "spec" in d]
    return [s["template"]["metadata"]["labels"] for s in specs if "template" in s]


def _selectors(one: Any) -> Iterator[dict[str, str]]:
    """The labels that something is selected by, anywhere in a manifest."""
    if isinstance(one, list):
        for part in one:
            yield from _selectors(part)
    elif isinstance(one, dict):
        for key, value in one.items():
            if key == "matchLabels" or (key == "selector" and "matchLabels" not in value):
                yield value
            else:
                yield from _selectors(value)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*")), ids=lambda p: p.name)
def test_the_units_are_as_systemd_wants_them(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    (tmp_path / path.name).write_text(re.sub(r"/opt/dateline/bin/\w+", "/bin/true", text))
    ran("systemd-analyze", "verify", tmp_path / path.name)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("caddy/*")), ids=lambda p: p.name)
def test_the_proxies_settings_are_as_caddy_wants_them(path: Path, tmp_path: Path) -> None:
    ran("caddy", "validate", "--adapter", "caddyfile", "--config", path, HOME=str(tmp_path))


def test_no_secret_is_in_any_file() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert (found := SECRET.search(text)) is None, (path, found)
    assert SECRET.search("CHROMA_TOKEN=0123456789")
    assert SECRET.search("postgresql://dateline:s3cret@host/db")
