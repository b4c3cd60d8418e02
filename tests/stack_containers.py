"""The broker and the database as containers."""

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
