"""The policy file: one YAML file, checked as a whole, and resolved to plain data before it is published."""

from sla_timer.policy.file.problems import PolicyRefused as PolicyRefused
from sla_timer.policy.file.problems import Problem as Problem
from sla_timer.policy.file.read import DEFAULT as DEFAULT
from sla_timer.policy.file.read import load as load
from sla_timer.policy.file.read import read as read
from sla_timer.policy.file.resolve import Document as Document
from sla_timer.policy.file.shape import PolicyFile as PolicyFile
