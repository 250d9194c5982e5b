"""Observations in files: events, good times, responses, stores."""

from gpnb.data.events import EventList
from gpnb.data.gti import GTI
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.data.store import DataStore

__all__ = ["GTI", "DataStore", "EventList", "Observation", "Observations"]
