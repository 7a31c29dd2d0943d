"""The image, the compose file, the manifest for Kubernetes, and the image's steps by hand."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.settings.loading import load
from tests.docs.test_blocks import known
from tests.house import ROOT
from tests.image_steps import Image, Step, let_through, make, steps

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# The image


def test_everything_the_image_is_built_from_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    assert {name for name in let_through if not (ROOT / name).exists()} == set()
    assert {
        "monitor",
        "alerts",
        "config",
        "pyproject.toml",
        "setup.py",
        "constraints.txt",
    } <= let_through
    project = PROJECT["project"]
    assert {project["readme"], *project["license-files"]} <= let_through


def test_the_image_runs_the_service_as_somebody_else_than_root() -> None:
    steps = dict(re.findall(r"^(USER|WORKDIR|VOLUME|ENTRYPOINT|CMD) (.*)$", DOCKERFILE, re.M))
    assert steps == {
        "WORKDIR": "/srv",
        "USER": "freshness",
        "VOLUME": "/srv/data",
        "ENTRYPOINT": '["freshness"]',
        "CMD": '["run"]',
    }
    assert re.search(r"^HEALTHCHECK .* CMD \[\"freshness\", \"alive\"\]$", DOCKERFILE, re.M)
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    newest = PROJECT["project"]["classifiers"][-2].rpartition(" ")[2]
    assert set(bases) == {f"python:{newest}-slim"}


def test_the_image_says_what_it_is_and_can_use_postgresql() -> None:
    labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=\S", DOCKERFILE))
    assert labels == {"title", "description", "licenses", "documentation", "version", "revision"}
    assert 'constraints.txt ".[cluster]"' in DOCKERFILE


def test_the_image_listens_where_a_published_port_leads() -> None:
    """Whatever the mounted files say: inside a container 127.0.0.1 is reached by nobody."""
    [listen] = re.findall(r"FRESHNESS_LISTEN=(\S+)", DOCKERFILE)
    settings = load(ROOT / "config", {"FRESHNESS_LISTEN": listen})
    host, _, port = settings.listen.rpartition(":")
    assert host == "0.0.0.0"
    [published] = yaml.safe_load(COMPOSE)["services"]["monitor"]["ports"]
    assert published == f"127.0.0.1:8080:{port}"
    assert f"EXPOSE {port}\n" in DOCKERFILE


def test_the_database_of_the_image_is_on_its_volume(tmp_path: Path) -> None:
    for path in (ROOT / "config").iterdir():
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / path.name).write_bytes(path.read_bytes())
    database = load(tmp_path / "config", {}).database.removeprefix("sqlite:///")
    # The image has the configuration at /srv/config and the volume at /srv/data.
    assert Path(database).parent == tmp_path / "data"


# The compose file


SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
OURS = {name for name, one in SERVICES.items() if one["image"] == "account-freshness-monitor"}


@pytest.mark.parametrize(
    ("profile", "services"),
    [
        pytest.param(None, {"monitor"}, id="none: the service alone"),
        pytest.param("gateways", {"rsshub", "wewe-rss", "we-mp-rss"}, id="gateways"),
        pytest.param("cluster", {"postgresql", "monitor-2", "worker", "worker-hk"}, id="cluster"),
    ],
)
def test_compose_starts_by_profile(profile: str | None, services: set[str]) -> None:
    profiles = [profile] if profile else []
    assert {n for n, one in SERVICES.items() if one.get("profiles", []) == profiles} == services


def test_compose_sets_the_database_once_for_all() -> None:
    given = [SERVICES[name]["environment"]["FRESHNESS_DATABASE_FILE"] for name in sorted(OURS)]
    assert given == ["/run/secrets/freshness_database"] * 4
    assert COMPOSE.count("FRESHNESS_DATABASE_FILE") == 1


def test_compose_has_workers_of_two_zones_on_a_database_that_answers() -> None:
    workers = {n: one for n, one in SERVICES.items() if one.get("command", [""])[0] == "worker"}
    assert [one["command"] for one in workers.values()] == [
        ["worker", "--zone", "default"],
        ["worker", "--zone", "hk"],
    ]
    for one in (*workers.values(), SERVICES["monitor-2"]):
        assert one["depends_on"] == {"postgresql": {"condition": "service_healthy"}}
    assert SERVICES["postgresql"]["healthcheck"]["test"][1] == "pg_isready"


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_container_of_ours_may_do_nothing_but_its_work(name: str) -> None:
    one = SERVICES[name]
    assert (one["read_only"], one["cap_drop"], one["restart"]) == (True, ["ALL"], "unless-stopped")
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert {"./config:/srv/config:ro", "./secrets:/run/secrets:ro"} <= set(one["volumes"])


def test_compose_publishes_to_this_machine_alone_and_each_port_once() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert len({port.split(":")[1] for port in ports}) == len(ports)


def test_compose_has_every_volume_that_is_named_and_no_other() -> None:
    named = {
        volume.split(":")[0]
        for one in SERVICES.values()
        for volume in one.get("volumes", [])
        if not volume.startswith("./")
    }
    assert named == set(yaml.safe_load(COMPOSE)["volumes"])
    assert "data:/srv/data" in SERVICES["monitor"]["volumes"]


def test_compose_gives_secrets_as_files() -> None:
    environment = SERVICES["monitor"]["environment"]
    assert {key: value for key, value in environment.items() if not secret(key, value)} == {}
    plain = re.compile(r"PASSWORD|TOKEN|SECRET|COOKIE|AUTH_CODE|ACCESS_KEY")
    written = [key for one in SERVICES.values() for key in one.get("environment", {})]
    assert [key for key in written if plain.search(key) and not key.endswith("_FILE")] == []


def secret(key: str, value: str) -> bool:
    return value == f"/run/secrets/{key.removesuffix('_FILE').lower()}" and key.endswith("_FILE")


def test_compose_is_what_its_client_takes() -> None:
    client = ["docker", "compose", "--profile", "gateways", "--profile", "cluster"]
    if (
        shutil.which("docker") is None
        or subprocess.run(
            ["docker", "compose", "version"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("there is no client of compose here")
    done = subprocess.run([*client, "config"], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# Kubernetes


MANIFEST = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
WORKLOADS = {one["metadata"]["name"]: one["spec"] for one in MANIFEST if "template" in one["spec"]}


def test_the_manifest_has_a_volume_a_page_a_service_and_a_worker() -> None:
    kinds = [(one["kind"], one["metadata"]["name"]) for one in MANIFEST]
    assert kinds == [
        ("PersistentVolumeClaim", "freshness-data"),
        ("Service", "freshness"),
        ("Deployment", "freshness"),
        ("Deployment", "freshness-worker"),
    ]


@pytest.mark.parametrize("spec", WORKLOADS.values(), ids=WORKLOADS)
def test_a_pod_is_nobody_and_may_write_where_it_must(spec: dict[str, Any]) -> None:
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    uid = int(re.findall(r"--uid (\d+)", DOCKERFILE)[0])
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (
        True,
        uid,
    )
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert mounts.keys() == {volume["name"] for volume in pod["volumes"]}
    assert all(mounts[name].get("readOnly") for name in ("config", "secrets"))
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("spec", WORKLOADS.values(), ids=WORKLOADS)
def test_a_pod_is_that_of_its_labels_and_has_its_secrets_as_files(spec: dict[str, Any]) -> None:
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    [container] = spec["template"]["spec"]["containers"]
    [folder] = [m["mountPath"] for m in container["volumeMounts"] if m["name"] == "secrets"]
    env = {one["name"]: one["value"] for one in container["env"]}
    assert all(value == f"{folder}/{key[:-5].lower()}" for key, value in env.items())
    assert "FRESHNESS_DATABASE_FILE" in env


def test_the_pod_of_the_service_is_probed_and_keeps_its_data() -> None:
    spec = WORKLOADS["freshness"]
    [container] = spec["template"]["spec"]["containers"]
    assert container["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"  # asks no database
    assert container["readinessProbe"]["httpGet"]["port"] == "page"
    [port] = container["ports"]
    assert f"EXPOSE {port['containerPort']}\n" in DOCKERFILE
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    service = MANIFEST[1]["spec"]
    assert service["selector"] == spec["selector"]["matchLabels"]
    assert service["ports"][0]["targetPort"] == port["name"]


@pytest.mark.parametrize("spec", WORKLOADS.values(), ids=WORKLOADS)
def test_a_pod_does_what_the_command_line_knows(spec: dict[str, Any]) -> None:
    [container] = spec["template"]["spec"]["containers"]
    known(f"freshness {' '.join(container['args'])}")


# The steps of the image by hand


def test_the_steps_of_the_image_are_read_as_they_are_written() -> None:
    words = [step.word for step in steps(DOCKERFILE)]
    assert words.count("FROM") == 2
    assert {"RUN", "COPY", "ENTRYPOINT"} <= set(words)
    [made, user] = [step.rest for step in steps(DOCKERFILE) if step.word == "RUN"]
    assert made.startswith("python -m venv /opt/freshness")
    assert made.endswith('".[cluster]"')
    assert "useradd" in user
    with pytest.raises(ValueError, match="ONBUILD is not an instruction"):
        steps("ONBUILD RUN true")


def test_the_build_gets_what_is_let_through_and_no_more(tmp_path: Path) -> None:
    for name in ("monitor/a.py", "monitor/__pycache__/a.pyc", "secrets/token", "LICENSE"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    ignore = "# remark\n*\n!monitor\n!LICENSE\n**/__pycache__\n"
    through = {path.relative_to(tmp_path).as_posix() for path in let_through(ignore, tmp_path)}
    assert through == {"monitor/a.py", "LICENSE"}


def test_a_step_that_fails_is_told(tmp_path: Path) -> None:
    image = Image(tmp_path)
    make(image, Step("WORKDIR", "/srv"))
    make(image, Step("ENV", "A=/srv/data B=1"))
    make(image, Step("RUN", 'test "$A" = /srv/data && echo "$B" > /srv/b'))
    assert (tmp_path / "srv" / "b").read_text() == "1\n"
    with pytest.raises(subprocess.CalledProcessError):
        make(image, Step("RUN", "exit 3"))
