"""How PyIceberg reads and writes the files of a build that is not in its place yet."""

from __future__ import annotations

from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.typedef import EMPTY_DICT, Properties


class StagedFiles(PyArrowFileIO):
    """Files whose paths lead to the build's place, and which are in another folder so far.

    The properties `colgen.place` and `colgen.folder` say which.
    """

    @staticmethod
    def parse_location(location: str, properties: Properties = EMPTY_DICT) -> tuple[str, str, str]:
        scheme, host, path = PyArrowFileIO.parse_location(location, properties)
        place, folder = properties["colgen.place"], properties["colgen.folder"]
        return scheme, host, folder + path[len(place) :] if path.startswith(f"{place}/") else path
