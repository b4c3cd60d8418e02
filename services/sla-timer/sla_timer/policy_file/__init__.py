"""The policy file: one YAML file, checked as a whole, and resolved to plain data before anyone counts by it."""

from sla_timer.policy_file.problems import PolicyRefused as PolicyRefused
from sla_timer.policy_file.problems import Problem as Problem
from sla_timer.policy_file.read import DEFAULT as DEFAULT
from sla_timer.policy_file.read import load as load
from sla_timer.policy_file.read import read as read
from sla_timer.policy_file.resolve import Document as Document
from sla_timer.policy_file.shape import PolicyFile as PolicyFile
