"""The shop's reports: one SQL file each, whose first line describes it."""

from pathlib import Path

from colgen import read_reports

REPORTS = read_reports(Path(__file__).parent)
