"""Time zones, from the pinned tzdata wheel only: the system's copy may be years apart from it."""

from sla_timer.zones.names import check_zone as check_zone
from sla_timer.zones.resolve import offset_of as offset_of
from sla_timer.zones.resolve import resolve_offset as resolve_offset
from sla_timer.zones.resolve import resolve_zone as resolve_zone
from sla_timer.zones.resolve import zone_at as zone_at
from sla_timer.zones.resolve import zone_named as zone_named
