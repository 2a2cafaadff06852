"""How do our standardisers read Vietnamese addresses and names beside the open parsers that exist?

    python -m venv PEERS                      # an environment of its own, apart from the project's
    PEERS/bin/pip install -r requirements.txt vietnamadminunits==1.0.4 vietnam-address-converter==1.0.5 \\
        vn-address-converter==0.1.3 nameparser==2.6.0
    PYTHONPATH=. PEERS/bin/python benchmarks/parsers.py

Each peer is optional: one that is not installed is reported as absent. None is a dependency of the project
(nameparser is under the LGPL, the others under MIT and Apache-2.0). Inputs are the real addresses of
`tests/mdm/standardise`, those that our authors saw and those they did not apart, and addresses of the synthetic city
whose door is known. All get the same texts; what a peer can't take counts as not read.

*Old* and *today*: the commune of 30 June 2025 and today's, over the texts that tell exactly one; a parser that knows no
old map can't have the first. *Sets*: on both maps exactly the communes that the text may mean, over all texts: none
where none is named, all where a name is ambiguous or a commune was divided. *Premises*: house number and street,
without case, marks, and the words số, đường and phố, as most peers give them back as they came. Names: surname, middle
and given name, without case and marks. Seconds are those of the processor. Asserts nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import polars as pl
import yaml
from generated_addresses import judged, listen

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.text import plain

REAL = Path(__file__).parents[1] / "tests" / "mdm" / "standardise" / "real_addresses"
NAMES = Path(__file__).with_name("names.csv")
PEOPLE, SEED = 2_000, 1
"""Of the synthetic city."""
WARM_UP = ("1 Lê Lợi, Phường Bến Thành, Quận 1, TP.HCM", "2 Lê Lợi, Phường Sài Gòn, Thành phố Hồ Chí Minh")


class Truth(NamedTuple):
    """An address and what it says. A set that is None is not judged."""

    text: str
    legacy: frozenset[str] | None
    today: frozenset[str]
    premises: frozenset[str]


class Answer(NamedTuple):
    """What a parser makes of an address: codes on both maps, and house number with street as one text."""

    legacy: frozenset[str] = frozenset()
    today: frozenset[str] = frozenset()
    premises: str | None = None


AddressReader = Callable[[Sequence[str]], list[Answer]]
Name = tuple[str, str, str]
"""Surname, middle, given name."""
NameReader = Callable[[Sequence[str]], list[Name]]
Read = TypeVar("Read", Answer, Name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints Markdown tables: addresses by set of inputs, then names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generated", type=int, default=500, help="How many addresses of the synthetic city.")
    chosen = parser.parse_args(arguments)
    sets = {
        "real, seen by the authors": real("first") + real("held_out") + real("later"),
        "real, never seen by them": real("fresh"),
        "synthetic city": generated(chosen.generated),
    }
    for title, truths in sets.items():
        show_addresses(title, truths)
    show_names()


def show_addresses(title: str, truths: Sequence[Truth]) -> None:
    """A row a parser: per cent right, and seconds a thousand."""
    print(f"\n{len(truths)} addresses, {title}\n")
    print("| parser | old | today | sets | premises | seconds a 1,000 |")
    print("|---|---|---|---|---|---|")
    for name, load in ADDRESS_PARSERS.items():
        try:
            reader = load()
        except ImportError as absent:
            print(f"| {name} | absent ({absent.name}) | | | | |")
            continue
        answers, seconds = timed(reader, [truth.text for truth in truths], WARM_UP)
        pairs = list(zip(truths, answers, strict=True))
        cells = [
            share(got.legacy == told.legacy for told, got in pairs if told.legacy and len(told.legacy) == 1),
            share(got.today == told.today for told, got in pairs if len(told.today) == 1),
            share(got.today == told.today and told.legacy in (None, got.legacy) for told, got in pairs),
            share(bare(got.premises) in told.premises for told, got in pairs),
        ]
        print(f"| {name} | {' | '.join(cells)} | {seconds:.2f} |")


def show_names() -> None:
    """A row a parser: per cent of names whose part is right."""
    table = pl.read_csv(NAMES, comment_prefix="#", infer_schema=False).fill_null("")
    texts, told = (
        table["text"].to_list(),
        [folded(row) for row in table.select("surname", "middle", "given").iter_rows()],
    )
    print(f"\n{len(texts)} names of public figures\n")
    print("| parser | surname | middle | given | all three | seconds a 1,000 |")
    print("|---|---|---|---|---|---|")
    for name, load in NAME_PARSERS.items():
        try:
            reader = load()
        except ImportError as absent:
            print(f"| {name} | absent ({absent.name}) | | | | |")
            continue
        answers, seconds = timed(reader, texts, ["Lê Văn Tám"])
        pairs = list(zip(told, map(folded, answers), strict=True))
        cells = [share(wanted[part] == got[part] for wanted, got in pairs) for part in range(3)]
        print(f"| {name} | {' | '.join(cells)} | {share(wanted == got for wanted, got in pairs)} | {seconds:.2f} |")


def timed(
    reader: Callable[[Sequence[str]], list[Read]], texts: Sequence[str], warm_up: Sequence[str]
) -> tuple[list[Read], float]:
    """The answers, and processor seconds a thousand once the parser has loaded its tables."""
    reader(warm_up)
    start = time.process_time()
    answers = reader(texts)
    return answers, (time.process_time() - start) * 1000 / len(texts)


def share(right: Iterable[bool]) -> str:
    """Per cent."""
    outcomes = list(right)
    return f"{sum(outcomes) / len(outcomes):.1%}" if outcomes else "-"


def bare(premises: str | None) -> str:
    """House number and street as compared: no marks, case, separators, nor words that most parsers leave."""
    words = re.sub(r"[^\w/]+", " ", plain(premises or "")).casefold().split()
    kept = [word.lstrip("0") or word for word in words if word not in ("so", "duong", "pho", "nha")]
    return "".join(kept)


# --- inputs


def real(name: str) -> list[Truth]:
    """The entries of one file of real addresses."""
    return [
        Truth(
            entry["text"],
            frozenset(entry["unit_code_legacy_candidates"]),
            frozenset(entry["unit_code_candidates"]),
            allowed(entry["house_no"], entry["street"]),
        )
        for entry in yaml.safe_load((REAL / f"{name}.yaml").read_text("utf-8"))
    ]


def allowed(house: str | list[str | None] | None, street: str | list[str | None] | None) -> frozenset[str]:
    """House number and street in all the readings that the entry allows."""
    houses, streets = (part if isinstance(part, list) else [part] for part in (house, street))
    return frozenset(bare(f"{one or ''} {other or ''}") for one in houses for other in streets)


def generated(size: int) -> list[Truth]:
    """Addresses of the synthetic city that name one commune, in words of one map only, from all departments."""
    frame, _ = judged(listen(PEOPLE, SEED))
    before = {name for epoch, _, name in codes() if epoch == "2025-06-30"}
    new_only = [code for (_, _, name), found in codes().items() if name not in before for code in found]
    one = pl.when("old").then("named").otherwise(pl.col("unit_code").is_in(new_only))
    told = frame.filter(~pl.col("without_unit") & one).unique("text", maintain_order=True)
    sample = told.gather_every(max(1, told.height // size)).head(size)
    return [
        Truth(
            row["text"],
            frozenset([row["code"]]) if row["old"] else None,
            frozenset(row["today"]) if row["old"] else frozenset([row["unit_code"]]),
            allowed(row["house_no"], row["street"]),
        )
        for row in sample.iter_rows(named=True)
    ]


# --- addresses: ours and the peers


def ours() -> AddressReader:
    """Our standardiser, on the whole column."""

    def read(texts: Sequence[str]) -> list[Answer]:
        frame = STANDARDISERS["address"].function(pl.Series(texts), Knowledge.shipped(), SourceProfile(), {})
        return [
            Answer(
                frozenset(row["units_legacy"] or ()),
                frozenset(row["units"] or ()),
                f"{row['house_no'] or ''} {row['street'] or ''}",
            )
            for row in frame.iter_rows(named=True)
        ]

    return read


def vietnamadminunits(*modes: str) -> Callable[[], AddressReader]:
    """Its parser in the given modes: the first that names a ward answers; an old ward is converted by its own table."""

    def load() -> AddressReader:
        peer = import_module("vietnamadminunits")

        def converted(text: str) -> frozenset[str]:
            try:
                new = peer.convert_address(text)
            except Exception:  # of a divided ward it asks a geocoder on the network
                return frozenset()
            return frozenset([new.ward_code]) if new is not None and new.ward_code else frozenset()

        def one(text: str) -> Answer:
            for mode in modes:
                unit = peer.parse_address(text, mode=mode)
                if unit is None or not unit.ward_code:
                    continue
                if mode == "FROM_2025":
                    return Answer(today=frozenset([unit.ward_code]), premises=unit.street)
                return Answer(frozenset([unit.ward_code]), converted(text), unit.street)
            return Answer(premises=unit.street if unit is not None else None)

        return each(one)

    return load


def vietnam_address_converter() -> AddressReader:
    """What it reads and converts; for a ward of today, the old ones that it knows to have gone into it."""
    peer = import_module("vietnam_address_converter")

    def one(text: str) -> Answer:
        read, street = peer.auto_convert_address(text), peer.convert_address_text(text).get("street_address")
        told, new = read.get("parsed") or {}, (read.get("converted_new") or {}).get("ward") or {}
        olds = (
            [(told["district_name"], told["ward_name"])] if told.get("ward_name") and told.get("district_name") else []
        )
        olds += [(old["district"], old["ward"]) for old in read.get("old_candidates") or []]
        found = new_code(told.get("province_name"), new.get("name_with_type"))
        return Answer(frozenset(code for old in olds for code in old_code(*old)), frozenset(found), street)

    return each(one)


def vn_address_converter() -> AddressReader:
    """The parts between commas, converted."""
    peer = import_module("vn_address_converter")

    def one(text: str) -> Answer:
        parts = peer.parse_address(text)
        old = old_code(parts.district, parts.ward) if parts.district and parts.ward else ()
        new = peer.convert_to_new_address(parts)
        return Answer(frozenset(old), frozenset(new_code(new.province, new.ward)), parts.street_address)

    return each(one)


def each(one: Callable[[str], Answer]) -> AddressReader:
    """A reader of many out of a reader of one; what it can't take is an address that it could not read."""

    def guarded(text: str) -> Answer:
        try:
            return one(text)
        except Exception:  # whatever a peer raises is its own
            return Answer()

    return lambda texts: [guarded(text) for text in texts]


@cache
def codes() -> dict[tuple[str, str, str], list[str]]:
    """(epoch, district or province, commune) without marks and types of district and province → codes."""
    found: dict[tuple[str, str, str], list[str]] = {}
    units = pl.read_csv(Path(__file__).parents[1] / "rules/units/units.csv", comment_prefix="#", infer_schema=False)
    for row in units.iter_rows(named=True):
        within = row["district"] or row["province"]
        found.setdefault((row["epoch"], short(within), key(row["name"])), []).append(row["code"])
    return found


def key(name: str) -> str:
    """A name without marks, case and punctuation."""
    return re.sub(r"\W+", " ", plain(name)).casefold().strip()


def short(name: str) -> str:
    """The same without its type; `Q.1` is `quan 1`."""
    words = key(name)
    for word in ("thanh pho ", "thi xa ", "huyen ", "tinh ", "tp ", "quan ", "q "):
        if words.startswith(word) and not words.removeprefix(word).isdigit():
            return words.removeprefix(word)
    return re.sub(r"^q ?(?=\d+$)", "quan ", words)


def old_code(district: str, ward: str) -> list[str]:
    """Codes on the map of 30 June 2025."""
    return codes().get(("2025-06-30", short(district), key(ward)), [])


def new_code(province: str | None, ward: str | None) -> list[str]:
    """Codes since July 2025."""
    return codes().get(("2025-07-01", short(province or ""), key(ward or "")), [])


ADDRESS_PARSERS: dict[str, Callable[[], AddressReader]] = {
    "ours": ours,
    "vietnamadminunits, old mode": vietnamadminunits("LEGACY"),
    "vietnamadminunits, new mode": vietnamadminunits("FROM_2025"),
    "vietnamadminunits, old then new": vietnamadminunits("LEGACY", "FROM_2025"),
    "vietnam-address-converter": vietnam_address_converter,
    "vn-address-converter": vn_address_converter,
}


# --- names


def folded(name: Name) -> list[str]:
    """The parts as compared."""
    return [re.sub(r"\W", "", plain(part)).casefold() for part in name]


def our_names() -> NameReader:
    """Our standardiser, on the whole column."""

    def read(texts: Sequence[str]) -> list[Name]:
        frame = STANDARDISERS["person_name"].function(pl.Series(texts), Knowledge.shipped(), SourceProfile(), {})
        return [tuple(part or "" for part in row) for row in frame.select("surname", "middle", "given").iter_rows()]  # type: ignore[misc]

    return read


def first_and_last_word() -> NameReader:
    """What anyone would try first."""

    def read(texts: Sequence[str]) -> list[Name]:
        words = [text.split() for text in texts]
        return [(found[0], " ".join(found[1:-1]), found[-1]) for found in words]

    return read


def human_name(*, swapped: bool) -> Callable[[], NameReader]:
    """nameparser takes names in the order of the West; swapped, its first name is taken for the surname."""

    def load() -> NameReader:
        peer = import_module("nameparser")

        def one(text: str) -> Name:
            name: Any = peer.HumanName(text)
            ends = (name.first, name.last) if swapped else (name.last, name.first)
            return ends[0], name.middle, ends[1]

        return lambda texts: [one(text) for text in texts]

    return load


NAME_PARSERS: dict[str, Callable[[], NameReader]] = {
    "ours": our_names,
    "first and last word": first_and_last_word,
    "nameparser": human_name(swapped=False),
    "nameparser, first and last swapped": human_name(swapped=True),
}


if __name__ == "__main__":
    sys.exit(main())
