"""What an Arrow array holds, as NumPy sees it, and back: without a copy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen.arrays import Array


def coded(codes: Array, words: pa.Array) -> pa.DictionaryArray:
    """Words by their places in a list: no copy of either.

    codes : int8, int16 or int32, of any length

    >>> coded(np.array([1, 1, 0], np.int8), pa.array(["a", "b"])).to_pylist()
    ['b', 'b', 'a']
    """
    return pa.DictionaryArray.from_arrays(arrow_numbers(codes), words, safe=False)


def arrow_numbers(values: Array) -> pa.Array:
    """Whole numbers as they lie in memory: no copy.

    values : int8 to int64 or uint8 to uint64, contiguous
    """
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def with_missing(array: pa.Array, missing: Array) -> pa.Array:
    """An Arrow array with nulls, or with more of them: no copy of the values.

    >>> with_missing(pa.array([1, 2]), np.array([False, True])).to_pylist()
    [1, None]
    """
    if isinstance(array, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(with_missing(array.indices, missing), array.dictionary, safe=False)
    if array.offset:
        array = pa.concat_arrays([array])
    if array.null_count:
        missing = missing | array.is_null().to_numpy(zero_copy_only=False)
    there = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(array.type, len(array), [there, *array.buffers()[1:]])


def numbers(array: pa.Array) -> Array:
    """The whole numbers of an array as they lie in memory, int8 to int64; what is null may be anything.

    >>> numbers(pa.array([7, 8, 9]).slice(1))
    array([8, 9])
    """
    size = array.type.bit_width // 8
    return np.frombuffer(array.buffers()[1] or b"", f"<i{size}")[array.offset : array.offset + len(array)]


def without_nulls(array: pa.Array) -> pa.Array:
    """`array.drop_null()`; of what is as wide as a number, several times as fast where nulls come at random.

    >>> without_nulls(pa.array([7, None, 9])).to_pylist()
    [7, 9]
    """
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(without_nulls(array.indices), array.dictionary, safe=False)
    if array.type.num_buffers != 2 or array.type.bit_width < 8:
        return array.drop_null()
    there = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")[array.offset : array.offset + len(array)]
    values = numbers(array).compress(there.view(np.bool_))
    return pa.Array.from_buffers(array.type, len(values), [None, pa.py_buffer(values)])


def letters(texts: pa.Array) -> tuple[Array, memoryview]:
    """Where each text of a string or binary array begins and the last one ends, int32, and the bytes from the first to the last.

    >>> places, data = letters(pa.array(["Ann", "Bo", "Cy"]).slice(1))
    >>> places, bytes(data)
    (array([3, 5, 7], dtype=int32), b'BoCy')
    """
    if not len(texts):
        return np.zeros(1, np.int32), memoryview(b"")
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return places, memoryview(data if data is not None else b"")[places[0] : places[-1]]


def address(words: pa.StringArray) -> tuple[int, int, int]:
    """Where in memory some words lie: lists that are there and lie at one place are one list."""
    data = words.buffers()[2]
    return (data.address if data is not None else 0), words.offset, len(words)
