"""How often are addresses of a synthetic city read right? Their true parts against what the standardiser made of them.

    python benchmarks/generated_addresses.py --people 20000 --seed 1 2 3

The city is built in memory; beside each address that a clerk writes, the door that it means is kept. Judged are the
parts that the text tells: a house number where one is written (with the digit that a slip put before it), a street,
and the commune. A commune is *named* where no other commune of either map would be written the same; elsewhere
(`Phường 1, TP.HCM`) the true one must be among the candidates, or the finding says that there are too many. A street
counts as right under the name it has today, and without its marks where the whole text has none. Asserts nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from mdm.generate import addresses
from mdm.generate import city as cities
from mdm.generate.addresses import NEW_UNIT_WAYS, OLD_UNIT_WAYS, STREET_WAYS, AddressStyle
from mdm.generate.chance import Ints, stream
from mdm.generate.departments import DEPARTMENTS
from mdm.generate.rates import Rates
from mdm.generate.scribe import Scribe
from mdm.generate.spelling import without_marks
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile

SHOWN = 12


@dataclass(frozen=True)
class Witness(Scribe):
    """A clerk beside whom somebody notes which door each address means."""

    seen: list[pl.DataFrame] = field(default_factory=list)

    def written(self, door: Ints, style: AddressStyle) -> pl.Series:
        """What the clerk writes; it is noted with what is true."""
        text = super().written(door, style)
        self.seen.append(told(self, door, style, text))
        return text


def told(scribe: Scribe, door: Ints, style: AddressStyle, text: pl.Series) -> pl.DataFrame:
    """One row an address: its text, how it is written, and what a reader who knows the city would take from it."""
    homes = scribe.city.dwellings
    clean = addresses.write(homes, door, style)
    rows = pl.Series(door.astype("uint32"))
    words = addresses.streets().words
    names, bare_names = pl.Series(words), pl.Series([without_marks(word) for word in words])
    frame = pl.DataFrame(
        {
            "text": text,
            "slip": text.str.head((text.str.len_chars() - clean.str.len_chars()).cast(pl.Int64)),
            "number": homes.number.gather(rows),
            "without_number": style.without_number,
            "street": names.gather(pl.Series(homes.street[door].astype("uint32"))),
            "commune": homes.commune[door],
            "unit": homes.new_unit[door],
            "old": style.on_old_map,
            "without_unit": style.without_unit,
            "street_way": pl.Series(STREET_WAYS).gather(pl.Series(style.street_way.astype("uint32"))),
            "old_way": pl.Series(OLD_UNIT_WAYS).gather(pl.Series(style.old_way.astype("uint32"))),
            "new_way": pl.Series(NEW_UNIT_WAYS).gather(pl.Series(style.new_way.astype("uint32"))),
            "in_words": style.in_words,
        }
    )
    flat = pl.col("number").str.starts_with("Căn hộ")
    inside = pl.col("in_words") & pl.col("number").str.contains(r"^\d+\w*/")  # 80 hẻm 22: the slip is before 80
    slipped = pl.when(inside).then(pl.col("number").str.replace("/", "/" + pl.col("slip"), literal=True))
    house = (
        pl.when(flat).then(pl.col("number").str.extract(r"(\d+)$"))
        .otherwise(slipped.otherwise(pl.col("slip") + pl.col("number")))
    )  # fmt: skip
    return frame.with_columns(
        house_no=pl.when(~pl.col("without_number")).then(house).when(pl.col("slip") != "").then("slip"),
        shape=pl.when("without_number").then(pl.lit("no number")).when(flat).then(pl.lit("flat"))
        .when(pl.col("number").str.contains("^[A-F]")).then(pl.lit("block"))
        .when(pl.col("number").str.contains("/")).then(pl.lit("alley")).otherwise(pl.lit("plain")),
        street=pl.when(~pl.col("street").str.starts_with("Ấp ")).then("street"),
        street_bare=bare_names.gather(pl.Series(homes.street[door].astype("uint32"))),
        unit_way=pl.when("without_unit").then(pl.lit("none"))
        .when("old").then("old " + pl.col("old_way")).otherwise("new " + pl.col("new_way")),
    )  # fmt: skip


def listen(people: int, seed: int) -> pl.DataFrame:
    """All addresses that the departments of a city write."""
    rates = Rates()
    city = cities.build(people, rates, seed)
    frames = []
    for source, (extract, care) in DEPARTMENTS.items():
        witness = Witness(city, rates, stream(seed, source), care)
        extract(witness)
        frames += [seen.with_columns(source=pl.lit(source)) for seen in witness.seen]
    return pl.concat(frames)


def communes() -> tuple[pl.DataFrame, pl.DataFrame]:
    """(commune, way) → its code, today's codes, whether its text names it alone; unit → today's code."""
    maps, units = addresses.maps(), Knowledge.shipped().table("units/units.csv")
    today = units.filter((pl.col("epoch") == addresses.NEW_MAP) & (pl.col("province") == addresses.CITY)).sort("code")
    old, words = maps.old.with_row_index("commune"), addresses.old_units()
    texts = [
        pl.DataFrame(
            {
                "commune": range(old.height),
                "old_way": way,
                "written": words.write(pl.Series(range(old.height)).to_numpy(), number),
                "code": old["code"],
                "today": [sorted(today["code"][place] for place in places) for places in maps.becomes],
                "name": old["name"],
                "district": old["district"],
            }
        )
        for number, way in enumerate(OLD_UNIT_WAYS)
    ]
    both = pl.concat([old["name"], today["name"]])
    twice = both.filter(both.is_duplicated()).unique()
    frame = pl.concat(texts).with_columns(
        named=pl.col("written").is_unique()
        & ~((pl.col("old_way") == "no_district") & pl.col("name").is_in(twice.implode()))
    )
    return frame.drop("written", "name"), today.select("code").with_row_index("unit").rename({"code": "unit_code"})


def judged(seen: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """What was read beside what is true, one row an address; and distinct texts read a second."""
    distinct = seen["text"].unique(maintain_order=True)
    start = time.perf_counter()
    read = STANDARDISERS["address"].function(distinct, Knowledge.shipped(), SourceProfile(), {})
    speed = len(distinct) / (time.perf_counter() - start)
    read = read.select(
        pl.col("value", "finding"),
        read_house="house_no",
        read_street="street",
        legacy=pl.col("units_legacy").fill_null([]),
        now=pl.col("units").fill_null([]),
    ).with_columns(text=distinct)
    old, new = communes()
    keys = {"commune": pl.Int64, "unit": pl.Int64}
    frame = (
        seen.with_columns(pl.col("commune", "unit").cast(pl.Int64))
        .join(old.cast({"commune": pl.Int64}), on=["commune", "old_way"], how="left")
        .join(new.cast({"unit": keys["unit"]}), on="unit", how="left")
        .join(read, on="text", how="left")
        .with_columns(named=pl.col("named") & pl.col("old") & ~pl.col("without_unit"))
    )
    among = pl.col("legacy").list.contains(pl.col("code"))
    said = (pl.col("finding") == "ambiguous").fill_null(False) & (pl.col("legacy").list.len() == 0)
    legacy = pl.when("named").then((pl.col("legacy").list.len() == 1) & among).otherwise(among | said)
    among_now = pl.col("now").list.contains(pl.col("unit_code"))
    now = pl.when("named").then(pl.col("now").list.sort() == pl.col("today")).otherwise(among_now | said)
    silent = (pl.col("legacy").list.len() == 0) & (pl.col("now").list.len() == 0)
    frame = frame.with_columns(
        legacy_right=pl.when("without_unit").then(silent).otherwise(legacy),
        today_right=pl.when("without_unit").then(silent).otherwise(now),
        house_right=pl.col("read_house").eq_missing(pl.col("house_no")),
        street_right=street_right(),
    )
    return frame.with_columns(
        premises_right=pl.col("house_right") & pl.col("street_right"),
        all_right=pl.all_horizontal("legacy_right", "today_right", "house_right", "street_right"),
    ), speed


def street_right() -> pl.Expr:
    """Whether the street is the true one; under the name it has today, and without marks where the text has none."""
    renames = Knowledge.shipped().table("words/street_renames.csv")
    renamed = pl.concat_str("street", "district", separator="|").replace_strict(
        renames.select(pl.concat_str("former", "district", separator="|"))["former"].to_list(),
        renames["name"].to_list(),
        default=pl.col("street"),
    )
    bare = ~pl.col("text").str.contains(r"[^\x00-\x7f]")
    marks = pl.col("read_street").str.normalize("NFD").str.replace_all(r"[\u0300-\u036f]", "").str.replace_all("Đ", "D")
    same = pl.col("read_street").str.to_lowercase()
    return (
        same.eq_missing(pl.col("street").str.to_lowercase())
        | (same == renamed.str.to_lowercase())
        | (bare & (marks.str.to_lowercase() == pl.col("street_bare").str.to_lowercase()))
    )


def shares(frame: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """Per cent right: commune where it is named, commune and today's unit anywhere, house, street, both, all."""
    right = ("legacy_right", "today_right", "house_right", "street_right", "premises_right", "all_right")
    share = [
        pl.len().alias("addresses"),
        (pl.col("legacy_right").filter(pl.col("named")).mean() * 100).alias("named"),
        *((pl.col(name).mean() * 100).alias(name.removesuffix("_right")) for name in right),
    ]
    return frame.select(share) if by is None else frame.group_by(by).agg(share).sort("all")


def show(frame: pl.DataFrame) -> None:
    """The whole table, on the terminal."""
    with pl.Config(
        tbl_rows=60, tbl_cols=12, float_precision=3, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
    ):
        print(frame)


def errors(frame: pl.DataFrame, shown: int) -> None:
    """The commonest kinds of error, each with some texts."""
    for part, true, read in (
        ("legacy", "code", "legacy"),
        ("house", "house_no", "read_house"),
        ("street", "street", "read_street"),
    ):
        wrong = frame.filter(~pl.col(f"{part}_right") & (pl.col("named") | (part != "legacy")))
        kinds = wrong.group_by("shape", "street_way", "unit_way").agg(pl.len(), pl.first("text", true, read))
        print(f"\n{part}: {wrong.height} wrong")
        for row in kinds.sort("len", "text", descending=[True, False]).head(shown).iter_rows(named=True):
            print(f"  {row['len']:5d} {row['shape']}, {row['street_way']}, {row['unit_way']}: {row['text']!r}")
            print(f"        true {row[true]!r}, read {row[read]!r}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints shares and errors for each seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--errors", type=int, default=SHOWN, help="How many kinds of error are shown for each part.")
    chosen = parser.parse_args(arguments)
    for seed in chosen.seed:
        frame, speed = judged(listen(chosen.people, seed))
        print(f"seed {seed}: {frame.height:,} addresses; {speed:,.0f} distinct texts a second, one core")
        show(shares(frame))
        for by in ("source", "shape", "street_way", "unit_way"):
            show(shares(frame, by))
        errors(frame, chosen.errors)


if __name__ == "__main__":
    main()
