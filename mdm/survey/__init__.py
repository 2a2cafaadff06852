"""What stands in the extracts, shown before anything is loaded: `mdm profile`. Nothing here decides a result."""

from mdm.survey.columns import ColumnSurvey, Counted
from mdm.survey.gather import SourceSurvey, Survey, survey
from mdm.survey.readings import Example, Reading
from mdm.survey.suspicions import Suspicion

__all__ = [
    "ColumnSurvey",
    "Counted",
    "Example",
    "Reading",
    "SourceSurvey",
    "Survey",
    "Suspicion",
    "survey",
]
