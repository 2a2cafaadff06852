"""The eight departments, in the order in which `mdm.yaml` names them. Each module has one function, `extract`."""

from collections.abc import Callable

from mdm.generate.departments import (
    bao_hiem,
    dan_cu,
    dat_dai,
    doanh_nghiep,
    giao_duc,
    nha_o,
    quy_hoach,
    y_te,
)
from mdm.generate.extract import Extract
from mdm.generate.scribe import Scribe

DEPARTMENTS: dict[str, tuple[Callable[[Scribe], Extract], float]] = {
    "dan_cu": (dan_cu.extract, 0.25),
    "quy_hoach": (quy_hoach.extract, 1.5),
    "y_te": (y_te.extract, 1.0),
    "giao_duc": (giao_duc.extract, 0.8),
    "bao_hiem": (bao_hiem.extract, 0.9),
    "doanh_nghiep": (doanh_nghiep.extract, 0.5),
    "dat_dai": (dat_dai.extract, 1.5),
    "nha_o": (nha_o.extract, 1.2),
}
"""Source → how its extract is made, and how careless its clerks are."""
