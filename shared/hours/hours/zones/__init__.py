"""Time zones, from the pinned tzdata wheel only: the system's copy may be years older or newer."""

from hours.zones.names import check_zone as check_zone
from hours.zones.resolve import offset_of as offset_of
from hours.zones.resolve import resolve_offset as resolve_offset
from hours.zones.resolve import resolve_zone as resolve_zone
from hours.zones.resolve import zone_at as zone_at
from hours.zones.resolve import zone_named as zone_named
