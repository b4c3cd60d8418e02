"""Apache Kafka as a child process: one KRaft node, loopback only, fit for a laptop."""

import asyncio
import os
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.jars import find_jars
from punctual.local.java import find_java
from punctual.local.places import Home, assets
from punctual.local.process import Child, Spec, until
from punctual.local.tools import run_tool

_MEMORY = ("-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
# Hundreds of partitions on one disk: small segments and indexes, few threads.
log.segment.bytes=67108864
log.index.size.max.bytes=262144
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
message.max.bytes=1048588
metadata.log.segment.bytes=16777216
"""


@dataclass(frozen=True, slots=True)
class Kafka:
    """A running broker."""

    child: Child
    port: int
    controller: int

    @property
    def bootstrap(self) -> str:
        """host:port"""
        return f"127.0.0.1:{self.port}"


async def start_kafka(home: Home, port: int, controller: int, say: Callable[[str], None]) -> Kafka:
    """Fetch what is missing, format the storage if it is new, start the broker, wait until it listens.

    Raises StackUnavailable.
    """
    jars = await find_jars(say)
    java = await find_java(say)
    data = home.kafka / "data"
    home.kafka.mkdir(parents=True, exist_ok=True)
    settings = home.kafka / "server.properties"
    settings.write_text(_SETTINGS.format(port=port, controller=controller, data=data))
    command = [str(java), *_MEMORY, "-cp", f"{jars}/*", f"-Dlog4j2.configurationFile={assets() / 'log4j2.yaml'}"]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "_JAVA", "JAVA_TOOL"))
    }
    if not (data / "meta.properties").is_file():
        await _format(command, settings, environment, home)
    child = Child(
        Spec(
            "kafka",
            [*command, "kafka.Kafka", str(settings)],
            home.log / "kafka.log",
            env=environment,
            cwd=home.kafka,
            stop_within=20,
        )
    )
    try:
        await until(child, lambda: _listens(port), within=60)
    except BaseException:
        await child.stop()
        raise
    return Kafka(child, port, controller)


async def _format(command: list[str], settings: Path, environment: dict[str, str], home: Home) -> None:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    if cluster.startswith("-"):  # Kafka would take it for an option
        cluster = "A" + cluster[1:]
    code, said = await run_tool(
        *(*command, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster, "-c", str(settings)),
        env=environment,
        cwd=home.kafka,
    )
    if code != 0:
        raise StackUnavailable(f"Kafka could not lay out its data: {said[-300:]}")


async def _listens(port: int) -> bool:
    """The broker opens its port when it is ready, not before."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
