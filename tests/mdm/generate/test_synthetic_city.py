"""The synthetic city as a whole: its bytes, its truth, its couples, its encodings, its workspace file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml

from mdm.errors import UsageError
from mdm.generate import Generated, Rates, generate
from mdm.standardise.encodings import decode

PEOPLE = 1500
SOURCES = ("dan_cu", "quy_hoach", "y_te", "giao_duc", "bao_hiem", "doanh_nghiep", "dat_dai", "nha_o")
ENCODINGS = {"bao_hiem": "tcvn3", "dat_dai": "vni", "nha_o": "utf-16"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Generated]:
    folder = tmp_path_factory.mktemp("city")
    return folder, generate(folder, PEOPLE, seed=7)


@pytest.fixture(scope="module")
def mapping(made: tuple[Path, Generated]) -> dict[str, dict[str, object]]:
    loaded = yaml.safe_load((made[0] / "mdm.yaml").read_text("utf-8"))
    assert (loaded["rules"], loaded["repository"]) == ("hcmc", "sqlite:///repository.db")
    return dict(loaded["sources"])


def rows_of(folder: Path, source: str) -> pl.DataFrame:
    if (folder / f"{source}.xlsx").exists():
        return pl.read_excel(folder / f"{source}.xlsx", infer_schema_length=0)
    raw = (folder / f"{source}.csv").read_bytes()
    text = decode(raw, ENCODINGS.get(source, "utf-8"))
    return pl.read_csv(text.encode(), infer_schema=False)


def test_same_people_seed_and_rates_give_the_same_bytes(made: tuple[Path, Generated], tmp_path: Path) -> None:
    again = generate(tmp_path, PEOPLE, seed=7)
    assert again == made[1]
    for file in sorted(made[0].iterdir()):
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), file.name


def test_another_seed_is_another_city(made: tuple[Path, Generated], tmp_path: Path) -> None:
    generate(tmp_path, PEOPLE, seed=8)
    assert (tmp_path / "dan_cu.csv").read_bytes() != (made[0] / "dan_cu.csv").read_bytes()


def test_the_mapping_names_eight_sources_and_only_columns_that_are_there(
    made: tuple[Path, Generated], mapping: dict[str, dict[str, object]]
) -> None:
    assert sorted(mapping) == sorted(SOURCES)
    for source, spec in mapping.items():
        assert (made[0] / str(spec["path"])).exists()
        rows = rows_of(made[0], source)
        assert rows.height == made[1].rows[source]
        assert not rows[str(spec["key"])].is_duplicated().any()
        for party in spec["parties"]:  # type: ignore[attr-defined]
            for attribute, columns in party.items():
                if attribute not in ("entity", "role", "where"):
                    wanted = columns if isinstance(columns, list) else [columns]
                    assert set(wanted) <= set(rows.columns), (source, attribute)


def expected_parties(folder: Path, source: str, spec: dict[str, object]) -> Counter[tuple[str, str]]:
    """Truth keys as the format says: numbered per entity type, in the order of parties and of the text."""
    keys: Counter[tuple[str, str]] = Counter()
    for row in rows_of(folder, source).iter_rows(named=True):
        seen: Counter[str] = Counter()
        for party in spec["parties"]:  # type: ignore[attr-defined]
            entity = party["entity"]
            if "where" in party:
                column, _, value = party["where"].partition(" = ")
                if (row[column] or "").casefold() != value.strip("'"):
                    continue
            cells = [
                c
                for a, cs in party.items()
                if a not in ("entity", "role", "where")
                for c in ([cs] if isinstance(cs, str) else cs)
            ]
            if not any(row[cell] for cell in cells):
                continue
            text = row[party["from_text"]] if "from_text" in party else ""
            for _ in range(1 + ("và" in text.split() or "; " in text)):
                seen[entity] += 1
                suffix = f"#{seen[entity]}" if seen[entity] > 1 else ""
                keys[entity, str(row[spec["key"]]) + suffix] += 1
    return keys


def test_truth_names_every_party_of_every_row_once(
    made: tuple[Path, Generated], mapping: dict[str, dict[str, object]]
) -> None:
    truth = pl.read_csv(made[0] / "truth.csv", infer_schema=False)
    assert truth.columns == ["entity_type", "source", "source_id", "entity_id"]
    assert truth.height == made[1].records
    for source, spec in mapping.items():
        here = truth.filter(pl.col("source") == source)
        told = Counter(zip(here["entity_type"], here["source_id"], strict=True))
        assert told == expected_parties(made[0], source, spec), source


def test_legacy_extracts_are_really_in_their_encodings(made: tuple[Path, Generated]) -> None:
    folder = made[0]
    assert (folder / "nha_o.csv").read_bytes().startswith(b"\xff\xfe")
    assert "Nguyễn".encode() not in (folder / "bao_hiem.csv").read_bytes()
    assert b"Nguy\xd4n Th\xde" in (folder / "bao_hiem.csv").read_bytes()
    assert b"Nguye\xe3n" in (folder / "dat_dai.csv").read_bytes()
    for source in ENCODINGS:
        assert "?" not in "".join(rows_of(folder, source).columns)
    assert "Nguyễn" in decode((folder / "dat_dai.csv").read_bytes(), "vni")


def test_couples_are_in_the_population_that_truth_names(made: tuple[Path, Generated]) -> None:
    couples = pl.read_csv(made[0] / "couples.csv", infer_schema=False)
    counts = dict(couples["kind"].value_counts().iter_rows())
    assert counts == {"twins": made[1].twins, "namesakes": made[1].namesakes, "strangers": made[1].strangers}
    assert counts["twins"] > 0.015 * PEOPLE
    assert counts["namesakes"] > 0.015 * PEOPLE
    assert (couples["entity_id_1"] != couples["entity_id_2"]).all()


def test_evidence_counts_true_pairs_and_those_out_of_reach(made: tuple[Path, Generated]) -> None:
    truth = pl.read_csv(made[0] / "truth.csv", infer_schema=False).filter(pl.col("entity_type") == "citizen")
    sizes = truth.group_by("entity_id").len()["len"].cast(pl.Int64)
    found = made[1].citizen_evidence
    assert found.pairs == int((sizes * (sizes - 1) // 2).sum())
    assert found.records == truth.height
    assert found.out_of_reach <= 0.01 * found.pairs


def test_without_numbers_phones_dates_and_addresses_only_rare_names_connect(tmp_path: Path) -> None:
    missing = ("id_missing", "card_missing", "book_missing", "phone_missing", "date_missing", "address_missing")
    found = generate(tmp_path, PEOPLE, seed=7, rates=dict.fromkeys(missing, 1.0)).citizen_evidence
    assert 0.02 * found.pairs < found.out_of_reach < found.pairs


def test_a_folder_with_a_workspace_is_left_alone(made: tuple[Path, Generated]) -> None:
    before = (made[0] / "dan_cu.csv").read_bytes()
    with pytest.raises(UsageError, match=r"already holds mdm\.yaml"):
        generate(made[0], PEOPLE, seed=9)
    assert (made[0] / "dan_cu.csv").read_bytes() == before


def test_unknown_rates_get_a_suggestion_and_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'tones_lost'"):
        generate(tmp_path / "city", 100, seed=1, rates={"tone_lost": 0.1})
    with pytest.raises(UsageError, match="between 0 and 1"):
        generate(tmp_path / "city", 100, seed=1, rates={"tones_lost": 1.1})
    with pytest.raises(UsageError, match="20 to"):
        generate(tmp_path / "city", 1, seed=1)
    assert not (tmp_path / "city").exists()


def test_every_rate_has_a_sentence_and_the_smallest_city_works(tmp_path: Path) -> None:
    assert all(len(sentence) > 20 for sentence in Rates.sentences().values())
    generate(tmp_path, 20, seed=1, rates=dict.fromkeys(Rates.sentences(), 1.0))
    generate(tmp_path / "none", 20, seed=1, rates=dict.fromkeys(Rates.sentences(), 0.0))
