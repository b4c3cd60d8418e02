"""The broker and the database as containers. `python -m tests.stack_containers IMAGE...`: are they at hand?"""

import sys

from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.postgres import PostgresContainer


class ApacheKafkaContainer(KafkaContainer):
    """testcontainers' KafkaContainer starts Confluent's image only; this one starts apache/kafka."""

    def __init__(self, image: str) -> None:
        super().__init__(image)
        self.kraft_enabled = True  # with_kraft() would refuse: it reads the tag as a Confluent version
        for name, value in {
            "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
            "AUTO_CREATE_TOPICS_ENABLE": "false",
            "OFFSETS_TOPIC_NUM_PARTITIONS": "8",
            "HEAP_OPTS": "-Xms256m -Xmx512m",
        }.items():
            self.with_env(f"KAFKA_{name}", value)

    def tc_start(self) -> None:
        """The mapped port is known only now, so the broker starts only now."""
        outside = f"{self.listener_name}://{self.get_bootstrap_server()}"
        listeners = f"{outside},BROKER://$(hostname -i):9092"
        script = f"export KAFKA_ADVERTISED_LISTENERS={listeners}\nexec /etc/kafka/docker/run\n"
        self.create_file(script.encode(), self.TC_START_SCRIPT)


def postgres_container(image: str) -> PostgresContainer:
    """With as many connections as the embedded one allows."""
    container = PostgresContainer(image, username="postgres", password="postgres", driver=None)
    return container.with_command("postgres -c max_connections=200 -c jit=off -c fsync=off")


def at_hand(images: list[str]) -> bool:
    """Whether an engine answers that has these images, and the reaper's, without fetching any."""
    import docker
    from testcontainers.core.config import testcontainers_config

    try:
        client = docker.from_env(timeout=5)
        for image in (*images, testcontainers_config.ryuk_image):
            client.images.get(image)
    except Exception:  # whatever is wrong with the engine: then there is none for us
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if at_hand(sys.argv[1:]) else 1)
