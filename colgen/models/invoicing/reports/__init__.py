"""The invoicing model's reports: one SQL file each, which begins with what it shows."""

from pathlib import Path

from colgen.model import Report


def _read(path: Path, parameters: tuple[str, ...] = ()) -> Report:
    sql = path.read_text(encoding="utf-8")
    return Report(path.stem, sql.split("\n", 1)[0].removeprefix("-- "), sql, parameters)


_PARAMETERS = {"invoice_details": ("invoice",)}
REPORTS = tuple(_read(path, _PARAMETERS.get(path.stem, ())) for path in sorted(Path(__file__).parent.glob("*.sql")))
