"""The shop's reports: one SQL file each, which begins with what it shows."""

from pathlib import Path

from colgen import read_reports

REPORTS = read_reports(Path(__file__).parent)
