"""Conversions between Arrow arrays and NumPy arrays that share their memory."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow as pa

from colgen.arrays import Array


def coded(codes: Array, words: pa.Array) -> pa.DictionaryArray:
    """The words that `codes` index, as an Arrow dictionary array. Neither is copied, and the codes are not checked.

    codes : int8, int16 or int32, of any length

    >>> coded(np.array([1, 1, 0], np.int8), pa.array(["a", "b"])).to_pylist()
    ['b', 'b', 'a']
    """
    return pa.DictionaryArray.from_arrays(arrow_numbers(codes), words, safe=False)


def arrow_numbers(values: Array) -> pa.Array:
    """A NumPy array of whole numbers as an Arrow array over the same memory.

    values : int8 to int64 or uint8 to uint64, contiguous
    """
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def with_missing(array: pa.Array, missing: Array) -> pa.Array:
    """An Arrow array with further nulls, where `missing` (bool) is true. The values are not copied.

    >>> with_missing(pa.array([1, 2]), np.array([False, True])).to_pylist()
    [1, None]
    """
    if isinstance(array, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(with_missing(array.indices, missing), array.dictionary, safe=False)
    if array.offset:
        array = pa.concat_arrays([array])
    if array.null_count:
        missing = missing | array.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_list(array.type):
        return pa.ListArray.from_arrays(array.offsets, array.values, type=array.type, mask=pa.array(missing))
    if pa.types.is_struct(array.type):
        fields = [array.field(place) for place in range(array.type.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(array.type), mask=pa.array(missing))
    validity = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(array.type, len(array), [validity, *array.buffers()[1:]])


def numbers(array: pa.Array) -> Array:
    """The whole numbers of an Arrow array as they are in memory: a view, int8 to int64. Values under nulls are undefined.

    >>> numbers(pa.array([7, 8, 9]).slice(1))
    array([8, 9])
    """
    size = array.type.bit_width // 8
    return np.frombuffer(array.buffers()[1] or b"", f"<i{size}")[array.offset : array.offset + len(array)]


def without_nulls(array: pa.Array) -> pa.Array:
    """`array.drop_null()`; for fixed-width values several times as fast where nulls occur at random.

    >>> without_nulls(pa.array([7, None, 9])).to_pylist()
    [7, 9]
    """
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(without_nulls(array.indices), array.dictionary, safe=False)
    if array.type.num_buffers != 2 or array.type.bit_width < 8:  # bytes of any meaning are moved as whole numbers
        return array.drop_null()
    validity = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")[array.offset : array.offset + len(array)]
    values = numbers(array).compress(validity.view(np.bool_))
    return pa.Array.from_buffers(array.type, len(values), [None, pa.py_buffer(values)])


def letters(texts: pa.Array) -> tuple[Array, memoryview]:
    """The offsets and the bytes of a string or binary array.

    The offsets (int32, one more than there are texts) are where each text begins and the last one ends in Arrow's buffer; the bytes are
    those from the first offset to the last.

    >>> offsets, data = letters(pa.array(["Ann", "Bo", "Cy"]).slice(1))
    >>> offsets, bytes(data)
    (array([3, 5, 7], dtype=int32), b'BoCy')
    """
    if not len(texts):
        return np.zeros(1, np.int32), memoryview(b"")
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return offsets, memoryview(data if data is not None else b"")[offsets[0] : offsets[-1]]


def address(words: pa.StringArray) -> tuple[int, int, int]:
    """Identifies an array by its memory: two live arrays with the same address, offset and length are the same list of words."""
    data = words.buffers()[2]
    return (data.address if data is not None else 0), words.offset, len(words)


class _Hidden:
    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """PyArrow looks for pandas at the first array it makes, and imports it where it is installed: a third of a small build's time.

    It does so once, and manages without if there is none; a model that does use pandas imports it, and PyArrow then finds it too.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _Hidden)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(_Hidden)
