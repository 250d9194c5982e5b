"""The view record with which the panel of an object opens."""

from __future__ import annotations

from typing import Any

from gpnb.state.record import Record, record_named

_RECORDS = {
    "observations": "ObservationsView",
    "instrument": "InstrumentView",
    "events": "EventsView",
    "sky": "SkyView",
    "spectrum": "SpectrumView",
    "fit": "SpectrumView",
    "lightcurve": "LightCurveView",
    "table": "RowsView",
    "points": "PointsView",
    "theta2": "Theta2View",
    "phasogram": "PhasogramView",
    "frequencyscan": "FrequencyScanView",
    "sensitivity": "SensitivityView",
    "detectiontime": "DetectionTimeView",
    "visibility": "VisibilityView",
    "proposal": "ProposalView",
    "visiblehours": "VisibleHoursView",
}


def opened(obj: Any, **changes: Any) -> Record:
    """The record of the panel that an object names, with these changes, given as people write them.

    Raises
    ------
    ArgumentError
        For an unknown setting, or a value that does not fit it.
    """
    return record_named(_RECORDS[obj.panel]).opened(obj, **changes)
