"""The real bus: Apache Kafka through aiokafka."""

from kit.kafka.bus import KafkaBus as KafkaBus
