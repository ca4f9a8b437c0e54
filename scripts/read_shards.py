"""Reads codes by other programs: python scripts/read_shards.py FILE ...

FILE is a shard (.arrow), an export as .parquet or .csv, or the folder of a .npy export. Prints one JSON object:
{ versions, files: [{ file, readers: { NAME: { paths, codes: { IMAGE: { dtype, sum, first, last, sha256 } } } }, skipped: { NAME: why } }] },
of pyarrow also types and metadata; it checks the checksums of shards.

sum is of the code's numbers as float64, first to last; sha256 is of them as little-endian float32: equal digests are equal numbers.
Packages that are not installed are skipped. DuckDB has no half floats, and reads Arrow files through pyarrow.
"""
import csv
import hashlib
import importlib
import json
import os
import sys
import zlib

PACKAGES = ["numpy", "pyarrow", "polars", "duckdb"]


def load(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


np, pa, pl, duckdb = (load(name) for name in PACKAGES)


def facts(images, codes, paths=None):
    """What is told of each code; codes: [rows, length] of float16 or float32. Shards know no paths."""
    told = {}
    for image, code in zip(images, codes):
        numbers = code.astype("<f4")
        total = 0.0
        for number in numbers.tolist():
            total += number
        digest = hashlib.sha256(numbers.tobytes()).hexdigest()
        told[image] = {"dtype": str(code.dtype), "sum": total, "first": float(numbers[0]), "last": float(numbers[-1]), "sha256": digest}
    return {"paths": paths, "codes": told}


def hexes(images):
    return [image if isinstance(image, str) else bytes(image).hex() for image in images]


def rows(values, count):
    return values.reshape(count, -1)


def by_pyarrow(path):
    if path.endswith(".arrow"):
        table = pa.ipc.open_file(path).read_all()
    else:
        table = importlib.import_module("pyarrow.parquet").read_table(path)
    table.validate(full=True)
    images = hexes(table["image"].to_pylist())
    codes = rows(table["code"].combine_chunks().flatten().to_numpy(zero_copy_only=False), len(table))
    if path.endswith(".arrow") and [zlib.crc32(code.tobytes()) for code in codes] != table["crc"].to_pylist():
        sys.exit(f"{path}: checksums do not match")
    told = facts(images, codes, table["path"].to_pylist() if "path" in table.column_names else None)
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    return {**told, "types": {field.name: str(field.type) for field in table.schema}, "metadata": metadata}


def by_polars(path):
    table = pl.read_ipc(path) if path.endswith(".arrow") else pl.read_parquet(path)
    paths = table["path"].to_list() if "path" in table.columns else None
    return facts(hexes(table["image"].to_list()), rows(table["code"].explode().to_numpy(), len(table)), paths)


def by_duckdb(path):
    connection = duckdb.connect()
    if path.endswith(".arrow"):
        connection.register("shard", pa.ipc.open_file(path).read_all())
        found = connection.execute("SELECT NULL, image, code FROM shard").fetchall()
    elif path.endswith(".csv"):
        query = "SELECT path, image, [*COLUMNS('^c[0-9]+$')]::FLOAT[] FROM read_csv(?, header = true, all_varchar = true)"
        found = connection.execute(query, [path]).fetchall()
    else:
        found = connection.execute("SELECT path, image, code FROM read_parquet(?)", [path]).fetchall()
    paths, images, codes = zip(*found)
    return facts(hexes(images), np.array(codes, dtype=np.float32), None if path.endswith(".arrow") else list(paths))


def by_numpy(folder):
    codes = np.load(os.path.join(folder, "codes.npy"), mmap_mode="r")
    with open(os.path.join(folder, "rows.csv"), newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return facts([row["image"] for row in table], rows(np.asarray(codes), len(table)), [row["path"] for row in table])


READERS = {
    "numpy": (by_numpy, ["numpy"], ["npy"]),
    "pyarrow": (by_pyarrow, ["numpy", "pyarrow"], ["arrow", "parquet"]),
    "polars": (by_polars, ["numpy", "polars"], ["arrow", "parquet"]),
    "duckdb": (by_duckdb, ["numpy", "duckdb"], ["arrow", "parquet", "csv"]),
}


def is_half(path):
    return pa is not None and str(pa.ipc.open_file(path).schema.field("code").type.value_type) == "halffloat"


def why_not(path, needs):
    """Why a reader is left out, or None."""
    through_arrow = needs[-1] == "duckdb" and path.endswith(".arrow")
    missing = [name for name in needs + (["pyarrow"] if through_arrow else []) if load(name) is None]
    if missing:
        return "not installed: " + ", ".join(missing)
    return "it has no half floats" if through_arrow and is_half(path) else None


def read(path):
    kind = "npy" if os.path.isdir(path) else path.rsplit(".", 1)[-1]
    told = {"file": path, "readers": {}, "skipped": {}}
    for name, (reader, needs, kinds) in READERS.items():
        if kind not in kinds:
            continue
        reason = why_not(path, needs)
        if reason:
            told["skipped"][name] = reason
        else:
            told["readers"][name] = reader(path)
    return told


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    versions = {name: load(name).__version__ for name in PACKAGES if load(name)}
    print(json.dumps({"versions": versions, "files": [read(path) for path in sys.argv[1:]]}))
