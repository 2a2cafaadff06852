"""The page of `mdm profile`, from a survey written by hand."""

from pathlib import Path

import pytest

from mdm.errors import MdmError
from mdm.report import profile_page
from mdm.survey import ColumnSurvey, Counted, Example, Reading, SourceSurvey, Survey, Suspicion

ODD = "<script>alert(1)</script>&"


def health(text: str = "ten") -> SourceSurvey:
    column = ColumnSurvey(
        name=text,
        rows=10,
        filled=8,
        distinct=2,
        shortest=1,
        median=2,
        longest=3,
        formats=(Counted(text, 8),),
        values=(Counted(text, 7), Counted("An", 1)),
        encoding="utf-8",
        encoding_confidence=1.0,
        encoding_evidence="",
    )
    reading = Reading(
        "citizen", None, "name", (text,), "person_name", 8, 7, (Counted("unreadable", 1),), (Example(text, "An", 7),)
    )
    return SourceSurvey(
        "y_te",
        text,
        rows=10,
        sample=10,
        key=("ma",),
        columns=(column,),
        readings=(reading,),
        suspicions=(Suspicion(text, "one_value", 7),),
    )


def test_bars_say_how_full_and_how_valid_a_column_is() -> None:
    text = profile_page.render(Survey("town", (health(),), {"unreadable": ("Không hiểu", "Not understood")}))
    assert '<i style="width:80.0%"></i><b>80 %</b>' in text
    assert '<span class="bar fair" title="hợp lệ / valid"><i style="width:87.5%"></i><b>87.5 %</b>' in text
    assert "Không hiểu" in text
    assert "<td>ten</td><td>→ An</td>" in text


def test_values_are_escaped() -> None:
    text = profile_page.render(Survey(ODD, (health(ODD),)))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.0004, "< 0.1 %"), (0.5, "50 %"), (0.123, "12.3 %"), (0.9996, "> 99.9 %"), (1, "100 %")],
)
def test_what_isnt_all_is_never_called_100_percent(share: float, said: str) -> None:
    assert profile_page._percent(share) == said


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(MdmError, match="could not be written"):
        profile_page.write(Survey("town"), tmp_path / "nowhere")
