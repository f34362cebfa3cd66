"""peers.py --build FOLDER FOLDER... - scan beside what else reads files, in one run

Takes the executables (PE and ELF) below the folders, up to --largest, warms the page cache, then runs
every tool in turn, --rounds times, and prints medians as Markdown tables.  One thread each, output
thrown away, files given as arguments.  Ratios are times relative to reading and hashing with XXH3-128.

There are four tables: the files on which no gate of the database opens, all files, all files with a
database that is a list of 10^6 SHA-256 without gates, and the files that are larger than that.

On a machine that others use, seconds say how much was left of it, and processor seconds what the work
took: ratios are printed of both.
"""
import argparse
import os
import random
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BATCH = 2000  # arguments a process
RULE = 'import "hash"\nrule one { condition: hash.sha256(0, filesize) == "%064x" }\n' % 0
PE_RULE = 'import "pe"\nrule one { condition: pe.imphash() == "%032x" }\n' % 0


def is_executable(path):
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            if len(head) == 64 and head[:4] == b"\x7fELF":
                return True
            if len(head) < 64 or head[:2] != b"MZ":
                return False
            file.seek(struct.unpack_from("<I", head, 60)[0])
            return file.read(4) == b"PE\0\0"
    except OSError:
        return False


def collect(folders, take_all, sizes, most):
    files = []
    for folder in folders:
        for root, names, found in os.walk(folder):
            names.sort()
            for name in sorted(found):
                path = os.path.join(root, name)
                if "\n" in path or os.path.islink(path) or not os.path.isfile(path):
                    continue
                if os.path.getsize(path) in sizes and (take_all or is_executable(path)):
                    files.append(path)
                    if len(files) == most:
                        return files
    return files


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as out:
        out.writelines(line + "\n" for line in lines)


def read_lines(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        return lines.read().splitlines()


def batched(command, files, good=(0,)):
    """The command with the files as arguments, as few processes as possible."""
    def job():
        for start in range(0, len(files), BATCH):
            done = subprocess.run(command + files[start : start + BATCH], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False)
            if done.returncode not in good:
                sys.exit(f"{command[0]} ended with status {done.returncode}")
    return job


def with_list(command, list_file):
    """The command with the list of files on standard input."""
    def job():
        with open(list_file, "rb") as names:
            subprocess.run(command, stdin=names, stdout=subprocess.DEVNULL, check=True)
    return job


class Tools:
    def __init__(self, options, folder):
        self.build, self.folder = options.build, folder
        self.shipped = options.database or os.path.join(options.build, "signatures", "vendorprint.vpdb")

    def path(self, *parts):
        return os.path.join(self.build, *parts)

    def scan(self, database):
        return [self.path("tools", "vendorprint"), "scan", "--quiet", "--jobs", "1", "--format", "ndjson",
                "--database", database, "--"]

    def floors(self, files):
        floor = self.path("tests", "bench", "read_floor")
        yield "read only", batched([floor], files)
        yield "read + XXH3-128", batched([floor, "-x"], files)

    def peers(self, files):
        names = os.path.join(self.folder, "files")
        write_lines(names, files)
        if shutil.which("file"):
            yield "file", with_list(["file", "--brief", "--files-from", "-"], names)
        for what, text in (("one hash rule", RULE), ("one imphash rule", PE_RULE)):
            rule = os.path.join(self.folder, what.replace(" ", "-"))
            write_lines(rule, [text])
            if shutil.which("yara"):
                yield f"yara, {what}", with_list(["yara", "-w", "-p", "1", "--scan-list", rule, "/dev/stdin"], names)

        known = os.path.join(self.folder, "known.hdb")
        write_lines(known, ["0" * 31 + "1:1:nothing"])
        for command, good in ((["xxhsum", "-H2"], (0,)), (["sha256sum"], (0,)), (["openssl", "dgst", "-sha256"], (0,)),
                              (["rhash", "--sha256"], (0,)), (["md5deep"], (0,)), (["hashdeep", "-c", "sha256"], (0,)),
                              (["ssdeep", "-s"], (0, 1)),
                              (["clamscan", "--no-summary", "--database", known], (0, 1, 2))):
            if shutil.which(command[0]):
                name = " ".join(command).replace(known, "one hash")
                yield name, batched(command, files, good)

    def split(self, files):
        """The files on which no gate opens, and a table of both sides."""
        lists = [os.path.join(self.folder, name) for name in ("ungated", "gated")]
        counted = subprocess.run([self.path("tests", "bench", "gates"), self.shipped, *lists], input="\n".join(files) + "\n",
                                 capture_output=True, text=True, errors="surrogateescape", check=True)
        rows = [row.split() for row in counted.stdout.splitlines()]
        sums = [sum(int(row[place]) for row in rows) for place in (2, 4)]
        print("| files | share | share of bytes | bytes read / bytes | bytes hashed / bytes |")
        print("|---|---|---|---|---|")
        for name, row in zip(("no gate opened", "a gate opened"), rows):
            count, size, read, hashed = (int(row[place]) for place in (2, 4, 6, 8))
            print(f"| {name} | {count / max(sums[0], 1):.1%} | {size / max(sums[1], 1):.1%} "
                  f"| {read / max(size, 1):.2f} | {hashed / max(size, 1):.2f} |")
        return read_lines(lists[0])

    def make_list(self, count):
        """A database of that many SHA-256 of nothing that exists, without gates."""
        source, database = os.path.join(self.folder, "set"), os.path.join(self.folder, "list.vpdb")
        os.makedirs(os.path.join(source, "vendors"))
        os.makedirs(os.path.join(source, "hashes"))
        write_lines(os.path.join(source, "set.yaml"), ['serial: "1"', 'date: "2026-01-01"', "license: CC0-1.0"])
        write_lines(os.path.join(source, "vendors", "somebody.yaml"),
                    ["id: somebody", "type: vendor", "name: Somebody"])
        draw = random.Random(1)
        write_lines(os.path.join(source, "hashes", "somebody-list.csv"),
                    ["kind,value,size,product,version,file,gate,confidence,date,source"]
                    + [f"file-sha256,{draw.getrandbits(256):064x},,somebody,,,,high,2026-01-01,a benchmark" for _ in range(count)])
        subprocess.run([self.path("tools", "vendorprint"), "build", "--output", database, source], check=True,
                       stdout=subprocess.DEVNULL)
        return database


def processor():
    """Processor seconds of all that was run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(todo, rounds):
    times = {name: [] for name, _ in todo}
    for name, job in todo:
        job()  # warm
    for turn in range(rounds):
        # Another one begins each time: who runs after whom is no advantage.
        first = turn % len(todo)
        for name, job in todo[first:] + todo[:first]:
            began, busy = time.monotonic(), processor()
            job()
            times[name].append((time.monotonic() - began, processor() - busy))
    return times


def show(title, files, todo, rounds):
    if not files:
        print(f"\n{title}: none")
        return
    size = sum(os.path.getsize(path) for path in files)
    times = measure(todo, rounds)
    medians = {name: [statistics.median(column) for column in zip(*taken)] for name, taken in times.items()}
    base = medians["read + XXH3-128"]
    print(f"\n{title}: {len(files)} files, {size / 1e9:.2f} GB, medians of {rounds} rounds in turn, one thread each\n")
    print("| tool | seconds | files/s | x | processor seconds | x |")
    print("|---|---|---|---|---|---|")
    for name, _ in todo:
        middle, busy = medians[name]
        print(f"| {name} | {middle:.3f} | {len(files) / middle:,.0f} | {middle / base[0]:.2f} "
              f"| {busy:.3f} | {busy / base[1]:.2f} |")


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folders", nargs="+")
    words.add_argument("--build", required=True, help="a release build with tests")
    words.add_argument("--database", help="another one than the shipped set")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--most", type=int, default=4000, help="files at most")
    words.add_argument("--largest", type=int, default=16 << 20, help="bytes of a file at most")
    words.add_argument("--all", action="store_true", help="all files, not only executables")
    words.add_argument("--keys", type=int, default=1000000, help="of the list without gates")
    options = words.parse_args()

    files = collect(options.folders, options.all, range(options.largest + 1), options.most)
    if not files:
        sys.exit("no file to read")
    with tempfile.TemporaryDirectory() as folder:
        tools = Tools(options, folder)
        ungated = tools.split(files)
        scan = ("vendorprint scan", batched(tools.scan(tools.shipped), ungated, good=(0, 1, 2, 3)))
        show("No gate opened", ungated, [*tools.floors(ungated), scan], options.rounds)
        scan = ("vendorprint scan", batched(tools.scan(tools.shipped), files, good=(0, 1, 2, 3)))
        show("All", files, [*tools.floors(files), scan, *tools.peers(files)], options.rounds)
        scan = (f"vendorprint scan, {options.keys} SHA-256", batched(tools.scan(tools.make_list(options.keys)), files, good=(0, 1, 2, 3)))
        openssl = [("openssl dgst -sha256", batched(["openssl", "dgst", "-sha256"], files))] if shutil.which("openssl") else []
        show("A list without gates", files, [*tools.floors(files), scan, *openssl], options.rounds)
        large = collect(options.folders, options.all, range(options.largest + 1, 1 << 40), options.most)
        scan = ("vendorprint scan", batched(tools.scan(tools.shipped), large, good=(0, 1, 2, 3)))
        show(f"Larger than {options.largest} bytes", large, [*tools.floors(large), scan], options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
