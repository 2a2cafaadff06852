"""How hard is the synthetic city? A competent Splink set-up on our own standardised columns, at its best threshold.

    mdm generate CITY --people 20000 --seed 1
    mdm run CITY
    python benchmarks/hardness.py CITY

The engine's standardised citizens come through `mdm export CITY standardised`; or give the exported file:
`--standardised FILE.csv`. Splink gets what a careful analyst would give it without labels: a name with exact,
toneless and Jaro-Winkler levels and term frequencies, dates with swapped days and months, both kinds of personal
number, insurance numbers, phones, addresses by house, street and commune, sex; eight blocking rules; u by random
sampling (of numbers: one in the number of records), m by expectation-maximisation. Then every threshold is tried,
with clusters as connected components, and the best is printed: precision, recall and F1 of the pairs that the
clusters imply, beside the ceiling of recall. `mdm generate` says what a pair without telling evidence is, and counts
them from what it knows (`citizen_best_recall`); here they are counted from the standardised columns. Asserts nothing.
"""

from __future__ import annotations

import argparse
import logging
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from mdm.standardise.text import plain

SEED = 1
THRESHOLDS = (
    0.01,
    0.05,
    0.1,
    0.2,
    0.3,
    0.5,
    0.7,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.998,
    0.999,
    0.9995,
    0.9999,
    0.99999,
)


def exported(city: Path) -> pl.DataFrame:
    """The standardised citizens of a workspace that has run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "standardised.csv"
        command = [sys.executable, "-m", "mdm", "export", str(city), "standardised", str(out), "--entity", "citizen"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return pl.read_csv(out, infer_schema=False)


def prepared(records: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The columns that Splink compares, and `entity`, which only the evaluation sees; several values give the first."""
    first = pl.col("personal_id").str.split("|").list
    book = pl.coalesce("social_insurance", pl.col("health_card").str.extract(r"(\d{10})$"))
    names = records["name"].unique().drop_nulls()
    ascii_names = dict(zip(names, map(plain, names), strict=True))
    units = pl.coalesce("unit_code", pl.col("unit_code_candidates").str.split("|").list.first())
    rows = records.filter(pl.col("entity_type") == "citizen").join(
        truth, on=["entity_type", "source", "source_id"], how="inner", validate="1:1"
    )
    return rows.select(
        "name", "sex", "house_no", "street",
        pl.int_range(pl.len()).alias("unique_id"),
        pl.col("entity_id").rank("dense").alias("entity"),
        plain_name=pl.col("name").replace_strict(ascii_names, default=None),
        birth_date=pl.when(pl.col("birth_date").str.len_chars() == 10).then("birth_date"),
        birth_year=pl.col("birth_date").str.head(4),
        cccd=first.eval(pl.element().filter(pl.element().str.len_chars() == 12)).list.first(),
        cmnd=first.eval(pl.element().filter(pl.element().str.len_chars() == 9)).list.first(),
        book=book.str.split("|").list.first(),
        phone=pl.col("phone").str.split("|").list.first(),
        unit=units,
    ).with_columns(given=pl.col("plain_name").str.split(" ").list.last())  # fmt: skip


def settings(records: int) -> SettingsCreator:
    """What a competent analyst would write for these columns."""
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.ExactMatchLevel("plain_name", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("plain_name", 0.95),
            cll.JaroWinklerLevel("plain_name", 0.88),
            cll.ExactMatchLevel("given"),
            cll.ElseLevel(),
        ],
    )
    swapped = (
        "substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2) "
        "and substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)"
    )
    birth = cl.CustomComparison(
        output_column_name="birth_date",
        comparison_levels=[
            cll.NullLevel("birth_year"),
            cll.ExactMatchLevel("birth_date"),
            cll.CustomLevel(f"birth_year_l = birth_year_r and {swapped}", "day and month swapped"),
            cll.DamerauLevenshteinLevel("birth_date", 1),
            cll.CustomLevel(
                "(birth_date_l is null or birth_date_r is null) and birth_year_l = birth_year_r",
                "the year is all we know",
            ),
            cll.ExactMatchLevel("birth_year"),
            cll.ElseLevel(),
        ],
    )
    address = cl.CustomComparison(
        output_column_name="street",
        comparison_levels=[
            cll.NullLevel("street"),
            cll.CustomLevel(
                "house_no_l = house_no_r and street_l = street_r and coalesce(unit_l = unit_r, true)", "same house"
            ),
            cll.CustomLevel("street_l = street_r and unit_l = unit_r", "same street"),
            cll.ExactMatchLevel("unit"),
            cll.ElseLevel(),
        ],
    )
    chance = {"u_probability": 1 / records, "fix_u_probability": True}  # too rare for random sampling to meet
    number = cl.CustomComparison(
        output_column_name="cccd",
        comparison_levels=[
            cll.CustomLevel(
                "(cccd_l is null or cccd_r is null) and (cmnd_l is null or cmnd_r is null)", "no number"
            ).configure(is_null_level=True),
            cll.CustomLevel("cccd_l = cccd_r or cmnd_l = cmnd_r", "same number").configure(**chance),
            cll.CustomLevel("damerau_levenshtein(cccd_l, cccd_r) <= 1", "a digit").configure(**chance),
            cll.ElseLevel(),
        ],
    )
    book = cl.CustomComparison(
        output_column_name="book",
        comparison_levels=[
            cll.NullLevel("book"),
            cll.ExactMatchLevel("book").configure(**chance),
            cll.DamerauLevenshteinLevel("book", 1).configure(**chance),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        comparisons=[
            name,
            birth,
            number,
            book,
            cl.ExactMatch("phone"),
            address,
            cl.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("cccd"),
            block_on("cmnd"),
            block_on("book"),
            block_on("phone", "given"),
            block_on("plain_name", "birth_year"),
            block_on("birth_date", "given"),
            block_on("plain_name", "unit"),
            block_on("street", "house_no", "given"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def predictions(rows: pl.DataFrame) -> pl.DataFrame:
    """left, right, probability: pairs that Splink scores above the lowest threshold."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    linker = Linker(api.register(rows.drop("entity").to_arrow()), settings(rows.height))
    linker.training.estimate_probability_two_random_records_match(
        [block_on("cccd"), block_on("book"), block_on("plain_name", "birth_date")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=3e6, seed=SEED)
    for rule in (block_on("plain_name", "birth_year"), block_on("birth_date", "given"), block_on("cccd")):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, record_sample_proportion=1.0
        )
    scored = linker.inference.predict(threshold_match_probability=THRESHOLDS[0]).as_pyarrow_table()
    found = pl.DataFrame(scored)
    return found.select(left="unique_id_l", right="unique_id_r", probability="match_probability")


def clusters(size: int, pairs: pl.DataFrame) -> npt.NDArray[np.int32]:
    """Connected components: a number for each record."""
    links = (pairs["left"].to_numpy(), pairs["right"].to_numpy())
    _, labels = connected_components(coo_array((np.ones(pairs.height), links), shape=(size, size)), directed=False)
    return np.asarray(labels, dtype=np.int32)


def pairwise(labels: npt.NDArray[np.int32], entity: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs that two partitions imply."""
    together = pl.DataFrame({"label": labels, "entity": entity})
    found, true, right = (
        together.group_by(keys)
        .len()
        .select((pl.col("len").cast(pl.Int64) * (pl.col("len").cast(pl.Int64) - 1) // 2).sum())
        .item()
        for keys in (["label"], ["entity"], ["label", "entity"])
    )
    precision, recall = right / max(1, found), right / max(1, true)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def ceiling(rows: pl.DataFrame) -> float:
    """The share of true pairs that a chain of telling facts connects, as `mdm/generate/evidence.py` defines them."""
    alone = pl.col("entity").n_unique() == 1
    name_and_year = pl.col("plain_name") + pl.col("birth_year")
    facts = {
        "cccd": pl.col("cccd"),
        "cmnd": pl.col("cmnd"),
        "book": pl.col("book"),
        "phone": pl.col("phone"),
        "date": pl.col("birth_date"),
        "street": pl.col("street") + pl.col("unit"),
        "name": pl.when(alone.over("plain_name")).then("plain_name"),
        "name and year": pl.when(alone.over("plain_name", "birth_year")).then(name_and_year),
    }
    told = pl.concat(
        [rows.select("unique_id", "entity", fact=pl.lit(fact), value=value) for fact, value in facts.items()]
    ).drop_nulls()
    told = told.with_columns(node=pl.struct("entity", "fact", "value").rank("dense").cast(pl.Int64) - 1)
    links = told.select(left="unique_id", right=pl.col("node") + rows.height)
    group = clusters(rows.height + told["node"].n_unique(), links)[: rows.height]
    return pairwise(group, rows["entity"].to_numpy())[1]


def couples_merged(
    city: Path, truth: pl.DataFrame, labels: npt.NDArray[np.int32], rows: pl.DataFrame
) -> dict[str, float]:
    """Kind of couple → share of those couples that some cluster holds together."""
    numbered = truth.select("entity_id", entity=pl.col("entity_id").rank("dense")).unique()
    where = rows.select("entity", label=pl.Series(labels)).unique().join(numbered, on="entity")
    couples = pl.read_csv(city / "couples.csv", infer_schema=False).with_row_index("couple")
    one = couples.join(where.select(entity_id_1="entity_id", label="label"), on="entity_id_1")
    both = one.join(where.select(entity_id_2="entity_id", label="label"), on=["entity_id_2", "label"])
    merged = both.unique("couple").group_by("kind").len("merged")
    shares = couples.group_by("kind").len("all").join(merged, on="kind", how="left").sort("kind")
    return {kind: (count or 0) / total for kind, total, count in shares.iter_rows()}


def main() -> None:
    """Reads the command line, prints a table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("city", type=Path, help="a folder that `mdm generate` made")
    arguments.add_argument("--standardised", type=Path, help="a file of `mdm export standardised`")
    chosen = arguments.parse_args()
    records = pl.read_csv(chosen.standardised, infer_schema=False) if chosen.standardised else exported(chosen.city)
    truth = pl.read_csv(chosen.city / "truth.csv", infer_schema=False).filter(pl.col("entity_type") == "citizen")
    rows = prepared(records, truth)
    entity = rows["entity"].to_numpy()
    started = time.perf_counter()
    scored = predictions(rows)
    seconds = time.perf_counter() - started
    print(f"splink {splink.__version__}, python {sys.version.split()[0]}")
    print(f"{rows.height:,} records, {scored.height:,} scored pairs")
    print(f"{seconds:.1f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at the peak\n")
    print("threshold  precision  recall  F1")
    best = (0.0, 0.0)
    for threshold in THRESHOLDS:
        labels = clusters(rows.height, scored.filter(pl.col("probability") >= threshold))
        precision, recall, f1 = pairwise(labels, entity)
        best = max(best, (f1, threshold))
        print(f"{threshold:<10} {precision:.4f}     {recall:.4f}  {f1:.4f}")
    labels = clusters(rows.height, scored.filter(pl.col("probability") >= best[1]))
    print(f"\nbest F1 {best[0]:.4f} at {best[1]}; ceiling of recall {ceiling(rows):.4f}")
    for kind, share in couples_merged(chosen.city, truth, labels, rows).items():
        print(f"{kind}: {share:.1%} of the couples stand in one cluster")


if __name__ == "__main__":
    main()
