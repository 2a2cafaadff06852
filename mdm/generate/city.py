"""The whole city: people at home, businesses at their seats, the couples that must be kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdm.generate import addresses, businesses, households, people
from mdm.generate.addresses import Dwellings
from mdm.generate.businesses import Businesses
from mdm.generate.chance import Ints, stream
from mdm.generate.people import Couples, People
from mdm.generate.rates import Rates


@dataclass(frozen=True)
class City:
    """What is true, before any department writes it down. `home` and `former_home` are dwellings of people."""

    people: People
    couples: Couples
    home: Ints
    former_home: Ints
    dwellings: Dwellings
    businesses: Businesses


def build(size: int, rates: Rates, seed: int) -> City:
    """A city of `size` people."""
    founded = households.found(size, rates, seed)
    inhabitants, couples = people.settle(founded, rates, seed)
    count = founded.count
    rng = stream(seed, "homes")
    door = np.arange(count)
    shared = rng.random(count) < rates.shared_house
    door = np.where(shared, rng.integers(count, size=count), door)
    moved = rng.random(count) < rates.moved
    former = np.where(moved, count + np.arange(count), door)
    dwellings = addresses.build(2 * count + businesses.doors_needed(size), rates.flats, seed)
    home = door[inhabitants.household]
    firms = businesses.found(inhabitants, (home, 2 * count), rates, seed)
    return City(inhabitants, couples, home, former[inhabitants.household], dwellings, firms)
